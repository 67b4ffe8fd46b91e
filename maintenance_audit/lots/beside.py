"""What stands of lots on a job's own page: the lot that it is in, and the way to point at it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as say

from maintenance_audit.jobs.models import Job
from maintenance_audit.jobs.page import Panel, register_panel
from maintenance_audit.lots import pointing
from maintenance_audit.lots.models import LotJob
from maintenance_audit.register.beside import Act, register_acts
from maintenance_audit.register.models import Equipment
from workflows.organisation.models import Person, UnitKind


def panel(job: Job, person: Person) -> Panel | None:
    """Nothing of what workers pointed at, nor of who checks."""
    found = LotJob.objects.filter(job=job, lot__frozen_at__isnull=False).select_related("lot__case")
    outside = person.unit.at_level(UnitKind.CONTRACTOR) is not None
    points = not outside and not pointing.why_not(job)
    if not found and not points:
        return None
    return Panel("lots/_job_panel.html", {"rows": list(found), "points": points, "number": job.number})


def acts(person: Person, equipment: Equipment) -> Iterator[Act]:
    """In front of a tag: its jobs to point at."""
    inside = person.unit.at_level(UnitKind.CONTRACTOR) is None
    if inside and Equipment.objects.visible_to(person).filter(pk=equipment.pk).exists():
        yield Act(say("Point at a job"), f"{reverse('point_at')}?{urlencode({'tag': equipment.tag})}", "shield")


def register() -> None:
    register_panel(panel)
    register_acts(acts)
