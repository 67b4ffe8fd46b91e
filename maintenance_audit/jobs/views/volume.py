"""Outsourced volume against a base period, and the map of what was merged or split since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from maintenance_audit.jobs import volume_map, volume_page, volume_query
from maintenance_audit.jobs.models import JobMapping
from maintenance_audit.jobs.volume import Compared
from maintenance_audit.jobs.volume_map import Became
from maintenance_audit.register import keepers
from maintenance_audit.register.forms import with_more
from maintenance_audit.register.keepers import for_the_plant
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import NumberField, PlainForm
from workflows.organisation.models import Person, Role
from workflows.reports.months import month_of
from workflows.reports.spreadsheet import download, workbook

planners = holding(Role.MAINTENANCE_PLANNER)
COUNTS = (3, 6, 12, 24)


@dataclass(frozen=True)
class Asked:
    """What the address says: the last month, how many, how many months before them the base lies, in which terms."""

    last: date
    count: int = 12
    back: int = 12
    by: str = JobMapping.By.TAG
    measure: str = "hours"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        today = timezone.localdate(now()).replace(day=1)
        last = month_of(given.get("last", "")) or _shifted(today, -1)
        count = next((n for n in COUNTS if given.get("count") == str(n)), 12)
        back = given.get("back", "")
        far = int(back) if back.isascii() and back.isdigit() and count <= int(back[:3]) <= 120 else max(12, count)
        by = given.get("by") if given.get("by") in JobMapping.By.values else JobMapping.By.TAG
        measure = given.get("measure") if given.get("measure") in volume_page.MEASURES else "hours"
        return cls(min(last, today), count, far, str(by), str(measure))

    @property
    def first(self) -> date:
        return _shifted(self.last, 1 - self.count)

    @property
    def base(self) -> date:
        return _shifted(self.first, -self.back)

    @property
    def base_last(self) -> date:
        return _shifted(self.last, -self.back)

    @property
    def address(self) -> str:
        return urlencode(
            {
                "last": f"{self.last:%Y-%m}",
                "count": self.count,
                "back": self.back,
                "by": self.by,
                "measure": self.measure,
            }
        )

    def compared(self, person: Person) -> Compared:
        return volume_query.compared(person, first=self.first, base=self.base, count=self.count, by=self.by)


def _shifted(month: date, by: int) -> date:
    place = month.year * 12 + month.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)


@for_the_plant
@require_safe
def job_volume(request: KnownRequest) -> HttpResponse:
    asked = Asked.of(request.GET)
    found = asked.compared(request.user)
    context = {
        "asked": asked, "pictures": volume_page.pictures(found, asked.measure), "rows": volume_page.rows(found),
        "measures": [(name, title) for name, (title, _p) in volume_page.MEASURES.items()],
        "titles": [title for title, _places in volume_page.MEASURES.values()],
        "terms": JobMapping.By.choices, "counts": COUNTS, "new": volume_page.beside(found.new),
        "gone": volume_page.beside(found.gone),
        "mapped": JobMapping.objects.visible_to(request.user).standing().filter(by=asked.by).count(),
    }  # fmt: skip
    return render(request, "jobs/volume.html", context)


@for_the_plant
@require_safe
def export_job_volume(request: KnownRequest) -> HttpResponse:
    asked = Asked.of(request.GET)
    content = workbook(
        _("Outsourced volume"), volume_page.sheet_head(), volume_page.sheet_rows(asked.compared(request.user))
    )
    return download(f"volume-{asked.last:%Y%m}", content)


# ------------------------------------------------------------------------------------------------------------ the map
class MappingNoteForm(PlainForm):
    by = forms.ChoiceField(label=gettext_lazy("In terms of"), choices=JobMapping.By)
    note = forms.CharField(label=gettext_lazy("What was merged or split, and when"), max_length=200)


class BecameForm(PlainForm):
    old = NumberField(label=gettext_lazy("Earlier"), max_length=60)
    new = NumberField(label=gettext_lazy("Today"), max_length=60)
    orders = forms.DecimalField(
        label=gettext_lazy("Orders of today for one of then"), max_digits=6, decimal_places=3, min_value=Decimal(0),
        initial=Decimal(1), help_text=gettext_lazy("Two given out as one: 0.5 each."),
    )  # fmt: skip
    share = forms.DecimalField(
        label=gettext_lazy("Part of its hours and amount"), max_digits=5, decimal_places=4, min_value=Decimal(0),
        max_value=Decimal(1), initial=Decimal(1), help_text=gettext_lazy("1 is all of it; split in halves: 0.5 each."),
    )  # fmt: skip


Rows = formset_factory(BecameForm, extra=2, max_num=40, absolute_max=50)


@for_the_plant
def job_mappings(request: KnownRequest) -> HttpResponse:
    """What became of what; planners write a new one down."""
    found = JobMapping.objects.visible_to(request.user).select_related("made_by", "workshop").prefetch_related("rows")
    keeps = keepers.keeps(request.user) and volume_map.workshop_of(request.user) is not None
    if request.method == "POST" and not keeps:
        return redirect("job_mappings")
    more = request.POST.get("act") == "rows"
    sent: Any = (with_more(request.POST, "rows") if more else request.POST) if request.method == "POST" else None
    note, rows = MappingNoteForm(sent), Rows(sent, prefix="rows")
    if sent is not None and not more and all([note.is_valid(), rows.is_valid()]):
        with note.refusals():
            volume_map.write(actor=request.user, rows=_said(rows), **note.cleaned_data)
            messages.success(request, _("Written down. The figures are told by it from now on."))
            return redirect("job_mappings")
    bad = sent is not None and not more
    context = {"mappings": found[:200], "keeps": keeps, "note": note, "forms": rows}
    return render(request, "jobs/mappings.html", context, status=422 if bad else 200)


def _said(rows: Any) -> list[Became]:
    return [Became(**form.cleaned_data) for form in rows if form.has_changed() and form.cleaned_data]


@planners
@require_POST
def retire_job_mapping(request: KnownRequest, mapping_id: int) -> HttpResponse:
    mapping = get_object_or_404(JobMapping.objects.visible_to(request.user), pk=mapping_id)
    try:
        volume_map.retire(actor=request.user, mapping=mapping)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("job_mappings")
