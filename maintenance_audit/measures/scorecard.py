"""A contractor over months, panel by panel, and the others beside it on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from maintenance_audit.jobs.models import SettlementHold
from maintenance_audit.lots.models import Lot
from maintenance_audit.measures import intervals, score, words
from maintenance_audit.measures.card import Card, rate_words
from maintenance_audit.measures.lists import address
from workflows.reports.cockpit.drawing import Line, Months
from workflows.reports.cockpit.panels import (
    Cell,
    Figure,
    Shown,
    count_cell,
    hours_cell,
    if_any,
    month_cell,
    share_cell,
)
from workflows.reports.process.pictures import Picture, Rect, Text

ENOUGH = 10  # claims of a month whose interval a scale has to hold


# One card, panel by panel. ---------------------------------------------------------------------------------


def figures(card: Card) -> list[Figure]:
    """Three statements: what is open now, what is held."""
    behind = card.behind
    still = behind.open_findings().order_by()
    late, n = behind.open_findings(late=True).order_by().count(), still.count()
    jobs = behind.all_jobs().order_by().values("pk")
    held = SettlementHold.objects.standing().filter(job__in=jobs).values("job").distinct().count()
    made = score.shown(card.score)
    claims = {"n": card.number("bad_claims"), "all": card.number("claims")}
    return [
        Figure(words.SCORE, made or _("no data"), _("too few to compare") if card.few else _("of 100")),
        Figure(_("Claims nonconforming"), card.rate, _("%(n)s of %(all)s") % claims,
               if_any(card.number("bad_claims"), card.link("bad_claims"))),
        Figure(_("Repeat repair"), rate_words(card.number("repeats"), card.number("jobs")),
               _("by man-hours %(share)s") % {"share": share_words(card)},
               if_any(card.number("repeats"), card.link("repeats"))),
        Figure(_("Findings open now"), str(n), _("%(n)s overdue") % {"n": late} if late else "",
               if_any(n, card.link("open")), "late" if late else ""),
        Figure(_("Settlements held"), str(held), "", if_any(held, card.link("held"))),
    ]  # fmt: skip


def share_words(card: Card) -> str:
    cell = share_cell(card.sums.of("repeat_hours", party=card.firm.pk), card.sums.of("hours", party=card.firm.pk))
    return cell.words


def rate_chart(card: Card, most: float) -> Picture:
    """The rate a month as a dot with its interval, red where the lot was not accepted."""
    n, bad = card.number("claims"), card.number("bad_claims")
    said = {"firm": card.firm.name, "bad": bad, "n": n}
    chart = Months(card.look.months, most, _("%(firm)s: %(bad)s of %(n)s claims nonconforming.") % said, "%")
    for place, month in enumerate(card.look.months):
        looked_at, wrong = card.number("claims", month), card.number("bad_claims", month)
        found = intervals.wilson(wrong, looked_at)
        if found is None:
            continue
        refused = card.number("lots", month) > card.number("lots_accepted", month)
        chart.interval(place, found[0] * 100, min(found[1] * 100, chart.most))
        chart.dot(place, 100 * wrong / looked_at, "f-late" if refused else "f1", 4)
    return chart.picture


def rates(card: Card, most: float = 0) -> Shown:
    head = [_("Month"), _("nonconforming"), words.CLAIMS, _("Rate"), _("95% interval"), _("Could not be verified"),
            _("Lots"), words.ACCEPTED]  # fmt: skip
    if not card.number("claims"):
        return Shown(empty=_("No claim of theirs was checked in these months."), head=head)
    rows = []
    for month in card.look.months[::-1]:
        bad, of = card.number("bad_claims", month), card.number("claims", month)
        rows.append([
            month_cell(month), card.cell("bad_claims", month), card.cell("claims", month),
            Cell(rate_words(bad, of), 100 * bad / of if of else None), Cell(intervals.words(bad, of) or "—"),
            card.cell("cannot", month),
            card.cell("lots", month),
            card.cell("lots_accepted", month),
        ])  # fmt: skip
    keys = [("k1", _("Lot accepted")), ("k-late", _("Lot not accepted")), ("k4", _("95% interval"))]
    return Shown(picture=rate_chart(card, most or top(card)), keys=keys, head=head, rows=rows)


def top(*many: Card) -> float:
    """The scale that all share, in percent: no rate is cut off, an interval of a handful may be."""
    highest = 10.0
    for card in many:
        for month in card.look.months:
            bad, of = card.number("bad_claims", month), card.number("claims", month)
            found = intervals.wilson(bad, of)
            if found is not None:
                highest = max(highest, 100 * (found[1] if of >= ENOUGH else bad / of))
    return highest


def repeats(card: Card) -> Shown:
    head = [_("Month"), _("Jobs"), words.REPEATS, _("By orders"), _("Man-hours"), _("of repeats"), _("By man-hours"),
            _("Without a code")]  # fmt: skip
    if not card.number("jobs"):
        return Shown(empty=_("No job of theirs was accepted in these months."), head=head)
    firm, sums = card.firm.pk, card.sums
    series: list[list[float | None]] = [[], []]
    rows = []
    for month in card.look.months:
        again, jobs = sums.of("repeats", month, firm), sums.of("jobs", month, firm)
        hours_again, hours = sums.of("repeat_hours", month, firm), sums.of("hours", month, firm)
        cells = [share_cell(again, jobs), share_cell(hours_again, hours)]
        for line, cell in zip(series, cells, strict=True):
            line.append(cell.value)
        rows.append([
            month_cell(month), card.cell("jobs", month), card.cell("repeats", month),
            cells[0], hours_cell(hours, card.link("hours", month)),
            hours_cell(hours_again, card.link("repeat_hours", month)),
            cells[1], card.cell("uncoded", month),
        ])  # fmt: skip
    most = max([value for line in series for value in line if value is not None], default=0) or 1
    said = {"n": card.number("repeats"), "all": card.number("jobs")}
    chart = Months(card.look.months, most, _("Of %(all)s jobs %(n)s repeat another.") % said, "%")
    chart.line(Line(series[0], "l1", "f1"))
    chart.line(Line(series[1], "l2", "f2", dashed=True))
    keys = [("k1", _("By orders")), ("k2", _("By man-hours"))]
    return Shown(picture=chart.picture, keys=keys, head=head, rows=rows[::-1])


def findings(card: Card) -> Shown:
    names = (
        "found",
        "critical",
        "major",
        "minor",
        "withdrawn",
        "replied",
        "upheld",
        "closed",
        "ordered",
        "closed_late",
    )
    head = [_("Month"), words.FOUND, _("Critical"), _("Major"), _("Minor"), words.WITHDRAWN,
            _("Replied to"), _("Replies upheld"), words.CLOSED, _("Ordered"), _("Closed late")]  # fmt: skip
    if not card.number("found"):
        return Shown(empty=_("Nothing was found at theirs in these months."), head=head)
    most = max(card.number("found", month) for month in card.look.months)
    chart = Months(
        card.look.months,
        most,
        _("%(n)s findings, by the month in which they were found.") % {"n": card.number("found")},
    )
    rows = []
    for place, month in enumerate(card.look.months):
        done, gone = card.number("closed", month), card.number("withdrawn", month)
        chart.column(place, [(done, "f3"), (card.number("found", month) - done - gone, "f2"), (gone, "f4")])
        rows.append([month_cell(month), *(card.cell(n, month) for n in names)])
    upheld = {"n": card.number("upheld"), "all": card.number("replied")}
    late = {"n": card.number("closed_late"), "all": card.number("ordered")}
    keys = [
        ("k3", words.CLOSED),
        ("k2", words.UNDER_WAY),
        ("k4", words.WITHDRAWN),
    ]
    return Shown(
        picture=chart.picture, keys=keys, head=head, rows=rows[::-1],
        notes=[_("Of %(all)s findings replied to, the reply was upheld in %(n)s.") % upheld,
               _("Of %(all)s ordered to be rectified by a day, %(n)s were closed after it.") % late],
    )  # fmt: skip


def lateness(card: Card) -> Shown:
    head = [_("Month"), _("With a planned end"), _("Completed after it"), _("Share"), _("Acceptance refused before")]
    if not card.number("planned"):
        return Shown(empty=_("None of their jobs of these months has a planned end."), head=head)
    values: list[float | None] = []
    rows = []
    for month in card.look.months:
        planned, late = card.number("planned", month), card.number("late_jobs", month)
        share = share_cell(late, planned)
        values.append(share.value)
        rows.append([
            month_cell(month), card.cell("planned", month), card.cell("late_jobs", month),
            share, card.cell("refused", month),
        ])  # fmt: skip
    said = {"n": card.number("late_jobs"), "all": card.number("planned")}
    most = max([v for v in values if v is not None], default=0) or 1
    chart = Months(
        card.look.months, most, _("Of %(all)s jobs with a planned end %(n)s were completed after it.") % said, "%"
    )
    chart.line(Line(values, "l1", "f1"))
    return Shown(picture=chart.picture, head=head, rows=rows[::-1])


# Lots and how strictly they were inspected. ----------------------------------------------------------------


STRICT = {
    "normal": gettext_lazy("Normal"),
    "tightened": gettext_lazy("Tightened"),
    "reduced": gettext_lazy("Reduced"),
    "discontinued": gettext_lazy("Discontinued"),
}
CELL = 62  # at least, so that twelve months are drawn in their own size


def strictness(card: Card) -> Shown:
    """A cell a month from the first lot on: what its decision was, and on which ground. One statement."""
    behind = card.behind
    lots = list(behind.lots().order_by("month", "pk"))
    head = [
        _("Month"),
        _("Lot"),
        _("Inspection"),
        _("Sample"),
        pgettext("lot", "Nonconforming jobs"),
        _("Ac"),
        _("Decision"),
    ]
    if not lots:
        return Shown(empty=_("No lot of these months is decided."), head=head)
    refused = [lot for lot in lots if not lot.accepted]
    said = {"n": len(lots), "refused": len(refused)}
    months = card.look.months[card.look.months.index(lots[0].month) :]
    cell = max([CELL, *(_width(one) for lot in lots for one in (_strict(lot), words.decided(lot.accepted)))])
    picture = Picture(max(440, cell * len(months)), 60, _("Of %(n)s lots %(refused)s were not accepted.") % said)
    decided = {lot.month: lot for lot in sorted(lots, key=lambda lot: not lot.accepted)}  # of two the refused one
    for place, month in enumerate(months):
        _cell(picture, place * cell, cell, month, decided.get(month))
    rows = [[
        month_cell(lot.month), Cell(lot.case.number, None, address("case", lot.case.number)), Cell(_strict(lot)),
        count_cell(lot.sample or 0), count_cell(lot.nonconforming or 0), Cell(str(lot.ac), lot.ac),
        Cell(words.decided(lot.accepted)),
    ] for lot in lots[::-1]]  # fmt: skip
    return Shown(picture=picture, head=head, rows=rows)


def _strict(lot: Lot) -> str:
    return str(STRICT.get(lot.inspection, "—"))


def _width(words: str) -> int:
    """Of a word in the picture, about: a Chinese character is twice as wide as a letter."""
    return 10 + sum(13 if ord(one) > 0x2E7F else 7 for one in words)


def _cell(picture: Picture, x: int, cell: int, month: date, lot: Lot | None) -> None:
    """A month without a decided lot is a dash, so that the eye does not take the next one for it."""
    middle = x + cell / 2 - 1
    picture.texts.append(Text(middle, 54, "t-faint t-mid", str(month.month if month.month > 1 else month.year)))
    if lot is None:
        picture.texts.append(Text(middle, 31, "t-faint t-mid", "—"))
        return
    picture.rects.append(Rect(x, 14, cell - 2, 26, "f-soft" if lot.inspection == "normal" else "f-late-soft"))
    picture.texts += [
        Text(middle, 10, "t-faint t-mid", _strict(lot)),
        Text(middle, 31, f"t-mid {'t-ok' if lot.accepted else 't-late'}", words.decided(lot.accepted)),
    ]


# Beside each other. ----------------------------------------------------------------------------------------


def table(found: Sequence[Card]) -> Shown:
    """All contractors; those with too few claims last, and said so. The rate and its interval come first: a phone shows
    no more than these without scrolling."""
    order = sorted(found, key=lambda c: (c.few, -(c.score or 0), c.firm.name))
    some_few, rows = any(card.few for card in found), []
    for card in order:
        at = f"{reverse('scorecard', args=[card.firm.pk])}?{card.look.address()}"
        made = score.shown(card.score)
        rows.append([
            Cell(card.firm.name, None, at), Cell(card.rate), Cell(card.interval or "—"),
            Cell(made or _("no data"), float(made) if made else None),
            *([Cell(_("too few to compare") if card.few else "")] if some_few else []), card.cell("jobs"),
            card.cell("claims"), card.cell("bad_claims"), card.cell("found"),
            card.cell("critical"), card.cell("repeats"),
            card.cell("late_jobs"), card.cell("upheld"),
        ])  # fmt: skip
    note = [_("Note")] if some_few else []
    head = [_("Contractor"), _("Nonconforming rate"), _("95% interval"), words.SCORE, *note, _("Jobs"),
            words.CLAIMS, _("nonconforming"), words.FINDINGS, _("Critical"), words.REPEATS, _("Completed late"),
            _("Replies upheld")]  # fmt: skip
    return Shown(head=head, rows=rows)
