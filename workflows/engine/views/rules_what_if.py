"""A version of the rules tried on the cases of a period: the page, and all of it as a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from workflows.engine import kinds, what_if
from workflows.engine.errors import BadMove
from workflows.engine.models import RuleVersion
from workflows.engine.rule_readers import DRAFTS_READ_BY, readable
from workflows.engine.spreadsheet import sheet
from workflows.engine.what_if import Replay, WhatIf
from workflows.organisation.access import holding
from workflows.organisation.models import Person

SHOWN = 200
LONGEST = timedelta(days=400)
LOOKS = {
    "vote": ("late", "users"),
    "higher": ("returned", "chevron"),
    "lower": ("accepted", "check"),
    "path": ("waiting", "branch"),
    "times": ("none", "clock"),
}


@dataclass(frozen=True)
class Line:
    """One difference, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Row:
    replay: Replay

    @property
    def state(self) -> str:
        return LOOKS[self.replay.kind][0]

    @property
    def icon(self) -> str:
        return LOOKS[self.replay.kind][1]

    @property
    def words(self) -> str:
        return names()[self.replay.kind]

    @property
    def lines(self) -> list[Line]:
        return list(_lines(self.replay))


def names() -> dict[str, str]:
    return {
        "same": _("Goes the same way"),
        "lower": _("Decided further down"),
        "higher": _("Decided further up"),
        "path": _("Other steps"),
        "vote": _("The vote comes out otherwise"),
        "times": _("Only other times"),
    }


def _lines(replay: Replay) -> list[Line]:
    found = []
    if replay.vote:
        was = {"passed": _("not passed"), "failed": _("passed")}.get(replay.vote, _("decided"))
        now = {"passed": _("passed"), "failed": _("not passed"), "open": _("no quorum, escalates")}[replay.vote]
        found.append(Line(_("Vote"), was, now))
    if replay.before.decides != replay.after.decides:
        found.append(Line(_("Decided at"), replay.decided_before or "—", replay.decided_after or "—"))
    if replay.before.nodes != replay.after.nodes:
        gone, new = replay.left_out, replay.taken_in
        found.append(Line(_("Steps"), _(", ").join(gone) or "—", _(", ").join(new) or "—"))
    found += [Line(title, _hours(before), _hours(after)) for title, before, after in replay.timed]
    return found


def _hours(hours: float) -> str:
    return ngettext("%(n)s working hour", "%(n)s working hours", int(hours)) % {"n": f"{hours:g}"}


def _period(request: HttpRequest) -> tuple[datetime, datetime]:
    """From the first to the last day, both included; last month if nothing is asked. Raises BadMove."""
    since, until = request.GET.get("since", ""), request.GET.get("until", "")
    if not since and not until:
        return what_if.last_month()
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
        period = _midnight(first), _midnight(last + timedelta(days=1))
    except (ValueError, OverflowError):
        raise BadMove(_("Write both days as 2026-12-31."))
    if last < first or period[1] - period[0] > LONGEST:
        raise BadMove(_("The last day is not before the first, and at most 400 days after it."))
    return period


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _asked(request: HttpRequest, pk: int) -> tuple[RuleVersion, WhatIf | None, str]:
    person: Person = request.user  # type: ignore[assignment]
    version = get_object_or_404(readable(person), pk=pk)
    if not kinds.has_cases(version.kind):
        raise Http404("no cases to try it on")
    try:
        return version, what_if.of(version, person, _period(request)), ""
    except BadMove as refused:
        return version, None, refused.message


@holding(*DRAFTS_READ_BY)
@require_safe
def rule_what_if(request: HttpRequest, pk: int) -> HttpResponse:
    version, tried, wrong = _asked(request, pk)
    context: dict[str, Any] = {"version": version, "kind": kinds.get(version.kind), "tried": tried, "wrong": wrong}
    context["typed"] = {
        "since": request.GET.get("since") or (timezone.localtime(tried.since).date().isoformat() if tried else ""),
        "until": request.GET.get("until") or (timezone.localtime(tried.last_day).date().isoformat() if tried else ""),
    }
    context["rows"] = [Row(replay) for replay in tried.elsewhere[:SHOWN]] if tried else []
    return render(request, "engine/rule_what_if.html", context, status=422 if wrong else 200)


@holding(*DRAFTS_READ_BY)
@require_safe
def rule_what_if_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Every case of the period, also those that would have gone the same way."""
    version, tried, wrong = _asked(request, pk)
    if tried is None:
        return render(request, "400.html", {"message": wrong}, status=422)
    head = [
        _("Number"), _("Title"), _("Unit"), _("Filed"), _("Pinned to"), _("Difference"), _("Decided at, then"),
        _("Decided at, now"), _("Path, then"), _("Path, now"), _("Working hours, then"), _("Working hours, now"),
    ]  # fmt: skip
    return sheet(f"what-if-v{version.number}", _("Trying rules"), head, [_cells(r) for r in tried.replays])


def _cells(replay: Replay) -> list[Any]:
    case = replay.case
    return [
        case.number, case.title, case.unit.name, case.filed_at, f"v{case.rules.number if case.rules else ''}",
        names()[replay.kind], replay.decided_before, replay.decided_after, " → ".join(replay.path_before),
        " → ".join(replay.path_after), replay.before.total, replay.after.total,
    ]  # fmt: skip
