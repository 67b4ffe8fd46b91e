"""What stands of lots on a job's own page: the lot that it is in, and the way to point at it."""

from __future__ import annotations

from maintenance_audit.jobs.models import Job
from maintenance_audit.jobs.page import Panel, register_panel
from maintenance_audit.lots import pointing
from maintenance_audit.lots.models import LotJob
from workflows.organisation.models import Person, UnitKind


def panel(job: Job, person: Person) -> Panel | None:
    """Nothing of what workers pointed at, nor of who checks."""
    found = LotJob.objects.filter(job=job, lot__frozen_at__isnull=False).select_related("lot__case")
    outside = person.unit.at_level(UnitKind.CONTRACTOR) is not None
    points = not outside and not pointing.why_not(job)
    if not found and not points:
        return None
    return Panel("lots/_job_panel.html", {"rows": list(found), "points": points, "number": job.number})


def register() -> None:
    register_panel(panel)
