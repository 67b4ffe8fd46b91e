"""A drawn job is checked in two forms: a reserved case for each of its two inspectors. Neither names the other."""

from __future__ import annotations

import hashlib
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from maintenance_audit.inspections.models import Inspection
from maintenance_audit.lots.models import Assignment
from maintenance_audit.register.models import Form
from workflows.engine import recording
from workflows.engine.concluding import stop
from workflows.engine.models import Case, Step
from workflows.engine.models.step import Outcome
from workflows.engine.opening import open_case
from workflows.notices.outbox import post

KIND = "inspection"


def open_check(assignment: Assignment) -> None:
    """For `lots.checking`: inside the lot's transaction. Once an assignment."""
    if Inspection.objects.filter(assignment=assignment).exists():
        return
    drawn_job = assignment.drawn_job
    lot, job = drawn_job.draw.lot, drawn_job.lot_job.job
    with translation.override(settings.LANGUAGE_CODE):
        form = str(Form(assignment.form).label)
        title = _("%(form)s check of %(job)s") % {"form": form, "job": f"{drawn_job.lot_job.number} {job.title}"}

    def write(case: Case) -> None:
        row = Inspection(case=case, assignment=assignment, drawn_job=drawn_job, form=assignment.form)
        row.save(force_insert=True)
        case.inspection = row  # type: ignore[attr-defined]

    open_case(
        actor=assignment.person,
        kind=KIND,
        token=uuid5(NAMESPACE_URL, f"inspection:{assignment.pk}"),
        title=title[:120],
        unit=lot.workshop,
        parties=[(assignment.person_id, "inspector")],
        content_digest=hashlib.sha256(f"inspection:{assignment.pk}".encode()).hexdigest(),
        search_text=f"{title} {job.equipment.tag}",
        business=write,
        reserved=True,
        rules=lot.case.rules,
    )


def end_check(assignment: Assignment, why: str) -> None:
    """For `lots.checking`: the assignment has ended. Its case is closed once the lot's lock is free: an inspector who
    seals at this moment holds theirs and waits for the lot's."""
    transaction.on_commit(end_replaced, robust=True)


def end_replaced() -> int:
    """Close the cases of inspectors whom somebody else follows. Safe to run twice, and by beat."""
    from maintenance_audit.inspections.flow import InspectionFlow

    over = Inspection.objects.filter(assignment__ended_at__isnull=False).exclude(case__state=Case.State.CLOSED)
    ended = 0
    for pk, process in over.values_list("pk", "case__process"):
        with transaction.atomic(), InspectionFlow.lock(process):
            ended += _end(Inspection.objects.select_related("case__process", "case__unit", "assignment").get(pk=pk))
    return ended


def _end(inspection: Inspection) -> int:
    case = inspection.case
    step = Step.objects.select_related("task").filter(case=case, closed_at=None).first()
    if step is None:
        return 0
    step.case = case
    why = inspection.assignment.ended_why
    recording.record(case=case, step=step, item=None, actor=None, verb="withdraw", reason=why)
    stop(case, step, Outcome.WITHDRAWN, "replaced")
    post(
        event="maintenance_audit.inspection.replaced",
        key=f"inspection:{inspection.pk}:replaced",
        recipients=[inspection.assignment.person_id],
        subject=f"case:{case.pk}",
        context={"number": case.number, "title": case.title, "why": why},
        url="/",
    )
    return 1
