"""The analytics' operations: the same figures as the pages, in hours with one decimal as text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import PlainSerializer

from workflows.engine import kinds
from workflows.organisation.api import REFUSALS, PersonRef, Refusal, Refused, Short, UnitRef, actor_of, plain_words
from workflows.reports.process import funnel, months, people, returns, times, waiting
from workflows.reports.process.asked import EARLIEST, LATEST, Asked
from workflows.reports.process.figures import Said, Times
from workflows.reports.process.places import Place, Places

router = Router(tags=["analytics"])

Figure = Annotated[Decimal, PlainSerializer(lambda figure: f"{figure:.1f}", return_type=str)]
Period = Literal["1", "3", "12", "all"]


class Question(Schema):
    """Without dates, `period` says how many months back, this one included."""

    kind: Short = ""
    unit: Short = Field("", description="a unit's code: it and all below")
    period: Period = "12"
    since: date | None = Field(None, description="first day, plant time; with it or `until`, `period` is not read")
    until: date | None = Field(None, description="last day, plant time")

    def asked(self, request: HttpRequest) -> Asked:
        person = actor_of(request)
        if self.kind and self.kind not in {kind.name for kind in kinds.all_kinds()}:
            raise Refusal(400, "invalid", plain_words("invalid"), field="kind")
        for name, day in (("since", self.since), ("until", self.until)):
            if day is not None and not EARLIEST <= day <= LATEST:
                raise Refusal(400, "invalid", plain_words("invalid"), field=name)
        given = {"kind": self.kind, "period": self.period, "unit": self._unit(Places.known_to(person))}
        given |= {"since": self.since.isoformat() if self.since else ""}
        given |= {"until": self.until.isoformat() if self.until else ""}
        return Asked.of(person, given)

    def _unit(self, places: Places) -> str:
        """Its number, for `Asked`; nothing has the number 0, so an unknown code is a unit that nobody sees."""
        if not self.unit:
            return ""
        return next((place.number for place in places.all.values() if place.code == self.unit), "0")


class TimesShown(Schema):
    """Hours; null where there is none, or where fewer than three people took the time and you stand above none."""

    median: Figure | None
    nine_in_ten: Figure | None
    longest: Figure | None

    @classmethod
    def of(cls, times: Times) -> TimesShown:
        return cls(median=times.median_hours, nine_in_ten=times.ninth_hours, longest=times.longest_hours)


class Group(Schema):
    """Visits to a step that ended in the period."""

    name: str
    label: str
    kind: str
    count: int
    late: int
    with_deadline: int
    late_percent: Figure | None
    times_shown: bool = Field(description="false: few people, so that times would name somebody's speed")
    working_hours: TimesShown
    calendar_hours: TimesShown

    @classmethod
    def of(cls, name: str, label: str, said: Said, kind: str = "") -> Group:
        return cls(
            name=name, label=label, kind=kind, count=said.count, late=said.late, with_deadline=said.due,
            late_percent=said.late_share, times_shown=said.shown, working_hours=TimesShown.of(said.worked),
            calendar_hours=TimesShown.of(said.lasted),
        )  # fmt: skip


class TimesAnswer(Schema):
    steps: list[Group]
    levels: list[Group]
    whole: Group | None


class WaitShown(Schema):
    ended: int
    open: int
    late: int
    times_shown: bool
    median_hours: Figure | None
    total_hours: Figure | None
    longest_open_hours: Figure | None


class Cell(WaitShown):
    whose: UnitRef
    role: str = Field(description="empty: people by name, authors and implementers")


class Hand(WaitShown):
    unit: UnitRef | None
    role: str


class WaitingAnswer(Schema):
    matrix: list[Cell]
    hands: list[Hand]


class WayShown(Schema):
    kind: str
    step: str
    to: str
    count: int
    resumes: int


class ReturnerShown(Schema):
    kind: str
    step: str
    label: str
    returned: int
    judged: int
    percent: Figure | None


class ReturnsAnswer(Schema):
    ways: list[WayShown]
    steps: list[ReturnerShown]


class StageShown(Schema):
    name: str
    label: str
    reached: int
    percent_of_filed: Figure | None
    here: int
    done: int
    exits: dict[str, int]


class FunnelAnswer(Schema):
    kind: str
    filed: int
    stages: list[StageShown]


class MonthShown(Schema):
    month: str
    reached: dict[str, int]
    exits: dict[str, int]
    closed: int
    open_at_end: int
    late: int
    with_deadline: int
    late_percent: Figure | None


class MonthsAnswer(Schema):
    kind: str
    months: list[MonthShown]


class PersonShown(Schema):
    person: PersonRef | None
    done: int
    late: int
    with_deadline: int
    arrival_to_decision: TimesShown
    since_claimed_median: Figure | None
    open: int
    open_late: int


@router.get("/analytics/times", response={200: TimesAnswer, REFUSALS: Refused}, operation_id="analytics_times")
def step_times(request: HttpRequest, question: Query[Question]) -> TimesAnswer:
    """Time at each step and level, in working hours of the plant calendar and in calendar hours."""
    found = times.of(question.asked(request))
    return TimesAnswer(
        steps=[Group.of(row.node, row.title, row.said, row.kind) for row in found.steps],
        levels=[Group.of(row.level, row.title, row.said) for row in found.levels],
        whole=Group.of("", "", found.whole) if found.whole else None,
    )


@router.get("/analytics/waiting", response={200: WaitingAnswer, REFUSALS: Refused}, operation_id="analytics_waiting")
def who_waits(request: HttpRequest, question: Query[Question]) -> WaitingAnswer:
    """Who waits for whom: the units whose cases wait against the roles waited for, and in whose hands things are."""
    found = waiting.of(question.asked(request))
    return WaitingAnswer(
        matrix=[
            Cell(whose=_unit(line.branch), role=role, **_wait(wait))
            for line in found.lines
            for role, wait in line.cells
            if wait is not None
        ],
        hands=[Hand(unit=_unit(h.unit) if h.unit else None, role=h.role, **_wait(h.wait)) for h in found.hands],
    )


def _unit(place: Place) -> UnitRef:
    return UnitRef(code=place.code, name=place.name, kind=place.kind)


def _wait(wait: waiting.Wait) -> dict[str, Any]:
    return {
        "ended": wait.ended, "open": wait.open, "late": wait.late, "times_shown": wait.shown,
        "median_hours": wait.median_hours, "total_hours": wait.total_hours,
        "longest_open_hours": wait.longest_open_hours,
    }  # fmt: skip


@router.get("/analytics/returns", response={200: ReturnsAnswer, REFUSALS: Refused}, operation_id="analytics_returns")
def who_returns(request: HttpRequest, question: Query[Question]) -> ReturnsAnswer:
    """Returns: from which step to which, and how many of those judged at a step."""
    found = returns.of(question.asked(request))
    return ReturnsAnswer(
        ways=[WayShown(kind=w.kind, step=w.node, to=w.to, count=w.count, resumes=w.resumes) for w in found.ways],
        steps=[
            ReturnerShown(
                kind=r.kind, step=r.node, label=r.title, returned=r.returned, judged=r.judged, percent=r.share
            )
            for r in found.returners
        ],
    )


@router.get("/analytics/funnel", response={200: FunnelAnswer, REFUSALS: Refused}, operation_id="analytics_funnel")
def how_far(request: HttpRequest, question: Query[Question]) -> FunnelAnswer:
    """How far the cases filed in the period have got. Of one kind: the one asked for, else the first."""
    asked = question.asked(request).of_one_kind()
    found = funnel.of(asked)
    return FunnelAnswer(
        kind=asked.kind,
        filed=found.filed,
        stages=[
            StageShown(
                name=s.milestone.name, label=str(s.milestone.label), reached=s.reached, percent_of_filed=s.of_filed,
                here=s.here, done=s.done, exits=s.exits,
            )
            for s in found.stages
        ],
    )  # fmt: skip


@router.get("/analytics/months", response={200: MonthsAnswer, REFUSALS: Refused}, operation_id="analytics_months")
def by_month(request: HttpRequest, question: Query[Question]) -> MonthsAnswer:
    """Throughput and lateness by month. Of one kind: the one asked for, else the first."""
    asked = question.asked(request).of_one_kind()
    return MonthsAnswer(
        kind=asked.kind,
        months=[
            MonthShown(
                month=f"{m.first:%Y-%m}", reached={stone.name: n for stone, n in m.reached}, exits=dict(m.exits),
                closed=m.closed, open_at_end=m.open_at_end, late=m.late, with_deadline=m.due, late_percent=m.late_share,
            )
            for m in months.of(asked).months
        ],
    )  # fmt: skip


@router.get("/analytics/people", response={200: list[PersonShown], REFUSALS: Refused}, operation_id="analytics_people")
def my_times(request: HttpRequest, question: Query[Question]) -> list[PersonShown]:
    """My own times, and those of the people whom I stand above; nobody else's."""
    return [
        PersonShown(
            person=PersonRef.of(row.person), done=row.count, late=row.late, with_deadline=row.due,
            arrival_to_decision=TimesShown.of(row.whole), since_claimed_median=row.hand_hours, open=row.open,
            open_late=row.open_late,
        )
        for row in people.of(question.asked(request))
    ]  # fmt: skip
