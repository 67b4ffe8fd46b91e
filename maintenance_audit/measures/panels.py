"""The cockpit's panels about outsourced maintenance."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from maintenance_audit.findings.models import overdue
from maintenance_audit.measures import lists, words
from maintenance_audit.measures.behind import Behind, of_month
from maintenance_audit.measures.counting import SOURCE
from maintenance_audit.measures.volumes import VOLUME
from workflows.ledger.clock import now
from workflows.reports.cockpit.drawing import Line, Months
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import (
    Cell,
    Figure,
    Listed,
    Panel,
    Shown,
    count_cell,
    hours_cell,
    if_any,
    link,
    month_cell,
    share,
    share_cell,
    tenth,
)
from workflows.reports.process.pictures import Bar, bars

SEVERITIES = ("critical", "major", "minor")


def behind(look: Look, given: Mapping[str, str]) -> Behind:
    """Of the month that the address names, else of all that are looked at."""
    month = next((m for m in look.months if f"{m:%Y-%m}" == given.get("of", "")), None)
    text = given.get("party", "")
    party = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    made = Behind(look.person, look.path, look.first, look.end, party)
    return made if month is None else of_month(made, month)


def counted_rows(look: Look, given: Mapping[str, str]) -> Listed | None:
    return lists.of(given.get("what", ""), behind(look, given))


# Repeat repairs. ------------------------------------------------------------


def repeats(look: Look) -> Shown:
    sums, panel = look.sums(SOURCE), "repeats"
    jobs, again = sums.of("jobs"), sums.of("repeats")
    if not jobs:
        return Shown(empty=_("No job was accepted in these months."))
    by_orders = [_rate(sums.of("repeats", m), sums.of("jobs", m)) for m in look.months]
    by_hours = [_rate(sums.of("repeat_hours", m), sums.of("hours", m)) for m in look.months]
    finding = _("Of %(jobs)s jobs %(repeats)s repeat another.") % {"jobs": f"{jobs:,.0f}", "repeats": f"{again:,.0f}"}
    chart = Months(look.months, _top(by_orders, by_hours), finding, "%")
    chart.line(Line(by_orders, "l1", "f1"))
    chart.line(Line(by_hours, "l2", "f2", dashed=True))
    of = {"n": f"{again:,.0f}", "all": f"{jobs:,.0f}"}
    hours = {"n": f"{tenth(sums.of('repeat_hours')):,}", "all": f"{tenth(sums.of('hours')):,}"}
    return Shown(
        figures=[
            Figure(_("By orders"), _percent(again, jobs), _("%(n)s of %(all)s jobs") % of,
                   if_any(again, link(look, panel, what="repeats"))),
            Figure(_("By man-hours"), _percent(sums.of("repeat_hours"), sums.of("hours")),
                   _("%(n)s of %(all)s hours") % hours, link(look, panel, what="repeat_hours")),
            Figure(_("Without a failure code"), f"{sums.of('uncoded'):,.0f}", _("never counted as repeats"),
                   if_any(sums.of("uncoded"), link(look, panel, what="uncoded"))),
        ],
        picture=chart.picture,
        keys=[("k1", _("By orders")), ("k2", _("By man-hours"))],
        head=[_("Month"), _("Jobs"), words.REPEATS, _("By orders"), _("Man-hours"), _("of repeats"), _("By man-hours"),
              _("Without a code")],
        rows=[_repeat_row(look, sums, month) for month in look.months[::-1]],
    )  # fmt: skip


def _repeat_row(look: Look, sums: Any, month: Any) -> list[Cell]:
    def rows(what: str) -> str:
        return link(look, "repeats", what=what, of=f"{month:%Y-%m}")

    jobs, again = sums.of("jobs", month), sums.of("repeats", month)
    hours, hours_again = sums.of("hours", month), sums.of("repeat_hours", month)
    return [
        month_cell(month), count_cell(jobs, rows("jobs")), count_cell(again, rows("repeats")), share_cell(again, jobs),
        hours_cell(hours, rows("hours")), hours_cell(hours_again, rows("repeat_hours")), share_cell(hours_again, hours),
        count_cell(sums.of("uncoded", month), rows("uncoded")),
    ]  # fmt: skip


# What the checks found. ------------------------------------------------------------


def checks(look: Look) -> Shown:
    sums, panel = look.sums(SOURCE), "checks"
    if not sums.of("lots") and not sums.of("checked"):
        return Shown(empty=_("No lot of these months is decided."))
    rates = [_rate(sums.of("bad_claims", m), sums.of("claims", m)) for m in look.months]
    jobs = [_rate(sums.of("bad_jobs", m), sums.of("checked", m)) for m in look.months]
    said = {"n": f"{sums.of('bad_claims'):,.0f}", "all": f"{sums.of('claims'):,.0f}"}
    chart = Months(look.months, _top(rates, jobs), _("%(n)s of %(all)s claims were nonconforming.") % said, "%")
    chart.line(Line(jobs, "l4", "f4", dashed=True))
    chart.line(Line(rates, "l1", "f1"))
    lots = {"n": f"{sums.of('lots_accepted'):,.0f}", "all": f"{sums.of('lots'):,.0f}"}
    drawn = {"n": f"{sums.of('bad_jobs'):,.0f}", "all": f"{sums.of('checked'):,.0f}"}
    return Shown(
        figures=[
            Figure(_("Claims nonconforming"), _percent(sums.of("bad_claims"), sums.of("claims")),
                   _("%(n)s of %(all)s") % said, if_any(sums.of("bad_claims"), link(look, panel, what="bad_claims"))),
            Figure(_("Drawn jobs nonconforming"), _percent(sums.of("bad_jobs"), sums.of("checked")),
                   _("%(n)s of %(all)s") % drawn, if_any(sums.of("bad_jobs"), link(look, panel, what="bad_jobs"))),
            Figure(_("Lots accepted"), _percent(sums.of("lots_accepted"), sums.of("lots")),
                   _("%(n)s of %(all)s") % lots, if_any(sums.of("lots"), link(look, panel, what="lots"))),
        ],
        picture=chart.picture,
        keys=[("k1", _("Claims nonconforming")), ("k4", _("Drawn jobs nonconforming"))],
        head=[_("Month"), _("Lots"), words.ACCEPTED, _("Drawn jobs"), _("nonconforming"), _("Rate"), words.CLAIMS,
              _("nonconforming"), _("Rate"), _("Could not be verified")],
        rows=[_check_row(look, sums, month) for month in look.months[::-1]],
    )  # fmt: skip


def _check_row(look: Look, sums: Any, month: Any) -> list[Cell]:
    def cell(what: str) -> Cell:
        return count_cell(sums.of(what, month), link(look, "checks", what=what, of=f"{month:%Y-%m}"))

    return [
        month_cell(month), cell("lots"), cell("lots_accepted"), cell("checked"), cell("bad_jobs"),
        share_cell(sums.of("bad_jobs", month), sums.of("checked", month)), cell("claims"), cell("bad_claims"),
        share_cell(sums.of("bad_claims", month), sums.of("claims", month)), cell("cannot"),
    ]  # fmt: skip


# Findings. ------------------------------------------------------------


def findings(look: Look) -> Shown:
    """What was found month by month; and what is open and late now, whenever it was found."""
    sums, panel = look.sums(SOURCE), "findings"
    now_open = open_now(look)
    still, late = sum(n for n, _l in now_open.values()), sum(n for _n, n in now_open.values())
    shown = Shown(
        figures=[
            Figure(_("Open now"), f"{still:,}", _words_of(now_open), if_any(still, link(look, panel, what="open"))),
            Figure(_("Overdue now"), f"{late:,}", _("after the day ordered"),
                   if_any(late, link(look, panel, what="late")), "late" if late else ""),
            Figure(_("Found in these months"), f"{sums.of('found'):,.0f}",
                   pgettext("findings", "%(n)s withdrawn") % {"n": int(sums.of("withdrawn"))},
                   if_any(sums.of("found"), link(look, panel, what="found"))),
        ],
        keys=[("k3", words.CLOSED), ("k2", words.UNDER_WAY),
              ("k4", words.WITHDRAWN)],
        head=[_("Month"), words.FOUND, _("Critical"), _("Major"), _("Minor"), words.WITHDRAWN,
              words.CLOSED, _("Closed late"), _("Still open")],
        rows=[_finding_row(look, sums, month) for month in look.months[::-1]],
    )  # fmt: skip
    if not sums.of("found"):
        shown.rows, shown.empty = [], _("Nothing was found in these months.")
        return shown
    most = max(float(sums.of("found", m)) for m in look.months)
    said = _("%(n)s findings, by the month in which they were found.") % {"n": f"{sums.of('found'):,.0f}"}
    chart = Months(look.months, most, said)
    for n, month in enumerate(look.months):
        gone, done = float(sums.of("withdrawn", month)), float(sums.of("closed", month))
        chart.column(n, [(done, "f3"), (float(sums.of("found", month)) - done - gone, "f2"), (gone, "f4")])
    shown.picture = chart.picture
    return shown


def open_now(look: Look) -> dict[str, tuple[int, int]]:
    """By severity how many are open, and overdue of them. One statement, asked once a page."""

    def reckon() -> dict[str, tuple[int, int]]:
        found = Behind(look.person, look.path, look.first, look.end).open_findings().order_by().values("severity")
        rows = found.annotate(n=Count("pk"), late=Count("pk", filter=overdue(timezone.localdate(now()))))
        return {row["severity"]: (row["n"], row["late"]) for row in rows}

    kept: dict[str, tuple[int, int]] = look.once("findings:open", reckon)
    return kept


def _words_of(now_open: Mapping[str, tuple[int, int]]) -> str:
    said = {"critical": _("Critical"), "major": _("Major"), "minor": _("Minor")}
    return " · ".join(f"{said[s]} {now_open[s][0]}" for s in SEVERITIES if s in now_open)


def _finding_row(look: Look, sums: Any, month: Any) -> list[Cell]:
    def cell(what: str) -> Cell:
        return count_cell(sums.of(what, month), link(look, "findings", what=what, of=f"{month:%Y-%m}"))

    still = sums.of("found", month) - sums.of("closed", month) - sums.of("withdrawn", month)
    open_ones = count_cell(still, link(look, "findings", what="found_open", of=f"{month:%Y-%m}"))
    names = ("found", "critical", "major", "minor", "withdrawn", "closed", "closed_late")
    return [month_cell(month), *map(cell, names), open_ones]


# Contractors beside each other. ------------------------------------------------------------


def contractors(look: Look) -> Shown:
    sums = look.sums(SOURCE)
    firms = [pk for pk in sums.parties() if pk in look.places.all]
    if not firms:
        return Shown(empty=_("No contractor did anything in these months."))
    firms.sort(key=lambda pk: -sums.of("jobs", party=pk))
    names = look.places
    found = [Bar(names[pk].name, f"{sums.of('jobs', party=pk):,.0f} · {sums.of('found', party=pk):,.0f}",
                 float(sums.of("jobs", party=pk)), float(sums.of("found", party=pk))) for pk in firms]  # fmt: skip
    most = {"firm": names[firms[0]].name, "n": f"{sums.of('jobs', party=firms[0]):,.0f}"}
    return Shown(
        picture=bars(found, _("Most jobs went to %(firm)s: %(n)s.") % most, "f4", "f2"),
        keys=[("k4", _("Jobs")), ("k2", words.FINDINGS)],
        head=[_("Contractor"), _("Jobs"), words.CLAIMS, _("nonconforming"), _("Rate"), words.FINDINGS, _("Critical"),
              words.REPEATS],
        rows=[_firm_row(look, sums, pk) for pk in firms],
        more=_scorecards(look),
    )  # fmt: skip


def _firm_row(look: Look, sums: Any, firm: int) -> list[Cell]:
    def cell(what: str) -> Cell:
        return count_cell(sums.of(what, party=firm), link(look, "contractors", what=what, party=firm))

    name = Cell(look.places[firm].name, None, f"{reverse('scorecard', args=[firm])}?{look.address()}")
    rate = share_cell(sums.of("bad_claims", party=firm), sums.of("claims", party=firm))
    return [name, cell("jobs"), cell("claims"), cell("bad_claims"), rate, *map(cell, ("found", "critical", "repeats"))]


def _scorecards(look: Look) -> tuple[str, str] | None:
    try:
        return f"{reverse('scorecards')}?{look.address()}", _("Scorecards beside each other")
    except NoReverseMatch:
        return None


# --------------------------------------------------------------------------------------------------------------------


def _rate(part: Decimal, whole: Decimal) -> float | None:
    found = share(part, whole)
    return None if found is None else float(found)


def _percent(part: Decimal, whole: Decimal) -> str:
    found = share(part, whole)
    return _("no data") if found is None else f"{found}%"


def _top(*series: list[float | None]) -> float:
    return max([value for values in series for value in values if value is not None], default=0) or 1


REPEATS = Panel(
    "repeats", gettext_lazy("Repeat repair"),
    gettext_lazy("Accepted jobs with the same tag and failure code as another accepted within the days of the rules "
                 "before; of all accepted jobs by orders, of all their man-hours by man-hours."),
    repeats, counted_rows, 60,
)  # fmt: skip
CHECKS = Panel(
    "checks", gettext_lazy("What the spot checks found"),
    gettext_lazy("Drawn jobs of the teams' tier of decided lots, extras left out; of a claim counts what the "
                 "highest tier said, and one whose finding was withdrawn conforms. Claims that could not be verified "
                 "are left out of the rate and said beside it."),
    checks, counted_rows, 65,
)  # fmt: skip
FINDINGS = Panel(
    "findings", words.FINDINGS,
    gettext_lazy("By the month in which they were found, as they stand now; open and overdue ones whenever "
                 "they were found."),
    findings, counted_rows, 70,
)  # fmt: skip
CONTRACTORS = Panel(
    "contractors", gettext_lazy("Contractors"),
    gettext_lazy("Jobs accepted, claims checked and findings of each contractor in these months."),
    contractors, counted_rows, 75,
)  # fmt: skip
PANELS = (VOLUME, REPEATS, CHECKS, FINDINGS, CONTRACTORS)
