"""The list of jobs, and the same as a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from maintenance_audit.jobs import listing, page
from maintenance_audit.jobs.models import Job, JobState
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.models import UnitKind
from workflows.reports.spreadsheet import Column, download, workbook

PAGE, MOST_EXPORTED = 50, 20_000


@signed_in
@require_safe
def job_list(request: KnownRequest) -> HttpResponse:
    person, asked = request.user, listing.Asked.of(request.GET)
    inside = person.unit.at_level(UnitKind.CONTRACTOR) is None
    shown = Paginator(listing.jobs(person, asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": shown,
        "rows": [{"job": job, "chip": page.chip(job)} for job in shown],
        "states": JobState.choices,
        "sections": listing.sections(person) if inside else [],
        "firms": listing.firms() if inside else [],
        "inside": inside,
    }
    return render(request, "jobs/job_list.html", context)


@signed_in
@require_safe
def export_jobs(request: KnownRequest) -> HttpResponse:
    """The same list, filters and all."""
    found = listing.jobs(request.user, listing.Asked.of(request.GET)).select_related("repeats", "work_kind")
    columns = [
        Column(_("Number"), 18), Column(_("What has to be done"), 36), Column(pgettext("job", "State"), 12),
        Column(_("Section")), Column(_("Tag"), 14), Column(_("Equipment"), 20), Column(_("Failure"), 18),
        Column(_("Kind of work")), Column(_("Contractor"), 20), Column(_("Man-hours"), 10),
        Column(_("Accepted on"), 12),
        Column(_("Settled at")), Column(_("Amount (¥)"), 14), Column(_("Repeats"), 18),
        Column(_("Settlement held"), 12),
    ]  # fmt: skip
    rows = (_cells(job) for job in found[:MOST_EXPORTED])
    return download(f"jobs-{timezone.localdate(now()):%Y%m%d}", workbook(_("Outsourced jobs"), columns, rows))


def _cells(job: Job) -> list[Any]:
    return [
        job.number, job.title, job.get_state_display(), job.section.name, job.equipment.tag, job.equipment.name,
        str(job.failure_code or ""), str(job.work_kind or ""), str(job.contractor or ""), job.hours, job.accepted_on,
        job.settled_at, job.settled_amount, job.repeats.number if job.repeats else "",
        _("yes") if job.is_held else "",  # type: ignore[attr-defined]
    ]  # fmt: skip
