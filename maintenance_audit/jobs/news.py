"""The words of a job's notices and of its entries in the ledger, and whom they are told."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maintenance_audit.jobs.models import Job, JobPerson, Part
from workflows.ledger.subjects import register_events
from workflows.notices.outbox import post
from workflows.notices.wording import register as say
from workflows.organisation.models import Role, RoleHolding

DISPATCHED, ACCEPTED, SETTLED = (f"maintenance_audit.job.{what}" for what in ("dispatched", "accepted", "settled"))
REPEATED = "maintenance_audit.job.repeated"
WORDS: dict[str, tuple[Any, Any]] = {
    DISPATCHED: (_("A job was given to your company: %(number)s %(title)s"), _("From %(start)s to %(end)s")),
    ACCEPTED: (_("The work was accepted: %(number)s %(title)s"), ""),
    SETTLED: (_("Settled: %(number)s %(title)s"), ""),
    REPEATED: (_("The same failure again: %(number)s repeats %(earlier)s"), ""),
    "maintenance_audit.settlement.held": (_("Settlement of %(number)s is held by %(reference)s"), "%(reason)s"),
    "maintenance_audit.settlement.held.many": (
        _("Settlement of %(count)s jobs is held by %(reference)s"),
        "%(reason)s",
    ),
    "maintenance_audit.settlement.held_still": (
        _("A hold on settlement of %(number)s has ended; something else holds it still"),
        "%(reason)s",
    ),
    "maintenance_audit.settlement.held_still.many": (
        _("A hold on settlement of %(count)s jobs has ended; something else holds them still"),
        "%(reason)s",
    ),
    "maintenance_audit.settlement.released": (_("Settlement of %(number)s is free again"), "%(reason)s"),
    "maintenance_audit.settlement.released.many": (_("Settlement of %(count)s jobs is free again"), "%(reason)s"),
}
EVENTS = {
    "requested": _("Job asked for"),
    "approved": _("Job approved"),
    "turned_down": _("Job turned down"),
    "dispatched": _("Job dispatched"),
    "started": _("Work begun"),
    "hidden_work_shown": _("Hidden work photographed"),
    "completed": _("Work completed and claimed"),
    "accepted": _("Work accepted"),
    "acceptance_refused": _("Acceptance refused"),
    "settled": _("Job settled"),
    "settlement_corrected": _("Settlement corrected"),
    "warranty_over": _("Warranty over"),
    "cancelled": _("Job cancelled"),
    "failure_code_corrected": _("Failure code corrected"),
    "taken_up": _("Taken up here"),
    "imported": _("Brought in"),
}


def register() -> None:
    for event, (title, body) in WORDS.items():
        say(event, title=title, body=body)
    register_events({f"maintenance_audit.job.{name}": words for name, words in EVENTS.items()})
    register_events(
        {
            "maintenance_audit.settlement.held": _("Settlement held"),
            "maintenance_audit.settlement.released": _("Settlement released"),
        }
    )


def dispatched(job: Job) -> None:
    period = {"start": f"{job.planned_start:%Y-%m-%d}", "end": f"{job.planned_end:%Y-%m-%d}"}
    _tell(DISPATCHED, job, firms_people(job), **period)


def accepted(job: Job) -> None:
    _tell(ACCEPTED, job, firms_people(job))
    if job.repeats is not None:
        _tell(REPEATED, job, _planners(job), earlier=job.repeats.number)


def settled(job: Job) -> None:
    asked = JobPerson.objects.filter(job=job, part=Part.REQUESTER).values_list("person_id", flat=True)
    _tell(SETTLED, job, {*firms_people(job), *asked})


def firms_people(job: Job) -> set[int]:
    """Whoever may act for the contractor now."""
    return _holding(Role.CONTRACTOR, {job.contractor_id})


def _planners(job: Job) -> set[int]:
    return _holding(Role.MAINTENANCE_PLANNER, {job.section_id, job.workshop_id})


def _holding(role: Role, units: set[int | None]) -> set[int]:
    held = RoleHolding.objects.in_force().filter(role=role, unit__in=[unit for unit in units if unit])
    return set(held.values_list("person_id", flat=True))


def _tell(event: str, job: Job, people: set[int], **more: str | int) -> None:
    post(
        event=event,
        key=f"job:{job.pk}:{event}",
        recipients=people,
        subject=f"job:{job.pk}",
        context={"number": job.number, "title": job.title, **more},
        url=reverse("job", args=[job.number]),
    )
