"""Each figure of the cockpit and of a scorecard once more, in plain Python over plain rows: number and rows behind it.

`COCKPIT` and `CARD` have a twin for each panel; a panel without one fails the test, and so does a figure more or less.
A cell of a twin is what the spreadsheet gets; `WORDS` stands for a text that says no number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Any

from django.utils import timezone

from innovation.awards.models import Candidate
from innovation.proposals.models import Proposal
from maintenance_audit.assessments.models import Assessment
from maintenance_audit.findings.models import Finding
from maintenance_audit.jobs.models import Job, SettlementHold
from maintenance_audit.lots.models import Lot
from tests.measures import by_hand
from tests.measures.by_hand import month_of
from tests.reports import by_hand as visits_by_hand
from workflows.engine.models import Case, Step
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Unit

WORDS = object()
NO_DATA = "没有数据"
ACCEPTED = ("arrangement", "implementation")
IMPLEMENTED = ("effect_report", "finance_check", "chief_check")
LEVELS = ("team", "section", "workshop", "company", "group", "")
SUMS = ("hours", "repeat_hours", "amount", "forecast", "saving", "award_money")
SEVERITIES = ("critical", "major", "minor")


@dataclass(frozen=True)
class Twin:
    """Each figure: its words, and the numbers of the note beneath it."""

    figures: list[tuple[str, list[str]]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)


def innovation_rows() -> Any:
    """(month, unit, None, name, value, the row's primary key)."""
    for one in Proposal.objects.select_related("case"):
        if one.case.imported:
            continue
        unit = one.case.unit_id
        yield month_of(one.case.filed_at), unit, None, "filed", 1, one.pk
        for name, nodes in (("accepted", ACCEPTED), ("implemented", IMPLEMENTED)):
            been = [step.opened_at for step in Step.objects.filter(case=one.case)
                    if step.node in nodes and step.outcome not in ("passed_up", "taken_back")]  # fmt: skip
            if been:
                yield month_of(min(been)), unit, None, name, 1, one.pk
        if one.verified_at is not None:
            month = month_of(one.verified_at)
            yield month, unit, None, "verified", 1, one.pk
            yield month, unit, None, "forecast", one.forecast_benefit, one.pk
            yield month, unit, None, "saving", one.verified_benefit, one.pk
    for award in Candidate.objects.select_related("round", "proposal__case"):
        if award.round.published_at and award.grade and not (award.out or award.waits or award.void_at):
            unit = award.proposal.case.unit_id
            yield award.round.month, unit, None, "awards", 1, award.pk
            yield award.round.month, unit, None, "award_money", award.amount, award.pk


class Hand:
    """All rows, read once, of units at or under one."""

    def __init__(self, unit: Unit, months: list[date]) -> None:
        self.unit, self.months = unit, months
        units = {one.pk for one in Unit.objects.filter(path__startswith=unit.path)}
        told = [*by_hand.rows(), *innovation_rows()]
        self.value: dict[tuple[date, int | None, str], Decimal] = defaultdict(Decimal)
        self.pks: dict[tuple[date, int | None, str], set[int]] = defaultdict(set)
        for month, at, firm, name, value, pk in told:
            if at in units and value:
                self.value[month, firm, name] += Decimal(value)
                self.pks[month, firm, name].add(pk)
        self.units = units
        self.names = dict(Unit.objects.values_list("pk", "name"))
        self.sections = {job.pk: job.section_id for job in Job.objects.all()}
        self.open = [one for one in Finding.objects.filter(closed_at=None, withdrawn_at=None).select_related("case")
                     if self.sections[one.job_id] in units]  # fmt: skip
        at = {step.case_id: step.node for step in Step.objects.filter(closed_at=None)}
        self.late = [one for one in self.open if one.rectify_by and one.rectify_by < timezone.localdate(now())
                     and at[one.case_id] == "rectification" and one.case.state != "held"]  # fmt: skip

    def of(self, name: str, month: date | None = None, firm: int | None = None) -> Decimal:
        return sum((v for (m, f, n), v in self.value.items() if self._fits(m, f, n, name, month, firm)), Decimal(0))

    def rows(self, name: str, month: date | None = None, firm: int | None = None) -> set[int]:
        return set().union(*(v for (m, f, n), v in self.pks.items() if self._fits(m, f, n, name, month, firm)))

    def _fits(self, month: date, firm: int | None, name: str, *asked: Any) -> bool:
        wanted, of_month, of_firm = asked
        within = month in self.months if of_month is None else month == of_month
        return name == wanted and within and of_firm in (None, firm)

    def firms(self) -> set[int]:
        return {f for (m, f, _n) in self.value if m in self.months and f is not None}

    def behind(self, what: str, month: date | None, firm: int | None) -> set[int]:
        """What the list behind a number must hold: primary keys of its rows."""
        if what in ("open", "late"):
            found = self.late if what == "late" else self.open
            return {one.pk for one in found if firm in (None, one.contractor_id)}
        if what == "held":
            holds = SettlementHold.objects.filter(released_at=None).select_related("job")
            return {one.job_id for one in holds
                    if one.job.section_id in self.units and firm in (None, one.job.contractor_id)}  # fmt: skip
        if what == "found_open":
            gone = self.rows("closed", month, firm) | self.rows("withdrawn", month, firm)
            return self.rows("found", month, firm) - gone
        return self.rows(what, month, firm)

    # Time at each level.

    def visits(self) -> list[visits_by_hand.Visit]:
        cases = list(Case.objects.filter(kind="proposal", imported=False, unit__in=self.units))
        last = self.months[-1]
        end = date(last.year + last.month // 12, last.month % 12 + 1, 1)
        return visits_by_hand.visits(cases, _midnight(self.months[0]), _midnight(end), now())


# The cockpit, panel by panel. -----------------------------------------------------------------------------------------


def innovation(hand: Hand) -> Twin:
    names = ("filed", "accepted", "implemented", "verified", "awards")
    figures = [(whole(hand.of(name)), []) for name in names[:-1]]
    figures.append((whole(hand.of("awards")), numbers(yuan(hand.of("award_money")))))
    rows = [[m, *(hand.of(n, m) for n in names), hand.of("award_money", m)] for m in newest(hand)]
    return Twin(figures, rows)


def savings(hand: Hand) -> Twin:
    forecast, saving = hand.of("forecast"), hand.of("saving")
    figures = [(yuan(forecast), []), (yuan(saving), numbers(percent(saving, forecast))),
               (whole(hand.of("verified")), [])]  # fmt: skip
    rows = [[m, hand.of("verified", m), hand.of("forecast", m), hand.of("saving", m),
             cell(hand.of("saving", m), hand.of("forecast", m))] for m in newest(hand)]  # fmt: skip
    return Twin(figures, rows)


def times(hand: Hand) -> Twin:
    groups = visits_by_hand.grouped(hand.visits(), lambda visit: visit.level)
    rows = []
    for level in sorted(groups, key=LEVELS.index):
        told = visits_by_hand.said(groups[level])
        people = set().union(*(visit.people for visit in groups[level]))
        times = [_hours(told[3]), _hours(told[4])] if len(people) >= 3 else ["—", "—"]
        rows.append([WORDS, told[0], told[1], *times])
    return Twin([], rows)


def volume(hand: Hand) -> Twin:
    jobs = [j for j in Job.objects.select_related("equipment")
            if j.accepted_on and j.contractor_id and j.state != "cancelled" and j.section_id in hand.units]  # fmt: skip
    by_month: dict[date, list[Job]] = defaultdict(list)
    for job in jobs:
        by_month[month_of(job.accepted_on)].append(job)  # type: ignore[arg-type]
    before = {m: _back(m, len(hand.months)) for m in hand.months}
    both = ({j.equipment.tag for m in hand.months for j in by_month[m]}
            & {j.equipment.tag for m in before.values() for j in by_month[m]})  # fmt: skip

    def worked(month: date, *, alike: bool = False) -> Fraction:
        found = [j for j in by_month[month] if not alike or j.equipment.tag in both]
        return sum((Fraction(j.hours) for j in found if j.hours is not None), Fraction(0))

    def row(month: date) -> list[Any]:
        then = before[month]
        alike = (worked(month, alike=True), worked(then, alike=True))
        return [month, len(by_month[month]), then, len(by_month[then]), worked(month), worked(then),
                change(worked(month), worked(then)), *alike, change(*alike)]  # fmt: skip

    table = [row(month) for month in newest(hand)]
    sums = [sum((Fraction(line[n]) for line in table), Fraction(0)) for n in range(len(table[0]))
            if n in (1, 3, 4, 5, 7, 8)]  # fmt: skip
    pairs = list(zip(sums[::2], sums[1::2], strict=True))
    table.append(["合计", sums[0], "", *sums[1:4], change(*sums[2:4]), *sums[4:], change(*sums[4:])])
    return Twin([(change(*pair), [f"{float(n):,.0f}" for n in pair]) for pair in pairs], table)


def repeats(hand: Hand) -> Twin:
    jobs, again, worked, anew = (hand.of(name) for name in ("jobs", "repeats", "hours", "repeat_hours"))
    figures = [(percent(again, jobs), [whole(again), whole(jobs)]),
               (percent(anew, worked), [f"{_tenth(anew):,}", f"{_tenth(worked):,}"]),
               (whole(hand.of("uncoded")), [])]  # fmt: skip
    return Twin(figures, [_repeats_row(hand, month) for month in newest(hand)])


def _repeats_row(hand: Hand, month: date, firm: int | None = None) -> list[Any]:
    jobs, again, worked, anew, uncoded = (
        hand.of(name, month, firm) for name in ("jobs", "repeats", "hours", "repeat_hours", "uncoded")
    )
    return [month, jobs, again, cell(again, jobs), worked, anew, cell(anew, worked), uncoded]


def checks(hand: Hand) -> Twin:
    pairs = (("bad_claims", "claims"), ("bad_jobs", "checked"), ("lots_accepted", "lots"))
    figures = [(percent(hand.of(a), hand.of(b)), [whole(hand.of(a)), whole(hand.of(b))]) for a, b in pairs]

    def row(m: date) -> list[Any]:
        lots, fine, checked, bad, claims, wrong, cannot = (hand.of(name, m) for name in (
            "lots", "lots_accepted", "checked", "bad_jobs", "claims", "bad_claims", "cannot"))  # fmt: skip
        return [m, lots, fine, checked, bad, cell(bad, checked), claims, wrong, cell(wrong, claims), cannot]

    return Twin(figures, [row(month) for month in newest(hand)])


def findings(hand: Hand) -> Twin:
    by = [sum(one.severity == severity for one in hand.open) for severity in SEVERITIES]
    figures = [(whole(len(hand.open)), [str(n) for n in by if n]), (whole(len(hand.late)), []),
               (whole(hand.of("found")), [whole(hand.of("withdrawn"))])]  # fmt: skip
    names = ("found", *SEVERITIES, "withdrawn", "closed", "closed_late")
    rows = [[m, *(hand.of(n, m) for n in names), len(hand.behind("found_open", m, None))] for m in newest(hand)]
    return Twin(figures, rows)


def contractors(hand: Hand) -> Twin:
    rows = []
    for firm in sorted(hand.firms(), key=lambda pk: -hand.of("jobs", firm=pk)):
        jobs, claims, bad, found, grave, again = (hand.of(name, firm=firm) for name in (
            "jobs", "claims", "bad_claims", "found", "critical", "repeats"))  # fmt: skip
        rows.append([hand.names[firm], jobs, claims, bad, cell(bad, claims), found, grave, again])
    return Twin([], rows)


def indicators(hand: Hand) -> Twin:
    """What the apps suggest, as no version is published: numerator, denominator, benchmark, which way is better."""
    suggested = (
        ("accepted", "filed", None, 1), ("saving", "forecast", 80, 1), ("repeats", "jobs", 6, -1),
        ("bad_claims", "claims", 4, -1), ("late_jobs", "planned", None, -1), ("hours", "jobs", None, 0),
    )  # fmt: skip
    rows = []
    for above, below, benchmark, way in suggested:
        part, of = hand.of(above), hand.of(below)
        value = _rounded(part / of, "0.01") if way == 0 else _tenth(part * 100 / of)
        standing = "—" if benchmark is None else "达标" if (value - benchmark) * way >= 0 else "未达标"
        said = "—" if benchmark is None else f"{benchmark}%"
        rows.append([WORDS, WORDS, float(part), float(of), float(value), said, standing, WORDS])
    return Twin([], rows)


COCKPIT: dict[str, Callable[[Hand], Twin]] = {
    "indicators": indicators, "innovation": innovation, "savings": savings, "times": times, "volume": volume,
    "repeats": repeats, "checks": checks, "findings": findings, "contractors": contractors,
}  # fmt: skip


# What came of the awards, by year, by section, by problem. ------------------------------------------------------------


def awarded(year: int | None = None) -> list[Candidate]:
    found = Candidate.objects.select_related("round", "proposal__case__unit")
    return [one for one in found if one.round.published_at and one.grade
            and not (one.out or one.waits or one.void_at) and year in (None, one.round.month.year)]  # fmt: skip


def solves(award: Candidate) -> set[int]:
    besides = {problem.pk for problem in award.proposal.also_solves.all()}
    return besides | ({award.proposal.problem_id} if award.proposal.problem_id else set())


def year_of_awards(year: int) -> dict[str, Any]:
    """What the page of what came of the awards says of a year."""
    found = awarded(year)
    checked = [one.proposal for one in found if one.proposal.verified_benefit is not None]
    return {
        "year": year, "awards": len(found), "amount": sum(one.amount for one in found),
        "problems": len(set().union(*(solves(one) for one in found))),
        "forecast": sum(one.proposal.forecast_benefit for one in found),
        "verified": sum(one.verified_benefit for one in checked), "verified_count": len(checked),
        "forecast_of_verified": sum(one.forecast_benefit for one in checked),
    }  # fmt: skip


def participation() -> dict[int, tuple[int, int, int]]:
    """By section, or the unit that lies outside any: awards, people who had a part in one, people posted there."""
    units = {unit.pk: unit for unit in Unit.objects.all()}

    def section(unit: Unit) -> int:
        above = [pk for pk in unit.ancestor_ids if units[pk].kind == "section"]
        return above[-1] if above else unit.pk

    found = awarded()
    authors = {one.person for award in found for one in award.proposal.authorships.select_related("person__unit")}
    places = {section(award.proposal.case.unit) for award in found} | {section(person.unit) for person in authors}
    people = list(Person.objects.filter(is_active=True).select_related("unit"))
    return {
        pk: (sum(section(award.proposal.case.unit) == pk for award in found),
             sum(section(person.unit) == pk for person in authors), sum(section(one.unit) == pk for one in people))
        for pk in places
    }  # fmt: skip


# A scorecard, panel by panel. -----------------------------------------------------------------------------------------


def card_figures(hand: Hand, firm: int) -> Twin:
    mine = [one for one in hand.open if one.contractor_id == firm]
    late = sum(one.contractor_id == firm for one in hand.late)
    bad, claims, again, jobs = (hand.of(n, firm=firm) for n in ("bad_claims", "claims", "repeats", "jobs"))
    hours = percent(hand.of("repeat_hours", firm=firm), hand.of("hours", firm=firm))
    score = sum((points for *_part, points in _parts(hand, firm)), Fraction(0))
    few = claims < 30
    return Twin([
        (_shown(score), [] if few else ["100"]), (percent(bad, claims), [whole(bad), whole(claims)]),
        (percent(again, jobs), numbers(hours)), (str(len(mine)), [str(late)] if late else []),
        (str(len(hand.behind("held", None, firm))), []),
    ])  # fmt: skip


def card_lots(hand: Hand, firm: int) -> Twin:
    found = [lot for lot in Lot.objects.select_related("case") if lot.contractor_id == firm and lot.decided_at
             and lot.resubmits_id is None and lot.month in hand.months]  # fmt: skip
    strict = {"normal": "正常检验", "tightened": "加严检验", "reduced": "放宽检验"}
    return Twin([], [
        [lot.month, lot.case.number, strict[lot.inspection], lot.sample, lot.nonconforming, lot.ac,
         "接收" if lot.accepted else "不接收"]
        for lot in sorted(found, key=lambda lot: (lot.month, lot.pk), reverse=True)
    ])  # fmt: skip


def card_rates(hand: Hand, firm: int) -> Twin:
    def row(m: date) -> list[Any]:
        bad, claims, cannot, lots, fine = (hand.of(n, m, firm) for n in (
            "bad_claims", "claims", "cannot", "lots", "lots_accepted"))  # fmt: skip
        rate = float(100 * bad / claims) if claims else NO_DATA
        return [m, bad, claims, rate, wilson(int(bad), int(claims)), cannot, lots, fine]

    return Twin([], [row(month) for month in newest(hand)])


def card_repeats(hand: Hand, firm: int) -> Twin:
    return Twin([], [_repeats_row(hand, month, firm) for month in newest(hand)])


def card_findings(hand: Hand, firm: int) -> Twin:
    names = ("found", *SEVERITIES, "withdrawn", "replied", "upheld", "closed", "ordered", "closed_late")
    return Twin([], [[m, *(hand.of(n, m, firm) for n in names)] for m in newest(hand)])


def card_lateness(hand: Hand, firm: int) -> Twin:
    def row(m: date) -> list[Any]:
        planned, late = hand.of("planned", m, firm), hand.of("late_jobs", m, firm)
        return [m, planned, late, cell(late, planned), hand.of("refused", m, firm)]

    return Twin([], [row(month) for month in newest(hand)])


def _parts(hand: Hand, firm: int) -> list[tuple[int, Fraction, Fraction, Fraction]]:
    """Weight, what went wrong, what was looked at, points, by the rules to begin with."""

    def of(name: str) -> Fraction:
        return Fraction(hand.of(name, firm=firm))

    grave = of("minor") + 3 * of("major") + 10 * of("critical")
    told = [(40, of("bad_claims"), of("claims")), (20, grave, 3 * of("checked")), (20, of("repeats"), of("jobs")),
            (20, of("late_jobs"), of("planned"))]  # fmt: skip
    weights = sum(weight for weight, _bad, looked_at in told if looked_at)
    return [(weight, bad, looked_at, 100 * weight * (1 - min(Fraction(1), bad / looked_at)) / weights)
            for weight, bad, looked_at in told]  # fmt: skip


def card_explained(hand: Hand, firm: int) -> Twin:
    parts = _parts(hand, firm)
    rows = [[WORDS, float(bad), float(of), f"{_tenth(_decimal(100 * min(Fraction(1), bad / of)))}%", weight,
             float(points)] for weight, bad, of, points in parts]  # fmt: skip
    whole_score = sum((points for *_part, points in parts), Fraction(0))
    return Twin([], [*rows, [WORDS, "", "", "", 100, _shown(whole_score)]])


def card_assessed(hand: Hand, firm: int) -> Twin:
    found = [one for one in Assessment.objects.select_related("case") if one.unit_id == firm and one.published_at
             and one.month in hand.months]  # fmt: skip
    rows = []
    for one in sorted(found, key=lambda one: one.month, reverse=True):
        marks = list(one.shortfalls.select_related("finding"))  # type: ignore[attr-defined]
        left = [m for m in marks if m.verified_at is None and (m.finding is None or m.finding.is_open)]
        rows.append([one.month, one.case.number, one.score, one.full, one.grade, one.effect, len(marks), len(left)])
    return Twin([], rows)


CARD: dict[str, Callable[[Hand, int], Twin]] = {
    "figures": card_figures, "lots": card_lots, "rates": card_rates, "repeats": card_repeats,
    "findings": card_findings, "lateness": card_lateness, "assessed": card_assessed, "explained": card_explained,
}  # fmt: skip


# How numbers are said. ------------------------------------------------------------------------------------------------


def newest(hand: Hand) -> list[date]:
    return sorted(hand.months, reverse=True)


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*", text)


def whole(value: Any) -> str:
    return f"{int(value):,}"


def yuan(value: Decimal) -> str:
    return f"{'−' if value < 0 else ''}¥{abs(value):,.2f}"


def _tenth(value: Decimal) -> Decimal:
    return _rounded(value, "0.1")


def _rounded(value: Decimal, step: str) -> Decimal:
    """Half away from nought, by whole numbers."""
    n = abs(value) / Decimal(step)
    found = int(n) + (n - int(n) >= Decimal("0.5"))
    return (found if value >= 0 else -found) * Decimal(step)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def percent(part: Any, of: Any) -> str:
    return f"{_tenth(Decimal(part) * 100 / Decimal(of))}%" if of else NO_DATA


def cell(part: Any, of: Any) -> Any:
    return float(percent(part, of)[:-1]) if of else "—"


def change(value: Any, base: Any) -> str:
    if not base:
        return NO_DATA
    return f"{float(100 * (Fraction(value) - Fraction(base)) / Fraction(base)):+.1f}%".replace("-", "−")


def wilson(k: int, n: int) -> str:
    """The two shares from which k of n lies exactly z standard errors away: roots of (n + z²)p² − (2k + z²)p + k²/n."""
    if not n:
        return "—"
    z2 = 1.959963984540054**2
    a, b, c = n + z2, -(2 * k + z2), k * k / n
    root = sqrt(max(0.0, b * b - 4 * a * c))
    low, high = (0.0 if k == 0 else (-b - root) / (2 * a)), (1.0 if k == n else (-b + root) / (2 * a))
    return f"{_tenth(Decimal(low * 100))}–{_tenth(Decimal(high * 100))}%"


def _hours(micros: int | None) -> Any:
    return "—" if micros is None else float(_tenth(Decimal(micros) / 3_600_000_000))


def _shown(score: Fraction) -> str:
    return str(_tenth(_decimal(score)))


def _back(month: date, count: int) -> date:
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
