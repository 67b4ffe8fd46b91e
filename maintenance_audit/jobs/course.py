"""What the job's flow asks and does, each under the lock of its case."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from maintenance_audit.jobs import claims, news, people, repeats
from maintenance_audit.jobs.models import Job, JobState, Part
from maintenance_audit.jobs.rules import rules_of
from workflows.engine.models import Case, Decision, Step
from workflows.organisation.models import Person, Unit


def job_of(case: Case) -> Job:
    """The one row that all who act in this case look at."""
    job: Job = case.job  # type: ignore[attr-defined]
    job.case = case
    return job


def stands_at(case: Case, state: JobState) -> bool:
    return job_of(case).state == state


def supervisors(case: Case) -> list[Person]:
    return people.of_part(job_of(case), Part.SUPERVISOR)[:1]


def firm(case: Case) -> Unit:
    contractor: Unit = job_of(case).contractor  # type: ignore[assignment]
    return contractor


def end_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None


def start_by(case: Case) -> datetime | None:
    return end_of(job_of(case).planned_start)


def finish_by(case: Case) -> datetime | None:
    return end_of(job_of(case).planned_end)


def warranty_until(case: Case) -> datetime | None:
    return end_of(job_of(case).warranty_until)


def hides_work(case: Case) -> bool:
    """Has what will be covered to be photographed first? Not where it came here too late for that."""
    job = job_of(case)
    return job.gate_evidenced and (job.hidden_work or claims.hides_work(job.template))


def approve(case: Case) -> None:
    job = job_of(case)
    signers = _deciders(case, "approve")
    people.take_part(job, signers, Part.APPROVER)
    job.approve(by=_last(signers))


def turn_down(case: Case) -> None:
    last = _decision(case, "reject")
    job_of(case).reject(by=last.actor if last else None, reason=_reason(last))


def call_firm(case: Case) -> None:
    """The contractor's people hear of their job: from here on it is not dispatched anew."""
    news.dispatched(job_of(case))


def accept(case: Case) -> None:
    job, rules = job_of(case), rules_of(case)
    signers = _deciders(case, "approve")
    people.take_part(job, signers, Part.ACCEPTOR)
    job.accept(by=_last(signers), warranty_days=rules.warranty_days)
    job.repeats = repeats.find(job, rules.repeat_days)
    job.save(update_fields=["repeats"])
    case.standing = JobState.ACCEPTED
    news.accepted(job)


def refuse(case: Case) -> None:
    """Back to the firm: what was claimed stands aside, the reason is what the decision said."""
    job, last = job_of(case), _decision(case, "reject")
    claims.supersede(job)
    job.refuse(by=last.actor if last else None, reason=_reason(last))


def note_settled(case: Case) -> None:
    """What is settled is not taken back; it is corrected on record."""
    case.standing = JobState.SETTLED
    news.settled(job_of(case))


def close(case: Case) -> None:
    job_of(case).close()


def withdrawn(case: Case) -> None:
    """The requester took it back, or a correction ended it: the decision says by whom and why."""
    last = Decision.objects.filter(case=case, actor__isnull=False).select_related("actor").latest("pk")
    assert last.actor is not None
    job = job_of(case)
    if job.state != JobState.CANCELLED:
        job.cancel(by=last.actor, reason=last.reason or last.verb)


def _decision(case: Case, verb: str) -> Decision | None:
    step = case.last_step or Step.objects.filter(case=case).latest("place")
    found = Decision.objects.filter(step=step, verb=verb).select_related("actor", "on_behalf_of")
    return found.order_by("pk").last()


def _deciders(case: Case, verb: str) -> list[Person]:
    """Who decided so at the step that has just ended, and whom they stood in for; the last of them stands last."""
    step = case.last_step or Step.objects.filter(case=case).latest("place")
    found = Decision.objects.filter(step=step, verb=verb).select_related("actor", "on_behalf_of").order_by("pk")
    return [person for row in found for person in (row.on_behalf_of, row.actor) if person is not None]


def _last(signers: list[Person]) -> Person | None:
    return signers[-1] if signers else None


def _reason(decision: Decision | None) -> str:
    return (decision.reason if decision else "") or "—"
