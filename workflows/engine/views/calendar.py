"""The plant calendar's pages: a year at a look, days changed, years brought in after a preview, units' own hours."""

from __future__ import annotations

import calendar as months
import hashlib
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from workflows.engine import plant_calendar
from workflows.engine.keeping import days, hours, keepers, naming, sheet
from workflows.engine.models import CalendarDay, CalendarImport, ShiftPlan, Step
from workflows.engine.spreadsheet import sheet as spreadsheet
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import DateField, PlainForm
from workflows.organisation.models import Role, Unit
from workflows.organisation.roles import holds
from workflows.organisation.spreadsheets import intake

administrators = holding(Role.ADMINISTRATOR)
overseers = holding(Role.ADMINISTRATOR, Role.OBSERVER)
FIRST, LAST = 2000, 2100


class DayForm(PlainForm):
    day = DateField(label=gettext_lazy("Day"))
    is_working = forms.TypedChoiceField(
        label=gettext_lazy("On this day"), coerce=lambda value: value == "1",
        choices=[("0", gettext_lazy("no work")), ("1", gettext_lazy("work"))],
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Why"), max_length=60, required=False)


class YearForm(PlainForm):
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=FIRST, max_value=LAST)


class FileForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"), allow_empty_file=True,
        help_text=gettext_lazy(".xlsx or .csv with the columns 日期, 上班, 说明. Looking at it changes nothing."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )  # fmt: skip


class HoursForm(PlainForm):
    lines = forms.CharField(
        label=gettext_lazy("Hours"), max_length=4000, strip=False,
        help_text=gettext_lazy("One line = every day the same. Several lines = a rotation, a line a day; 休 is off."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "form-control mono"}),
    )  # fmt: skip
    every_day = forms.BooleanField(
        label=gettext_lazy("Holidays and weekends are worked as other days are"), required=False
    )
    begins_on = DateField(label=gettext_lazy("The rotation's first day"), required=False)


@overseers
def admin_calendar(request: KnownRequest) -> HttpResponse:
    return _year_page(request, _year(request))


def _year(request: HttpRequest) -> int:
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    return year if FIRST <= year <= LAST else timezone.localdate(now()).year


def _year_page(request: KnownRequest, year: int, form: DayForm | None = None) -> HttpResponse:
    keeper = keepers.keeps_plant(request.user)
    found = {day.date: day for day in CalendarDay.objects.filter(date__year=year)}
    context = {
        "year": year,
        "known": bool(found),
        "months": [_month(year, number, found) for number in range(1, 13)],
        "special": naming.runs(d for d in sorted(found.values(), key=lambda d: d.date) if d.note or _unlike(d)),
        "working": sum(1 for d in found.values() if d.is_working),
        "missing": missing(),
        "plans": _plans(request),
        "form": form or DayForm(),
        "keeper": keeper,
        "administers": holds(request.user, Role.ADMINISTRATOR),
        "periods": plant_calendar.load().periods,
        "subject": keepers.PLANT,
        "waiting": CalendarImport.objects.filter(uploader=request.user, state="waiting").order_by("-pk")[:5],
    }
    return render(request, "engine/calendar/year.html", context, status=422 if form else 200)


def _unlike(day: CalendarDay) -> bool:
    return day.is_working != (day.date.weekday() < 5)


def _month(year: int, number: int, found: dict[date, CalendarDay]) -> dict[str, Any]:
    """Weeks from Monday; each day with how it stands: work, off, holiday, made up, or unknown."""
    weeks = months.Calendar().monthdatescalendar(year, number)
    return {
        "first": date(year, number, 1),
        "weeks": [[_cell(day, found.get(day)) if day.month == number else None for day in week] for week in weeks],
    }


def _cell(day: date, known: CalendarDay | None) -> dict[str, Any]:
    if known is None:
        state = "work" if day.weekday() < 5 else "off"
    elif _unlike(known):
        state = "made-up" if known.is_working else "holiday"
    else:
        state = "work" if known.is_working else "off"
    note = naming.spoken(known.note) if known else ""
    return {"day": day, "state": state, "note": note, "today": day == timezone.localdate(now())}


def missing() -> list[dict[str, Any]]:
    """Missing years, each with how many open steps have a deadline counted without it."""
    years = plant_calendar.missing_years(timezone.localdate(now()))
    return [{"year": y, "steps": Step.objects.filter(closed_at=None, due_at__year=y).count()} for y in years]


def _plans(request: KnownRequest) -> list[dict[str, Any]]:
    seen = Unit.objects.overseen_by(request.user)
    own = set(Unit.objects.administered_by(request.user).values_list("pk", flat=True))
    plans = ShiftPlan.objects.filter(unit__in=seen).select_related("unit", "changed_by").order_by("unit__path")
    return [{"plan": plan, "lines": hours.written(plan), "mine": plan.unit_id in own} for plan in plans]


@administrators
@require_POST
def admin_calendar_day(request: KnownRequest) -> HttpResponse:
    form = DayForm(request.POST)
    if form.is_valid():
        with form.refusals():
            days.change_day(actor=request.user, **form.cleaned_data)
            messages.success(request, _("The day is changed. Deadlines that have been told stand."))
            return redirect(f"{reverse('admin_calendar')}?year={form.cleaned_data['day'].year}")
    typed = form.cleaned_data.get("day")
    return _year_page(request, typed.year if typed and FIRST <= typed.year <= LAST else _year(request), form)


@administrators
def admin_calendar_import(request: KnownRequest) -> HttpResponse:
    """Bring a year in: from what this release knows, or from a spreadsheet. First a preview."""
    if not keepers.keeps_plant(request.user):
        raise PermissionDenied("another administrator keeps the plant's calendar")
    by_year, by_file = YearForm(initial={"year": _next_missing()}), FileForm()
    if request.method == "POST" and "year" in request.POST:
        by_year = YearForm(request.POST)
        if by_year.is_valid():
            with by_year.refusals():
                kept = days.from_package(actor=request.user, year=by_year.cleaned_data["year"])
                return redirect("admin_calendar_preview", kept.pk)
    elif request.method == "POST":
        by_file = FileForm(request.POST, request.FILES)
        if by_file.is_valid():
            with by_file.refusals():
                return redirect("admin_calendar_preview", _uploaded(request, by_file.cleaned_data["file"]).pk)
    context = {"by_year": by_year, "by_file": by_file}
    wrong = by_year.errors or by_file.errors
    return render(request, "engine/calendar/import.html", context, status=422 if wrong else 200)


def _uploaded(request: KnownRequest, file: Any) -> CalendarImport:
    intake.refuse_size(file.size)
    content = file.read()
    read = sheet.read(content)
    return days.upload(actor=request.user, name=file.name, sheet=read, digest=hashlib.sha256(content).hexdigest())


def _next_missing() -> int:
    today = timezone.localdate(now())
    return next(iter(plant_calendar.missing_years(today)), today.year + 1)


@overseers
def admin_calendar_template(request: KnownRequest) -> HttpResponse:
    """The year as it stands, to be changed and brought in again; a missing one from Monday to Friday."""
    year = _year(request)
    known = list(CalendarDay.objects.filter(date__year=year))
    rows = known or [CalendarDay(date=d, is_working=d.weekday() < 5) for d in plant_calendar.days_of(year)]
    return spreadsheet(f"calendar-{year}", str(year), ["日期", "上班", "说明"], sheet.template_rows(rows))


@administrators
def admin_calendar_preview(request: KnownRequest, import_id: int) -> HttpResponse:
    kept = _own(request, import_id)
    if kept.state != CalendarImport.State.WAITING:
        messages.info(request, _("This calendar was dealt with already. It was recorded once."))
        return redirect("admin_calendar")
    return _preview(request, kept)


def _own(request: KnownRequest, import_id: int) -> CalendarImport:
    return get_object_or_404(CalendarImport, pk=import_id, uploader=request.user)


def _preview(request: KnownRequest, kept: CalendarImport, *, stale: bool = False) -> HttpResponse:
    context = {"kept": kept, "plan": days.plan_of(kept), "stale": stale}
    return render(request, "engine/calendar/preview.html", context, status=409 if stale else 200)


@administrators
@require_POST
def admin_calendar_confirm(request: KnownRequest, import_id: int) -> HttpResponse:
    kept = _own(request, import_id)
    try:
        plan = days.confirm(actor=request.user, kept=kept, digest=request.POST.get("plan", ""))
    except days.Stale:
        return _preview(request, kept, stale=True)
    except Refused as refused:
        messages.info(request, refused.message)
        return redirect("admin_calendar")
    messages.success(request, _("The calendar is brought in."))
    year = plan.changes[0].day.year if plan.changes else timezone.localdate(now()).year
    return redirect(f"{reverse('admin_calendar')}?year={year}")


@administrators
@require_POST
def admin_calendar_discard(request: KnownRequest, import_id: int) -> HttpResponse:
    days.discard(actor=request.user, kept=_own(request, import_id))
    messages.info(request, _("Put away. Nothing was changed."))
    return redirect("admin_calendar")


@administrators
def admin_hours(request: KnownRequest, unit_id: int) -> HttpResponse:
    """A unit's own hours."""
    unit = get_object_or_404(Unit.objects.administered_by(request.user), pk=unit_id)
    plan = ShiftPlan.objects.filter(unit=unit).first()
    given = {"lines": hours.written(plan), "every_day": plan.every_day, "begins_on": plan.begins_on} if plan else {}
    form = HoursForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            hours.change(actor=request.user, unit=unit, **form.cleaned_data)
            messages.success(request, _("The hours are kept. Deadlines that have been told stand."))
            return redirect("admin_calendar")
    context = {"unit": unit, "plan": plan, "form": form, "patterns": hours.patterns()}
    return render(request, "engine/calendar/hours.html", context, status=422 if form.errors else 200)


@administrators
@require_POST
def admin_hours_drop(request: KnownRequest, unit_id: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.administered_by(request.user), pk=unit_id)
    hours.drop(actor=request.user, unit=unit)
    messages.info(request, _("The unit works again as the one above it."))
    return redirect("admin_calendar")


@administrators
def admin_hours_pick(request: KnownRequest) -> HttpResponse:
    """Which unit is to have hours of its own."""
    units = Unit.objects.administered_by(request.user).active().order_by("path")
    asked = request.GET.get("unit", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19 and units.filter(pk=asked).exists():
        return redirect("admin_hours", int(asked))
    return render(request, "engine/calendar/pick.html", {"units": units})
