"""What the flow of a monthly check asks and does, each under the lock of its case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop

from maintenance_audit.assessments import news
from maintenance_audit.assessments.models import Assessment, Mark, Shortfall
from maintenance_audit.assessments.rules import grade_for, rules_of
from maintenance_audit.assessments.seats import row_of
from maintenance_audit.findings import days
from maintenance_audit.findings.models import Origin
from maintenance_audit.findings.opening import Found, open_finding
from maintenance_audit.register.models import Severity
from workflows.engine.models import Case, Decision
from workflows.ledger.clock import now
from workflows.notices import sentences

MONTHLY = gettext_noop("Monthly check: %(text)s")


def reply_due(case: Case) -> datetime:
    return days.after_working_days(now(), rules_of(case).reply_days)


def rectify_due(case: Case) -> datetime | None:
    """The day of the problem that is due first."""
    due: date | None = _open(row_of(case)).order_by("due").values_list("due", flat=True).first()
    return days.end_of(due) if due else None


def default_due(case: Case) -> date:
    return days.after_days(now(), rules_of(case).rectify_days)


def publish(case: Case) -> None:
    """The score is final; each point lost is a problem to be put right, here or, where it is about a job, as a finding
    of its own."""
    row = row_of(case)
    assert row.score is not None and row.full is not None
    grade = grade_for(rules_of(case), row.score, row.full)
    decision = Decision.objects.filter(case=case, step__node="confirmation").select_related("actor").order_by("-pk")[0]
    row.publish(by=decision.actor, grade=grade.name, effect=grade.effect)
    for mark in Mark.objects.filter(assessment=row, lost__gt=0).select_related("job__contractor", "job__section"):
        _found(row, mark)
    if not row.is_of_contractor:
        case.shared_under = row.workshop
        case.save(update_fields=["shared_under"])
    news.published(row)
    news.problems(row)


def _found(row: Assessment, mark: Mark) -> None:
    assert mark.due is not None
    made = Shortfall.objects.create(
        assessment=row, place=mark.place, text=mark.note, due=mark.due, job=mark.job, finding=_finding(row, mark)
    )
    row.record("found", place=made.place, text=made.text, due=str(made.due), job=mark.job_number)


def _finding(row: Assessment, mark: Mark) -> Any:
    """None where no job is concerned, or where it cannot be opened: then it is put right here."""
    if mark.job is None or mark.job.contractor is None:
        return None
    title = sentences.written(MONTHLY, text=mark.text)
    found = Found(
        key=f"mark:{row.pk}:{mark.place}", job=mark.job, origin=Origin.MONTHLY, verdict="nonconforming",
        severity=Severity.MAJOR if mark.lost * 2 >= mark.points else Severity.MINOR, title=title, facts=mark.note,
        found_at=now(),
    )  # fmt: skip
    return open_finding(found)


def has_shortfalls(case: Case) -> bool:
    return _open(row_of(case)).exists()


def settle(case: Case) -> None:
    row = row_of(case)
    _open(row).update(verified_at=now())
    row.record("settled")


def _open(row: Assessment) -> Any:
    """Problems of its own that are not verified yet."""
    return Shortfall.objects.filter(assessment=row, finding=None, verified_at=None)


def open_shortfalls(case: Case) -> list[Shortfall]:
    return list(_open(row_of(case)).order_by("place"))
