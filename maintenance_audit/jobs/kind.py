"""What the engine asks about jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.jobs import course, page
from maintenance_audit.jobs.filing import RequestForm
from maintenance_audit.jobs.flow import JobFlow
from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.jobs.rules import JobRules, step_rule
from maintenance_audit.jobs.step_forms import FORMS
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line
from workflows.engine.models import Case, Step
from workflows.engine.schema_rules import rules_of
from workflows.organisation.models import Person

KIND = "job"
# Once the work has begun its requester takes nothing back; the planner may still cancel it.
NOT_BEGUN = (JobState.REQUESTED, JobState.APPROVED, JobState.DISPATCHED)
CONSEQUENCES = {
    "approval": _("Approve, to be dispatched"),
    "workshop_approval": _("Approve, to be dispatched"),
    "acceptance": _("Accept the work"),
    "workshop_acceptance": _("Accept the work"),
}
STANDINGS: dict[str, tuple[Any, str]] = {
    "": (_("Under way"), "waiting"),
    "accepted": (pgettext_lazy("job", "Accepted"), "accepted"),
    "settled": (pgettext_lazy("job", "Settled"), "accepted"),
    "closed": (pgettext_lazy("job", "Warranty over"), "none"),
    "rejected": (pgettext_lazy("job", "Turned down"), "none"),
    "cancelled": (pgettext_lazy("job", "Cancelled"), "none"),
    "withdrawn": (_("Withdrawn"), "none"),
}


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    """One statement."""
    found = Job.objects.filter(case__in=case_ids).select_related("equipment", "section", "contractor")
    return {
        job.case_id: Line(  # type: ignore[misc]
            category=job.equipment.tag,
            amount=job.settled_amount,  # never the estimate: the contractor's people have rows, too
            author=job.contractor.name if job.contractor else "",
            unit=job.section.name,
        )
        for job in found
    }


def content(case: Case, person: Person) -> dict[str, Any]:
    return page.shown(course.job_of(case), person)


def refusal(case: Case, step: Step) -> Any:
    return _("Refuse the acceptance") if step.node.endswith("acceptance") else ""


def register() -> None:
    kinds.register(
        CaseKind(
            name=KIND,
            label=_("Outsourced jobs"),
            prefix="WX",
            business="job",
            flow=JobFlow,
            step_rule=step_rule,
            **rules_of(JobRules),
            stations={
                "file": pgettext_lazy("station", "Request"),
                "approval": pgettext_lazy("station", "Approve"),
                "dispatch": pgettext_lazy("station", "Dispatch"),
                "start": pgettext_lazy("station", "Begin"),
                "completion": pgettext_lazy("station", "Complete"),
                "acceptance": pgettext_lazy("station", "Accept"),
                "settlement": pgettext_lazy("station", "Settle"),
                "warranty": _("Warranty"),
            },
            stands_at={
                "revision": "file",
                "workshop_approval": "approval",
                "workshop_dispatch": "dispatch",
                "hidden_work": "start",
                "workshop_acceptance": "acceptance",
                "workshop_settlement": "settlement",
            },
            standings=STANDINGS,
            lines=lines,
            content_template="jobs/_content.html",
            content=content,
            forms=FORMS | {"revision": RequestForm},
            consequence=lambda case, step: CONSEQUENCES.get(step.node, ""),
            refusal=refusal,
            may_withdraw=lambda case: course.job_of(case).state in NOT_BEGUN,
            withdrawn=course.withdrawn,
            filing=RequestForm,
        )
    )
