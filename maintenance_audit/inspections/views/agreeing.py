"""How far inspectors agree, over months: a picture, tables by pair and inspector, and the same as a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maintenance_audit.inspections import figures, picture
from maintenance_audit.inspections.figures import Figures, Told
from maintenance_audit.inspections.views.asked import person_of
from maintenance_audit.register.models import Contractor
from workflows.engine.spreadsheet import sheet
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role, Unit, UnitKind
from workflows.organisation.roles import held_by
from workflows.reports.months import month_of

READERS = (Role.AUDIT_LEAD, Role.OBSERVER, Role.WORKSHOP_REVIEWER, Role.MAINTENANCE_PLANNER, Role.UNION_REPRESENTATIVE)


@dataclass(frozen=True)
class Asked:
    workshops: list[Unit]
    since: date
    until: date
    contractor: int | None
    tier: int | None

    @property
    def figures(self) -> Figures:
        return figures.of_workshops(
            [unit.pk for unit in self.workshops], since=self.since, until=self.until, contractor=self.contractor,
            tier=self.tier,
        )  # fmt: skip


@dataclass(frozen=True)
class Row:
    who: str
    told: Told


def workshops_of(person: Person) -> list[Unit]:
    """Whose agreement the person may read: where they hold a role that looks over checks. Raises Http404."""
    held = [one for one in held_by(person) if one.role in READERS]
    ids = {one.unit_id for one in held}
    found = Unit.objects.filter(kind=UnitKind.WORKSHOP)
    mine = [unit for unit in found if unit.pk in ids or any(unit.path.startswith(one.path) for one in held)]
    if not mine:
        raise Http404
    return mine


def _asked(request: HttpRequest) -> Asked:
    """What the address says; nonsense is left out. A year, unless it says otherwise."""
    today = timezone.localdate(now())
    given = request.GET
    since = month_of(given.get("since", "")) or date(today.year - 1, today.month, 1)
    tier = given.get("tier", "")
    firm = given.get("contractor", "")
    return Asked(
        workshops_of(person_of(request)),
        since,
        month_of(given.get("until", "")) or today,
        int(firm) if firm.isascii() and firm.isdigit() and len(firm) < 10 else None,
        int(tier) if tier in ("1", "2", "3") else None,
    )


@require_safe
def agreement_page(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    told = asked.figures
    names = _names(told)
    context = {
        "asked": asked,
        "told": told.all,
        "picture": picture.of(told.all),
        "pairs": _rows(told.by_pair, names),
        "site": _rows(told.by_site, names),
        "records": _rows(told.by_records, names),
        "firms": Contractor.objects.visible_to(person_of(request)).select_related("unit"),
        "query": request.GET.urlencode(),
    }
    return render(request, "inspections/agreement.html", context)


def _names(told: Figures) -> dict[int, str]:
    ids = {one.site for one in told.by_site} | {one.records for one in told.by_records}
    return dict(Person.objects.filter(pk__in=ids - {None}).values_list("pk", "name"))


def _rows(told: list[Told], names: dict[int, str]) -> list[Row]:
    rows = [
        Row(" · ".join(names[pk] for pk in (one.site, one.records) if pk is not None) or _("Not named yet"), one)
        for one in told
    ]
    return sorted(rows, key=lambda row: (not row.told.agreement.retraining, -row.told.agreement.pairs, row.who))


@require_safe
def agreement_sheet(request: HttpRequest) -> HttpResponse:
    told = _asked(request).figures
    names = _names(told)
    groups = [(_("All"), [Row(_("All"), told.all)]), (_("Pairs"), _rows(told.by_pair, names)),
              (_("On site"), _rows(told.by_site, names)), (_("On records"), _rows(told.by_records, names))]  # fmt: skip
    columns = [
        _("Looked at by"), _("Inspectors"), _("Pairs compared"), _("Both pass"), _("Both fail"), _("Only on site"),
        _("Only on records"), _("Cannot verify, left out"), _("Raw agreement"), "κ", "AC1", _("Found by either"),
        _("Estimated in all"), _("Says"),
    ]  # fmt: skip
    rows = [[label, *_cells(row)] for label, them in groups for row in them]
    return sheet("agreement", _("Agreement of inspectors"), columns, rows)


def _cells(row: Row) -> list[Any]:
    told, said = row.told, row.told.agreement
    shares = [None if share is None else round(float(share), 4) for share in (said.raw, said.kappa, said.ac1)]
    words = _("Too few to say") if said.too_few else _("Retraining") if said.retraining else ""
    return [
        row.who, said.pairs, told.both_pass, told.both_fail, told.only_site, told.only_records, told.cannot, *shares,
        said.found, round(float(told.estimate), 1), words,
    ]  # fmt: skip
