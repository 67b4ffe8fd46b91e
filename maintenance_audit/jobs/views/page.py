"""A job's page: its life, what was claimed, what holds it, who had a part in it, and what one may do."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maintenance_audit.jobs import acts, page
from maintenance_audit.jobs.models import Job
from workflows.engine.queue import waiting_for
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.models import Person

READ_WITH = (
    "case", "workshop", "section", "team", "equipment__unit", "failure_code", "first_failure_code", "work_kind",
    "template__work_kind", "contractor", "repeats",
)  # fmt: skip


def find(person: Person, number: str) -> Job:
    """Raises Http404 where there is none that this person may see."""
    found = Job.objects.visible_to(person).select_related(*READ_WITH).filter(number=number).first()
    if found is None:
        raise Http404(number)
    return found


@signed_in
@never_cache
@require_safe
def job(request: KnownRequest, number: str) -> HttpResponse:
    found, person = find(request.user, number), request.user
    life = page.life(found)
    context: dict[str, Any] = page.shown(found, person) | {
        "life": life,
        "near": page.near(life),
        "chip": page.chip(found),
        "panels": page.panels(found, person),
        "may": acts.open_to(found, person),
        "task": waiting_for(person).filter(case=found.case_id).first() if found.case_id else None,
        "subject": f"job:{found.pk}",
    }
    return render(request, "jobs/job.html", context)
