"""Where the inspection of a contractor stands in a workshop, kept as the pure state machine's own."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from maintenance_audit.lots import switching
from maintenance_audit.lots.models import Lot, Switching
from maintenance_audit.lots.switching import State
from workflows.engine.errors import BadMove
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person, Unit

LONGEST = 400


def of(workshop: Unit, contractor: Unit) -> State:
    kept = Switching.objects.filter(workshop=workshop, contractor=contractor).values_list("state", flat=True).first()
    return switching.from_json(kept or {})


def after_lot(lot: Lot, outcome: switching.Outcome) -> State:
    """An original lot was decided; resubmitted ones are never shown to the machine."""
    return _move(lot.workshop, lot.contractor, lambda state: switching.after_lot(state, outcome), lot=lot)


ACTS: dict[str, Callable[[State], State]] = {
    "reduce": lambda state: switching.reduce(state, steady=True, consents=True),
    "irregular": switching.irregular_work,
    "improved": switching.improvement_accepted,
}


def move(what: str, *, workshop: Unit, contractor: Unit, by: Person, reason: str) -> State:
    """The audit lead consents to reduced inspection, says that work is irregular, or accepts the improvement.

    Raises BadMove where the state does not allow it. Under the row's lock.
    """
    why = reason.strip()
    if not why:
        raise BadMove(_("Say why; everybody will read it."), field="reason")
    if len(why) > LONGEST:
        raise BadMove(_("At most %(n)s characters.") % {"n": LONGEST}, field="reason")

    def moved(state: State) -> State:
        after = ACTS[what](state)
        if after == state:
            raise BadMove(_("The inspection of this contractor does not stand so that this could be done."))
        return after

    return _move(workshop, contractor, moved, by=by, reason=why, what=what)


def _move(
    workshop: Unit,
    contractor: Unit,
    move: Callable[[State], State],
    *,
    lot: Lot | None = None,
    by: Person | None = None,
    reason: str = "",
    what: str = "lot",
) -> State:
    Switching.objects.get_or_create(workshop=workshop, contractor=contractor, defaults={"changed_at": now()})
    kept = Switching.objects.select_for_update(of=("self",)).get(workshop=workshop, contractor=contractor)
    before = switching.from_json(kept.state)
    after = move(before)
    kept.state, kept.changed_at = switching.to_json(after), now()
    kept.after_lot = lot or kept.after_lot
    kept.save(update_fields=["state", "changed_at", "after_lot"])
    said = {
        "after": switching.to_json(after), "before": switching.to_json(before), "by": by.employee_no if by else None,
        "contractor": contractor.code, "lot": lot.case.number if lot else None, "reason": reason, "what": what,
        "workshop": workshop.code,
    }  # fmt: skip
    append(subject=f"unit:{contractor.pk}", event="maintenance_audit.inspection.switched", payload=said)
    return after
