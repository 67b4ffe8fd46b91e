"""What the lot's flow asks and does, each under the lock of its case."""

from __future__ import annotations

from maintenance_audit.lots import ceremony, deciding, drawing, freezing
from maintenance_audit.lots.models import Lot, Party
from workflows.engine.models import Case
from workflows.organisation import roles
from workflows.organisation.models import Role, UnitKind


def lot_of(case: Case) -> Lot:
    """The one row that all who act in this case look at."""
    lot: Lot = case.lot  # type: ignore[attr-defined]
    lot.case = case
    return lot


def workshop_party(case: Case) -> tuple[str, str]:
    """Whoever plans maintenance at the workshop; where nobody does, its reviewer."""
    planners = roles.holders(Role.MAINTENANCE_PLANNER, case.unit_id)
    return (Role.MAINTENANCE_PLANNER if planners else Role.WORKSHOP_REVIEWER), UnitKind.WORKSHOP


def freeze(case: Case) -> None:
    freezing.freeze(lot_of(case))


def has_jobs(case: Case) -> bool:
    return freezing.has_jobs(lot_of(case))


def commit(case: Case) -> None:
    ceremony.committed(lot_of(case))


def may_still_reveal(case: Case) -> bool:
    """Whoever had not committed in the last round has nothing to reveal in any tier."""
    return ceremony.may_still_reveal(lot_of(case))


def reveal(case: Case) -> None:
    ceremony.revealed(lot_of(case))


def withhold(case: Case) -> None:
    """The step that has lapsed says whose turn it was."""
    assert case.last_step is not None
    party = Party(case.last_step.node.partition("_")[0])
    ceremony.withhold(lot_of(case), party)


def runs_again(case: Case) -> bool:
    return ceremony.runs_again(lot_of(case))


def draw(case: Case) -> None:
    drawing.draw(lot_of(case))


def has_drawn(case: Case) -> bool:
    return drawing.has_drawn(lot_of(case))


def annul(case: Case) -> None:
    freezing.annul(lot_of(case))


def goes_up(case: Case) -> bool:
    """Is there a tier above the one that was checked last?"""
    return drawing.goes_up(lot_of(case))


def decide(case: Case) -> None:
    deciding.decide(lot_of(case))
