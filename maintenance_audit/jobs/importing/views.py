"""Bringing jobs in: the file, what its columns mean, what would come in, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maintenance_audit.jobs.importing import handling, template
from maintenance_audit.jobs.importing.forms import JobFileForm, MappingForm
from maintenance_audit.jobs.importing.mapping import Mapping, proposed, rules_said
from maintenance_audit.jobs.importing.staging import Ground
from maintenance_audit.jobs.models import ImportFault, ImportRow, ImportState, JobImport, Part
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Role
from workflows.reports.spreadsheet import Column, download, workbook

planners = holding(Role.MAINTENANCE_PLANNER)
FIRST_ROWS, FAULTS_A_PAGE, MOST_EXPORTED = 8, 100, 100_000
UNDER_WAY = (ImportState.CHECKING, ImportState.APPLYING)


@planners
def import_jobs(request: KnownRequest) -> HttpResponse:
    form = JobFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with form.refusals():
            kept = handling.hand_in(actor=request.user, name=file.name, file=file)
            return redirect("job_import", kept.pk)
    uploads = JobImport.objects.visible_to(request.user).exclude(state=ImportState.DISCARDED)
    context = {"form": form, "uploads": uploads.defer("sample", "mapping")[:20]}
    return render(request, "jobs/importing/import.html", context, status=422 if form.errors else 200)


@planners
@require_safe
def job_template(request: KnownRequest) -> HttpResponse:
    """A file with a column for everything that a job may say, named as they are guessed by, and one job in it."""
    return download("jobs-template", workbook(_("Jobs"), template.head(), [template.SAMPLE]))


@planners
@never_cache
def job_import(request: KnownRequest, job_import: int) -> HttpResponse:
    """Where the file is: columns to be named, being read, read, being brought in, brought in."""
    upload = _own(request, job_import)
    if request.method == "POST":
        return _name_columns(request, upload)
    if upload.state == ImportState.MAPPING or (request.GET.get("columns") and upload.state == ImportState.CHECKED):
        before = Mapping.of(upload) if upload.mapping else proposed(upload, request.user)
        return _columns_page(request, upload, _form(request, upload, before))
    return render(request, "jobs/importing/import_page.html", _context(request, upload))


def _name_columns(request: KnownRequest, upload: JobImport) -> HttpResponse:
    form = _form(request, upload, Mapping(), request.POST)
    if form.is_valid():
        with form.refusals():
            handling.name_columns(actor=request.user, upload=upload, mapping=form.said())
            return redirect("job_import", upload.pk)
    return _columns_page(request, upload, form)


def _form(request: KnownRequest, upload: JobImport, mapping: Mapping, sent: Any = None) -> MappingForm:
    return MappingForm(sent, upload=upload, ground=Ground.of(request.user), mapping=mapping)


def _columns_page(request: KnownRequest, upload: JobImport, form: MappingForm) -> HttpResponse:
    context = {"upload": upload, "form": form, "remembered": not upload.mapping and _remembered(request, upload)}
    return render(request, "jobs/importing/columns.html", context, status=422 if form.errors else 200)


def _remembered(request: KnownRequest, upload: JobImport) -> bool:
    earlier = JobImport.objects.filter(uploader=request.user, source=upload.source, mapping__has_key="columns")
    return earlier.exclude(pk=upload.pk).exists()


def _context(request: KnownRequest, upload: JobImport) -> dict[str, Any]:
    faults = ImportFault.objects.filter(upload=upload)
    page = Paginator(faults.order_by("warning", "row", "column"), FAULTS_A_PAGE).get_page(request.GET.get("page"))
    rows = ImportRow.objects.filter(upload=upload, bad=False).order_by("row")
    sections = Ground.of(request.user).sections
    came_in = JobImport.objects.filter(digest=upload.digest, state=ImportState.APPLIED)
    return {
        "upload": upload,
        "under_way": upload.state in UNDER_WAY,
        "page": page,
        "rules": list(rules_said(Mapping.of(upload), upload.headers, sections)) if upload.mapping else [],
        "first": _with_people(rows[:FIRST_ROWS]) if upload.state == ImportState.CHECKED else [],
        "again": came_in.exclude(pk=upload.pk).first(),
    }


def _with_people(rows: Iterable[ImportRow]) -> list[ImportRow]:
    """Each with `named`: (part, the person's name and number, or the number that nobody has)."""
    found = list(rows)
    people = Person.objects.filter(employee_no__in={number for row in found for number in row.people.values()})
    names = {person.employee_no: person.name for person in people}
    for row in found:
        row.named = [  # type: ignore[attr-defined]
            (part.label, f"{names.get(row.people[part], '')} {row.people[part]}".strip())
            for part in Part if part in row.people
        ]  # fmt: skip
    return found


@planners
@never_cache
@require_safe
def job_import_progress(request: KnownRequest, job_import: int) -> HttpResponse:
    """The part of the page that is asked for again and again; when it is over, the page is read anew."""
    upload = _own(request, job_import)
    if upload.state not in UNDER_WAY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "jobs/importing/_progress.html", {"upload": upload})


@planners
@require_POST
def confirm_job_import(request: KnownRequest, job_import: int) -> HttpResponse:
    return _done(request, job_import, handling.confirm)


@planners
@require_POST
def go_on_with_job_import(request: KnownRequest, job_import: int) -> HttpResponse:
    return _done(request, job_import, handling.go_on)


@planners
@require_POST
def discard_job_import(request: KnownRequest, job_import: int) -> HttpResponse:
    upload = _own(request, job_import)
    try:
        handling.discard(actor=request.user, upload=upload)
    except Refused as refused:
        messages.info(request, refused.message)
        return redirect("job_import", upload.pk)
    messages.info(request, _("Put away. Nothing was changed."))
    return redirect("import_jobs")


def _done(request: KnownRequest, upload_id: int, act: Any) -> HttpResponse:
    upload = _own(request, upload_id)
    try:
        act(actor=request.user, upload=upload)
    except Refused as refused:
        messages.info(request, refused.message)
    return redirect("job_import", upload.pk)


@planners
@require_safe
def job_import_faults(request: KnownRequest, job_import: int) -> HttpResponse:
    """Every bad row and every warning, to mend the file by."""
    upload = _own(request, job_import)
    head = [
        Column(_("Row"), 8), Column(_("Column"), 8), Column(_("Header"), 20), Column(_("What it says"), 30),
        Column(_("What is wrong"), 60), Column(_("Left out"), 10),
    ]  # fmt: skip
    faults = ImportFault.objects.filter(upload=upload).order_by("warning", "row", "column")[:MOST_EXPORTED]
    rows = (
        [f.row, f.column, f.header, f.value, f.reason, pgettext("answer", "no") if f.warning else _("yes")]
        for f in faults.iterator(chunk_size=2000)
    )
    return download(f"import-{upload.pk}-rows", workbook(_("Rows"), head, rows))


def _own(request: KnownRequest, upload_id: int) -> JobImport:
    return get_object_or_404(JobImport.objects.visible_to(request.user), pk=upload_id)
