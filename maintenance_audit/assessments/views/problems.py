"""The problem register: read by everybody of the workshop, kept by its audit lead and planners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maintenance_audit.assessments.models import Assessment, ProcessProblem, Shortfall
from maintenance_audit.assessments.news import KEEPERS
from maintenance_audit.assessments.problem_forms import MeasureForm, ProblemForm, ResultForm
from maintenance_audit.findings.models import Finding
from workflows.engine.views import acts
from workflows.organisation.access import holding, signed_in
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.organisation.roles import held_by
from workflows.reports import spreadsheet
from workflows.reports.spreadsheet import Column

OFFERED = 40  # findings that belong to no problem yet


@signed_in
@require_safe
def process_problem_list(request: HttpRequest) -> HttpResponse:
    person, status = _person(request), request.GET.get("status", "")
    found = _listed(person)
    counts = found.order_by().aggregate(
        **{s.value: Count("pk", filter=Q(status=s), distinct=True) for s in ProcessProblem.Status}
    )
    if status in ProcessProblem.Status:
        found = found.filter(status=status)
    workshop = _kept_by(person)
    context = {
        "rows": found[:200],
        "status": status,
        "states": [(value, label, counts[value]) for value, label in ProcessProblem.Status.choices],
        "keeps": workshop is not None,
        "loose": _loose(person, workshop)[:OFFERED] if workshop else [],
    }
    return render(request, "assessments/problems.html", context)


@signed_in
@require_safe
def process_problem_sheet(request: HttpRequest) -> HttpResponse:
    heads = ((_("Number"), 12), (_("Process"), 24), (_("What is wrong with it"), 50), (_("Status"), 18),
             (_("Measure"), 50),
             (_("By when it works"), 14), (_("What it brought"), 40), (_("Findings and checks"), 12))  # fmt: skip
    columns = [Column(str(name), width) for name, width in heads]
    book = spreadsheet.workbook(_("Problem register"), columns, _cells(_person(request)))
    return spreadsheet.download("problem-register", book)


def _cells(person: Person) -> Iterator[list[Any]]:
    for row in _listed(person):
        yield [row.number, row.process, row.text, row.get_status_display(), row.measure, row.due, row.result, row.shown]


@signed_in
@never_cache
@require_safe
def process_problem(request: HttpRequest, pk: int) -> HttpResponse:
    row = _find(request, pk)
    return render(request, "assessments/problem.html", _shown(request, row))


def _shown(request: HttpRequest, row: ProcessProblem) -> dict[str, Any]:
    signs = row.signs.select_related("finding__case", "shortfall__assessment__case", "shortfall__assessment__unit")  # type: ignore[attr-defined]
    readable = Finding.objects.visible_to(_person(request)).filter(sign__problem=row)
    checks = Assessment.objects.visible_to(_person(request)).filter(shortfalls__sign__problem=row)
    return {
        "row": row,
        "signs": signs,
        "keeps": _keeps(request, row),
        "measure": MeasureForm(initial={"measure": row.measure, "due": row.due}),
        "result": ResultForm(),
        "subject": f"process_problem:{row.pk}",
        "readable": set(readable.values_list("pk", flat=True)),
        "checks": set(checks.values_list("pk", flat=True)),
    }


@holding(*KEEPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_process_problem(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    workshop = _kept_by(person)
    if workshop is None:
        raise Http404
    form = ProblemForm(request.POST if request.method == "POST" else None)
    chosen = [int(pk) for pk in request.POST.getlist("finding") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    if request.method == "POST" and form.is_valid():
        made = _entered(request, workshop, form.cleaned_data, chosen)
        messages.success(request, _("Entered in the register."))
        return redirect("process_problem", made.pk)
    context = {"form": form, "loose": _loose(person, workshop)[:OFFERED], "chosen": chosen, "token": uuid4()}
    return render(request, "assessments/new_problem.html", context, status=422 if form.errors else 200)


def _entered(request: HttpRequest, workshop: Unit, said: dict[str, Any], chosen: list[int]) -> ProcessProblem:
    """The same form twice, one after the other or at once, is one problem."""
    person, token = _person(request), acts.token_of(request) if request.POST.get("token") else None
    try:
        with transaction.atomic():
            made = ProcessProblem.raise_new(by=person, workshop=workshop, token=token, **said)
            made.feed(by=person, findings=list(_loose(person, workshop).filter(pk__in=chosen)))
            return made
    except IntegrityError:
        if token is None:
            raise
        return get_object_or_404(ProcessProblem, token=token, workshop=workshop)


@holding(*KEEPERS)
@require_POST
def plan_process_problem(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, pk, MeasureForm, lambda row, by, said: row.plan(by=by, **said))


@holding(*KEEPERS)
@require_POST
def close_process_problem(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, pk, ResultForm, lambda row, by, said: row.close(by=by, **said))


@holding(*KEEPERS)
@require_POST
def feed_process_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Findings and problems of checks that show it once more."""
    row = _kept(request, pk)
    chosen = {
        name: [int(v) for v in request.POST.getlist(name) if v.isascii() and v.isdigit() and len(v) < 18]
        for name in ("finding", "shortfall")
    }
    with transaction.atomic():
        locked = ProcessProblem.objects.select_for_update().get(pk=row.pk)
        findings = list(_loose(_person(request), locked.workshop).filter(pk__in=chosen["finding"]))
        checks = Shortfall.objects.filter(pk__in=chosen["shortfall"], assessment__workshop=locked.workshop, sign=None)
        locked.feed(by=_person(request), findings=findings, shortfalls=list(checks.select_related("assessment__case")))
    return redirect("process_problem", pk)


def _written(
    request: HttpRequest, pk: int, made: type[Any], write: Callable[[ProcessProblem, Person, dict[str, Any]], bool]
) -> HttpResponse:
    row = _kept(request, pk)
    form = made(request.POST)
    if not form.is_valid():
        name = "measure" if made is MeasureForm else "result"
        context = _shown(request, row) | {name: form}
        return render(request, "assessments/problem.html", context, status=422)
    with transaction.atomic():
        locked = ProcessProblem.objects.select_for_update().get(pk=row.pk)
        done = write(locked, _person(request), form.cleaned_data)
    if not done:
        messages.warning(request, _("It stands otherwise by now; nothing was changed."))
    return redirect("process_problem", pk)


# What may be read and kept. -------------------------------------------------------------------------------------------


def _listed(person: Person) -> QuerySet[Any]:
    found: QuerySet[Any] = ProcessProblem.objects.visible_to(person)
    return found.annotate(shown=Count("signs")).order_by("-raised_at", "-pk")


def _loose(person: Person, workshop: Unit) -> QuerySet[Finding]:
    """Confirmed findings of the workshop that the person may read and that belong to no problem yet, newest first."""
    found = Finding.objects.visible_to(person).filter(job__workshop=workshop, confirmed_at__isnull=False, sign=None)
    return found.select_related("case", "job").order_by("-pk")


def _kept_by(person: Person) -> Unit | None:
    """The workshop whose register this person keeps."""
    held = next((h for h in held_by(person) if h.role in KEEPERS), None)
    if held is None:
        return None
    return Unit.objects.get(pk=held.unit_id).at_level(UnitKind.WORKSHOP)


def _find(request: HttpRequest, pk: int) -> ProcessProblem:
    return get_object_or_404(ProcessProblem.objects.visible_to(_person(request)).select_related("workshop"), pk=pk)


def _kept(request: HttpRequest, pk: int) -> ProcessProblem:
    row = _find(request, pk)
    if not _keeps(request, row):
        raise Http404
    return row


def _keeps(request: HttpRequest, row: ProcessProblem) -> bool:
    workshop = _kept_by(_person(request))
    return workshop is not None and workshop.pk == row.workshop_id


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
