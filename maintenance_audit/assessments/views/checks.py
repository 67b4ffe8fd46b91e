"""The list of monthly checks and the responsibility list, each with its spreadsheet."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maintenance_audit.assessments import rules
from maintenance_audit.assessments.clauses import role_words
from maintenance_audit.assessments.listing import Listing, cells, columns
from workflows.engine.models import RuleVersion
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, UnitKind
from workflows.reports import spreadsheet
from workflows.reports.spreadsheet import Column


@signed_in
@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    asked = Listing(_person(request), request.GET)
    months = [(f"{month:%Y-%m}", asked.address(month=f"{month:%Y-%m}")) for month in asked.months()]
    context = {"asked": asked, "rows": asked.rows(), "months": months, "all": asked.address(month=""),
               "kinds": [(kind, UnitKind(kind).label, asked.address(kind=kind)) for kind in ("section", "contractor")],
               "both": asked.address(kind="")}  # fmt: skip
    return render(request, "assessments/list.html", context)


@signed_in
@require_safe
def assessment_sheet(request: HttpRequest) -> HttpResponse:
    asked = Listing(_person(request), request.GET)
    return spreadsheet.download("assessments", spreadsheet.workbook(_("Monthly checks"), columns(), cells(asked)))


@signed_in
@require_safe
def duty_list(request: HttpRequest) -> HttpResponse:
    """For everybody of the plant: which control points each role has. By the rules in force."""
    version = _in_force(_person(request))
    return render(request, "assessments/duties.html", {"version": version, "roles": _by_role(version)})


@signed_in
@require_safe
def duty_sheet(request: HttpRequest) -> HttpResponse:
    found = [(role, duty) for role, duties in _by_role(_in_force(_person(request))) for duty in duties]
    heads = [Column(str(_("Role")), 18), Column(str(_("Control point")), 60), Column(str(_("How often")), 20)]
    rows = ([role, duty.control, duty.often] for role, duty in found)
    return spreadsheet.download("responsibility", spreadsheet.workbook(_("Responsibility list"), heads, rows))


def _in_force(person: Person) -> RuleVersion | None:
    if person.unit.at_level(UnitKind.CONTRACTOR) is not None:
        raise Http404
    return RuleVersion.objects.in_force("assessment", person.unit.ancestor_ids)


def _by_role(version: RuleVersion | None) -> list[tuple[str, list[rules.Duty]]]:
    found: dict[str, list[Any]] = {}
    for duty in rules.read(version.content).duties if version else ():
        found.setdefault(duty.role, []).append(duty)
    return [(role_words(role), duties) for role, duties in found.items()]


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
