"""The list of findings and its spreadsheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maintenance_audit.findings.listing import STATES, Listing, cells, columns
from maintenance_audit.findings.models import Origin
from maintenance_audit.register.models import Severity
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person
from workflows.reports import spreadsheet


@signed_in
@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    rows, more = asked.rows()
    tallies = asked.tallies()
    context = {
        "asked": asked,
        "rows": rows,
        "more": more,
        "states": [(name, label, tallies[name], asked.address(state=name)) for name, label in STATES],
        "all": asked.address(state=""),
        "severities": Severity.choices,
        "origins": Origin.choices,
    }
    return render(request, "findings/list.html", context)


@signed_in
@require_safe
def finding_sheet(request: HttpRequest) -> HttpResponse:
    content = spreadsheet.workbook(_("Findings"), columns(), cells(_asked(request)))
    return spreadsheet.download("findings", content)


def _asked(request: HttpRequest) -> Listing:
    person: Person = request.user  # type: ignore[assignment]
    return Listing(person, request.GET)
