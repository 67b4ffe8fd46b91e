"""The words of monthly checks' notices and of their entries in the ledger."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments.models import Assessment
from maintenance_audit.findings.news import FINDINGS, section_of
from workflows.engine import independence
from workflows.ledger.subjects import register_events
from workflows.notices.outbox import post
from workflows.notices.wording import register as say
from workflows.organisation import roles
from workflows.organisation.models import Person, Role

PUBLISHED = "maintenance_audit.assessment.published"
EVENTS = {
    "maintenance_audit.assessment.planned": _("Check planned"),
    "maintenance_audit.assessment.scored": _("Scored by the checklist"),
    "maintenance_audit.assessment.replied": _("Answered by who is assessed"),
    PUBLISHED: _("Score published"),
    "maintenance_audit.assessment.found": _("Problem found by the check"),
    "maintenance_audit.assessment.reported": _("Reported as put right"),
    "maintenance_audit.assessment.settled": _("Problems put right"),
    "maintenance_audit.process_problem.raised": _("Problem entered in the register"),
    "maintenance_audit.process_problem.fed": _("Findings added to the problem"),
    "maintenance_audit.process_problem.planned": _("Measure planned"),
    "maintenance_audit.process_problem.closed": _("Problem solved"),
}


def register() -> None:
    words = _("%(unit)s has %(score)s of %(full)s points in the check of %(month)s: %(grade)s")
    say(PUBLISHED, title=words, body="%(effect)s", topic=FINDINGS)
    register_events(EVENTS)
    independence.register_relation("assessed", _("%(person)s works in what is assessed in this case."))


def published(row: Assessment) -> None:
    post(
        event=PUBLISHED,
        key=f"assessment:{row.pk}:published",
        recipients={person.pk for person in assessed_people(row)},
        subject=f"case:{row.case_id}",  # type: ignore[attr-defined]
        context={
            "unit": row.unit.name, "score": row.score or 0, "full": row.full or 0, "month": f"{row.month:%Y-%m}",
            "grade": row.grade, "effect": row.effect,
        },
        url=reverse("case", args=[row.case.number]),
    )  # fmt: skip


def assessed_people(row: Assessment) -> list[Person]:
    if row.is_of_contractor:
        return [held.person for held in roles.holders(Role.CONTRACTOR, row.unit_id)]  # type: ignore[attr-defined]
    return section_of(row.unit)
