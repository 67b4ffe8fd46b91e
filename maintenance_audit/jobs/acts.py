"""What is done to a job beside the steps of its flow: cancelled, taken up, its code or its settlement corrected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from maintenance_audit.jobs import claims, people, repeats
from maintenance_audit.jobs.models import Job, JobState, SettlementCorrection
from maintenance_audit.register.models import FailureCode
from workflows.engine import recording
from workflows.engine.concluding import reason_given, stop
from workflows.engine.errors import BadMove, NoSuchThing, NotYours
from workflows.engine.filing import digest_of
from workflows.engine.locking import case_lock
from workflows.engine.models import Case, Step
from workflows.engine.models.step import Outcome
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds

OPEN = (JobState.REQUESTED, JobState.APPROVED, JobState.DISPATCHED, JobState.STARTED)


@dataclass(frozen=True)
class May:
    """What this person may do to this job now."""

    take_up: bool = False
    cancel: bool = False
    correct_code: bool = False
    correct_settlement: bool = False

    @property
    def anything(self) -> bool:
        return self.take_up or self.cancel or self.correct_code or self.correct_settlement


def open_to(job: Job, person: Person) -> May:
    if not keeps(person, job):
        return May(correct_code=_is_chief(person, job))
    return May(
        take_up=job.case_id is None and job.state not in (JobState.CANCELLED, JobState.WARRANTY_OVER),
        cancel=job.state in OPEN,
        correct_code=True,
        correct_settlement=job.state in (JobState.SETTLED, JobState.WARRANTY_OVER),
    )


def keeps(person: Person, job: Job) -> bool:
    """The maintenance planner of the job's section, or of what stands above it."""
    return holds(person, Role.MAINTENANCE_PLANNER, job.section.path, at_or_above=True)


def _is_chief(person: Person, job: Job) -> bool:
    return holds(person, Role.SECTION_CHIEF, job.section.path, at_or_above=True)


@contextmanager
def _locked(actor: Person, pk: int) -> Iterator[Job]:
    """The job under its case's lock and its own, by somebody who sees it. Raises NoSuchThing."""
    seen = Job.objects.visible_to(actor).filter(pk=pk).values_list("case__process_id", flat=True)
    process = list(seen)
    if not process:
        raise NoSuchThing
    with transaction.atomic():
        if process[0] is not None:
            with case_lock(None, process[0]):
                yield _read(pk)
        else:
            yield _read(pk)


def _read(pk: int) -> Job:
    Job.objects.locked(pk)
    return Job.objects.select_related("case__rules", "section", "failure_code", "template").get(pk=pk)


def cancel(*, actor: Person, job_id: int, reason: str) -> None:
    """End a job that is not completed, with a reason; its case ends with it."""
    with _locked(actor, job_id) as job:
        if not keeps(actor, job):
            raise NotYours
        why = reason_given(reason, _("Say why it is cancelled."))
        job.cancel(by=actor, reason=why)
        if job.case is None:
            return
        case = Case.objects.select_related("process", "rules", "unit").get(pk=job.case.pk)
        step = Step.objects.select_related("task").filter(case=case, closed_at=None).first()
        if step is None:
            raise recording.late(case.pk, actor)
        step.case = case
        recording.record(case=case, step=step, item=None, actor=actor, verb="withdraw", reason=why)
        stop(case, step, Outcome.WITHDRAWN, JobState.CANCELLED)


def correct_failure_code(*, actor: Person, job_id: int, code: FailureCode | None, reason: str) -> None:
    with _locked(actor, job_id) as job:
        if not keeps(actor, job) and not _is_chief(actor, job):
            raise NotYours
        job.correct_failure_code(by=actor, code=code, reason=reason_given(reason, _("Say why the code is wrong.")))
        if job.accepted_on is not None and job.first_failure_code_id is not None:
            repeats.link([job.pk])


def correct_settlement(*, actor: Person, job_id: int, amount: Decimal, reason: str) -> SettlementCorrection:
    """Open a settlement again: the amount is corrected, and the difference counts in the month of this day.

    The job stays in its lot and its month; nothing that was drawn or decided changes by it.
    """
    with _locked(actor, job_id) as job:
        if not keeps(actor, job):
            raise NotYours
        why = reason_given(reason, _("Say what was wrong with the settlement."))
        before = job.settled_amount or Decimal(0)
        if before == amount:
            raise BadMove(_("This is the amount already."), field="amount")
        job.correct_settlement(by=actor, amount=amount, reason=why)
        return SettlementCorrection.objects.create(
            job=job, before=before, after=amount, reason=why[:400], corrected_at=now(), corrected_by=actor
        )


def take_up(*, actor: Person, job_id: int) -> Case:
    """Give an imported job its case, at the state at which it came; the same again returns the same case."""
    with _locked(actor, job_id) as job:
        if not keeps(actor, job):
            raise NotYours
        if job.case is not None:
            return job.case
        if job.state in (JobState.CANCELLED, JobState.WARRANTY_OVER):
            raise BadMove(_("This job is over; nothing is left to do."))
        job.template = job.template or claims.template_for(job.work_kind)

        def write(case: Case) -> None:
            case.parties.filter(person=actor, relation="taken_up").update(recused=False)  # type: ignore[attr-defined]
            job.take_up(by=actor, case=case)
            job.save(update_fields=["case", "template"])
            people.concern_all(case, job)
            case.job = job  # type: ignore[attr-defined]

        return open_case(
            actor=actor,
            kind="job",
            token=uuid5(NAMESPACE_URL, f"job:{job.pk}"),
            title=job.title[:120],
            unit=job.team if job.team is not None and job.team.path.startswith(job.section.path) else job.section,
            parties=[(actor.pk, "taken_up")],
            content_digest=digest_of({"number": job.number, "title": job.title, "scope": job.scope}, ()),
            search_text=f"{job.number} {job.title} {job.scope}",
            business=write,
        )
