"""What findings mean for the lot that found them: it is not decided while one is still to be confirmed, and a finding
that is withdrawn may make its job conforming again."""

from __future__ import annotations

from maintenance_audit.findings.models import Finding
from maintenance_audit.lots import results
from maintenance_audit.lots.models import DrawnJob, Lot, Result
from maintenance_audit.register.models import Severity
from workflows.engine.errors import BadMove
from workflows.organisation.models import Person

GRAVE = (Severity.MAJOR, Severity.CRITICAL)


def outstanding(lot: Lot) -> int:
    """Findings of the lot's draws that are neither confirmed nor withdrawn."""
    found = Finding.objects.standing().filter(drawn_job__draw__lot=lot, confirmed_at=None)
    return int(found.count())


def reconsider(row: Finding, *, reasons: str, by: Person | None) -> None:
    """What is left of the drawn job's findings decides it; an upper tier's word goes for the job as drawn below, too.
    Once the lot is decided its results stand, and the finding says so."""
    drawn = row.drawn_job
    if drawn is None or row.first_severity not in GRAVE:
        return
    for one in (drawn, results.drawn_below(drawn) if drawn.draw.tier > 1 else None):
        if one is None:
            continue
        try:
            _revise(one, row, reasons, by)
        except BadMove:
            row.record("lot_stands", lot=one.draw.lot.case.number)


def _revise(drawn: DrawnJob, row: Finding, reasons: str, by: Person | None) -> None:
    left = Finding.objects.filter(job=row.job_id, drawn_job__draw__lot=drawn.draw.lot_id, withdrawn_at=None)  # type: ignore[misc]
    grave = set(left.filter(first_severity__in=GRAVE).values_list("first_severity", flat=True))
    result = Result.NONCONFORMING if grave else Result.CONFORMING
    results.revise(drawn, result=result, critical=Severity.CRITICAL in grave, reasons=reasons, by=by)


def register() -> None:
    results.register_replies(outstanding)
