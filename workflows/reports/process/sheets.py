"""Each figure as a spreadsheet: the same rows as the page, and a sheet that says what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.engine import kinds
from workflows.ledger.clock import now
from workflows.reports.process import milestones, selections
from workflows.reports.process.asked import EARLIEST, PERIOD_WORDS, Asked
from workflows.reports.process.figures import Said, hours
from workflows.reports.process.funnel import FunnelFigure
from workflows.reports.process.listing import VisitRow
from workflows.reports.process.months import MonthsFigure
from workflows.reports.process.people import PersonTime
from workflows.reports.process.privacy import FEW
from workflows.reports.process.returns import ReturnsFigure, towards
from workflows.reports.process.times import TimesFigure
from workflows.reports.process.waiting import Wait, WaitingFigure, role_words
from workflows.reports.spreadsheet import Column, Sheet

MOST_REASONS = 5000


def question(asked: Asked) -> Sheet:
    """What was asked, by whom and when, and the rule on few people."""
    kind = kinds.get(asked.kind).label if asked.kind else _("All kinds")
    rows: list[list[Any]] = [
        [_("Kind"), str(kind)],
        [_("Unit"), asked.unit.name if asked.unit else _("All that you may see")],
        [_("Since"), max(asked.start, _first()) if asked.since else _("the beginning")],
        [_("Until"), asked.until or now()],
        [_("Period"), str(PERIOD_WORDS[asked.period]) if asked.period else _("Days of your own")],
        [_("Drawn by"), f"{asked.person.name} {asked.person.employee_no}"],
        [_("Cases"), _("Those that this person may see. Imported history is left out.")],
        [_("Times"), _("Left out where fewer than %(few)s people took them.") % {"few": FEW}],
    ]
    return Sheet(_("What was asked"), [Column(_("Question"), 16), Column(_("Answer"), 60)], rows)


def _first() -> datetime:
    return timezone.make_aware(datetime.combine(EARLIEST, datetime.min.time()))


def said_columns() -> list[Column]:
    return [
        Column(_("Visits"), 10), Column(_("Late"), 10), Column(_("With a deadline"), 12), Column(_("Late share"), 10),
        Column(_("Working hours, median")), Column(_("Working hours, nine in ten")),
        Column(_("Working hours, longest")),
        Column(_("Calendar hours, median")), Column(_("Calendar hours, nine in ten")),
        Column(_("Calendar hours, longest")),
    ]  # fmt: skip


def said_cells(said: Said) -> list[Any]:
    worked, lasted = said.worked, said.lasted
    return [
        said.count, said.late, said.due, said.late_share,
        worked.median_hours, worked.ninth_hours, worked.longest_hours,
        lasted.median_hours, lasted.ninth_hours, lasted.longest_hours,
    ]  # fmt: skip


def of_times(asked: Asked, figure: TimesFigure) -> Iterable[Sheet]:
    steps = [[row.title, *said_cells(row.said)] for row in figure.steps]
    levels = [[row.title, *said_cells(row.said)] for row in figure.levels]
    yield Sheet(_("By step"), [Column(_("Step"), 24), *said_columns()], steps)
    yield Sheet(_("By level"), [Column(_("Level"), 24), *said_columns()], levels)


def of_waiting(asked: Asked, figure: WaitingFigure) -> Iterable[Sheet]:
    columns = [
        Column(_("Ended"), 10), Column(_("Working hours, sum")), Column(_("Working hours, median")),
        Column(_("Waiting now"), 12), Column(_("Late now"), 12), Column(_("Longest waiting now, working hours")),
    ]  # fmt: skip
    matrix = [
        [line.branch.name, role_words(role), *_wait_cells(wait)]
        for line in figure.lines
        for role, wait in line.cells
        if wait is not None
    ]
    hands = [[h.unit.name if h.unit else "", role_words(h.role), *_wait_cells(h.wait)] for h in figure.hands]
    yield Sheet(_("Who waits for whom"), [Column(_("Whose cases"), 20), Column(_("Wait for"), 20), *columns], matrix)
    yield Sheet(_("In whose hands"), [Column(_("Unit"), 20), Column(_("Role"), 20), *columns], hands)


def _wait_cells(wait: Wait) -> list[Any]:
    return [wait.ended, wait.total_hours, wait.median_hours, wait.open, wait.late, wait.longest_open_hours]


def of_returns(asked: Asked, figure: ReturnsFigure) -> Iterable[Sheet]:
    ways = [[w.title, w.to_title, w.count, w.resumes, w.count - w.resumes] for w in figure.ways]
    top = [[r.title, r.returned, r.judged, r.share] for r in figure.returners]
    yield Sheet(
        _("From and to"),
        [Column(_("Returned by"), 20), Column(_("Returned to"), 20), Column(_("Returns"), 10),
         Column(_("Comes straight back"), 18), Column(_("Walks the levels again"), 18)],
        ways,
    )  # fmt: skip
    columns = [
        Column(_("Step"), 20),
        Column(_("Returns"), 10),
        Column(_("Judged"), 10),
        Column(_("Returned share"), 10),
    ]
    yield Sheet(_("Who returns"), columns, top)
    yield Sheet(
        _("Reasons"),
        [Column(_("When"), 18), Column(_("Number")), Column(_("Title"), 40), Column(_("Returned by"), 18),
         Column(_("Returned to"), 18), Column(_("Reason"), 60)],
        _reasons(asked),
    )  # fmt: skip


def _reasons(asked: Asked) -> Iterable[list[Any]]:
    found = towards(selections.returns(asked)).select_related("case", "step")
    for decision in found[:MOST_REASONS]:
        kind = decision.case.kind
        assert decision.step is not None
        yield [
            decision.decided_at, decision.case.number, decision.case.title,
            milestones.step_title(kind, decision.step.node), milestones.step_title(kind, decision.to or ""),
            decision.reason,
        ]  # fmt: skip


def of_funnel(asked: Asked, figure: FunnelFigure) -> Iterable[Sheet]:
    standings = asked.described.standings
    columns = [
        Column(_("Stage"), 20), Column(_("Got there"), 12), Column(_("Share of filed"), 12), Column(_("Here now"), 12),
        Column(_("Ended here"), 12), *(Column(str(standings[name][0]), 12) for name in figure.exits),
    ]  # fmt: skip
    rows = [
        [str(s.milestone.label), s.reached, s.of_filed, s.here, s.done, *(s.exits[name] for name in figure.exits)]
        for s in figure.stages
    ]
    yield Sheet(_("Funnel"), columns, rows)


def of_months(asked: Asked, figure: MonthsFigure) -> Iterable[Sheet]:
    standings = asked.described.standings
    columns = [
        Column(_("Month"), 12), *(Column(str(m.label), 12) for m in figure.milestones),
        *(Column(str(standings[name][0]), 12) for name in figure.exits), Column(_("Closed"), 12),
        Column(_("Open at its end"), 14), Column(_("Steps late"), 12), Column(_("With a deadline"), 12),
        Column(_("Late share"), 10),
    ]  # fmt: skip
    rows = [
        [m.first, *(n for _m, n in m.reached), *(n for _s, n in m.exits), m.closed, m.open_at_end, m.late, m.due,
         m.late_share]
        for m in figure.months
    ]  # fmt: skip
    yield Sheet(_("By month"), columns, rows)


def of_people(asked: Asked, figure: list[PersonTime]) -> Iterable[Sheet]:
    columns = [
        Column(_("Employee number"), 14), Column(_("Name"), 12), Column(_("Unit"), 18), Column(_("Done"), 10),
        Column(_("Late"), 10), Column(_("With a deadline"), 12), Column(_("Late share"), 10),
        Column(_("Arrival to decision, median")), Column(_("Arrival to decision, nine in ten")),
        Column(_("Arrival to decision, longest")), Column(_("Since claimed, median")), Column(_("Waiting now"), 12),
        Column(_("Late now"), 12),
    ]  # fmt: skip
    rows = [
        [p.person.employee_no, p.person.name, p.person.unit.name, p.count, p.late, p.due, p.late_share,
         p.whole.median_hours, p.whole.ninth_hours, p.whole.longest_hours, hours(p.hand), p.open, p.open_late]
        for p in figure
    ]  # fmt: skip
    yield Sheet(_("By person"), columns, rows)


def of_visits(rows: Iterable[VisitRow]) -> Sheet:
    columns = [
        Column(_("Number")), Column(_("Title"), 44), Column(_("Unit"), 18), Column(_("Step"), 20),
        Column(_("Came"), 18), Column(_("Ended"), 18), Column(_("Working hours"), 14), Column(_("Calendar hours"), 14),
        Column(_("Late"), 8),
    ]  # fmt: skip
    cells = (
        [r.step.case.number, r.step.case.title, r.step.case.unit.name, r.title, r.opened_at, r.closed_at, r.worked,
         r.lasted, _("yes") if r.late else ""]
        for r in rows
    )  # fmt: skip
    return Sheet(_("Visits"), columns, cells)
