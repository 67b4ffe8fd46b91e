"""What the flow of a circle asks and does, each under the lock of its case."""

from __future__ import annotations

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.circles.models import Circle, Mark
from workflows.engine import independence
from workflows.engine.models import Case, CaseParty, Step
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, UnitKind
from workflows.store.gathering import change

STAGES = ("planning", "doing", "checking", "acting")


def row_of(case: Case) -> Circle:
    row: Circle = case.circle  # type: ignore[attr-defined]
    row.case = case
    return row


def section(case: Case) -> tuple[str, str]:
    """Whose word it is: the section's chief; of a circle that belongs to no section, the workshop's reviewer."""
    if case.unit.at_level(UnitKind.SECTION) is not None:
        return Role.SECTION_CHIEF, UnitKind.SECTION
    return Role.WORKSHOP_REVIEWER, UnitKind.WORKSHOP


def judges(case: Case) -> list[Person]:
    """The workshop's judges, without whoever is of the circle or tied to it."""
    workshop = case.unit.at_level(UnitKind.WORKSHOP)
    held = roles.holders(Role.JUDGE, workshop.pk) if workshop else []
    out = independence.recused(case, [one.person_id for one in held]) if held else {}
    return [one.person for one in held if one.person_id not in out]


def marks_of(case: Case) -> list[Mark]:
    """Of the last presentation."""
    last = Step.objects.filter(case=case, node="presentation").aggregate(place=Max("place"))["place"]
    found = Mark.objects.filter(step__case=case, step__place=last) if last else Mark.objects.none()
    return list(found.select_related("judge").order_by("given_at", "pk"))


def register(case: Case) -> None:
    """From here on everybody of the workshop may read how far it is."""
    case.shared_under = case.unit.at_level(UnitKind.WORKSHOP)
    change(case, "shared_under")


def unregister(case: Case) -> None:
    case.shared_under = None
    change(case, "shared_under")


def accept(case: Case) -> None:
    row, marks = row_of(case), [mark.mark for mark in marks_of(case)]
    row.accept(on=timezone.localdate(now()), marks=marks)
    append(
        subject=f"case:{case.pk}",
        event="maintenance_audit.circle.accepted",
        payload={"name": row.name, "sum": row.mark_sum, "count": row.mark_count},
    )
    people = CaseParty.objects.filter(case=case).values_list("person_id", flat=True)
    post(
        event="maintenance_audit.circle.accepted",
        key=f"circle:{case.pk}:accepted",
        recipients=list(people),
        subject=f"case:{case.pk}",
        context={"number": case.number, "title": case.title},
        url=reverse("case", args=[case.number]),
    )
