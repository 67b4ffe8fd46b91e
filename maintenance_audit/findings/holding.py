"""What a finding does to the settlement of its job: it holds it, and lets it go by a recorded decision."""

from __future__ import annotations

from maintenance_audit.findings import reasons
from maintenance_audit.findings.models import Finding
from maintenance_audit.jobs import holds
from maintenance_audit.jobs.models import SettlementHold
from workflows.notices import sentences
from workflows.organisation.models import Person

CAUSES = (SettlementHold.Cause.FINDING, SettlementHold.Cause.OVERDUE)


def standing(finding: Finding) -> list[SettlementHold]:
    """Its own holds that stand, the earliest first."""
    return of_job(finding)[0]


def others(finding: Finding) -> list[SettlementHold]:
    """What else holds the settlement of its job, the earliest first."""
    return of_job(finding)[1]


def of_job(finding: Finding) -> tuple[list[SettlementHold], list[SettlementHold]]:
    """What holds its job now: its own, and what else. One statement."""
    found = list(SettlementHold.objects.standing().filter(job=finding.job_id).order_by("placed_at", "pk"))  # type: ignore[misc]
    own = [hold for hold in found if hold.reference == finding.case.number and hold.cause in CAUSES]
    return own, [hold for hold in found if hold not in own]


def place(finding: Finding, cause: str, reason: str) -> bool:
    """Hold the settlement, if it is still to come: whoever presses it at this moment waits for the job's row, or is
    waited for, and one of both comes first. What had been paid before is said on the finding. Returns whether it is
    held."""
    holds.place([finding.job_id], cause=cause, reference=finding.case.number, reason=reason)  # type: ignore[misc]
    if any(hold.cause == cause for hold in standing(finding)):
        return True
    if not finding.unheld_why:
        finding.paid_before(sentences.written(reasons.SETTLED_BEFORE))
    return False


def let_go(finding: Finding, *, why: str, by: Person | None) -> bool:
    """Release whatever it holds, with the reason. Returns whether there was anything."""
    return holds.release([finding.job_id], references=[finding.case.number], why=why[:200], by=by) > 0  # type: ignore[misc]
