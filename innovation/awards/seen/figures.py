"""What has come of the published rounds: by year and by unit, problems solved, forecast beside verified, who took part.

Rounds that a reader does not see are not counted; imported history is never counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from innovation.awards.models import AwardRound, Candidate, Share
from innovation.proposals.models import Authorship, Problem
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.reports.process.figures import share
from workflows.reports.process.privacy import Insight

FEW = 5  # people; the sum of fewer would say what somebody earned
ZERO = Decimal(0)


@dataclass(frozen=True)
class Year:
    """`forecast_of_verified` is the forecast of those whose effect is verified: the two that may be compared."""

    year: int
    awards: int
    amount: Decimal
    problems: int
    forecast: Decimal
    verified: Decimal
    verified_count: int
    forecast_of_verified: Decimal


@dataclass(frozen=True)
class Place:
    """A section, or a unit that lies outside any. `amount` is None where too few people share it."""

    unit: Unit
    awards: int
    amount: Decimal | None
    authors: int
    people: int

    @property
    def share(self) -> Decimal | None:
        """Percent of the people posted there now who had a part in an award; None where they are too few to say."""
        return share(self.authors, self.people) if self.people >= FEW else None


@dataclass(frozen=True)
class Solved:
    problem: Problem
    awards: int


def rounds(person: Person) -> list[int]:
    """The published rounds that the reader sees: what everything below is counted over."""
    found = AwardRound.objects.visible_to(person).filter(published_at__isnull=False)
    return list(found.order_by().values_list("pk", flat=True))


def awards(rounds: Collection[int], year: int | None = None) -> QuerySet[Candidate]:
    found = Candidate.objects.awarded().filter(round__in=rounds)
    return found.filter(round__month__year=year) if year else found


def by_year(rounds: Collection[int]) -> list[Year]:
    """Newest first. Two statements."""
    checked = Q(proposal__verified_benefit__isnull=False)
    rows = awards(rounds).order_by().annotate(year=ExtractYear("round__month")).values("year")
    counted = rows.annotate(
        awards=Count("pk"),
        amount=Sum("amount", default=ZERO),
        forecast=Sum("proposal__forecast_benefit", default=ZERO),
        verified=Sum("proposal__verified_benefit", default=ZERO),
        verified_count=Count("pk", filter=checked),
        forecast_of_verified=Sum("proposal__forecast_benefit", filter=checked, default=ZERO),
    )
    problems = Counter(year for year, _problem in {solution[:2] for solution in _solutions(awards(rounds))})
    return [Year(**row, problems=problems[row["year"]]) for row in counted.order_by("-year")]


def _solutions(found: QuerySet[Candidate]) -> list[tuple[int, int, int]]:
    """(year, problem, award), each once: what an award was filed for, and what it solves besides. One statement."""
    found = found.order_by().annotate(year=ExtractYear("round__month"))
    filed_for = found.filter(proposal__problem__isnull=False).values_list("year", "proposal__problem", "pk")
    besides = found.filter(proposal__also_solves__isnull=False).values_list("year", "proposal__also_solves", "pk")
    return list(filed_for.union(besides))


def by_unit(person: Person, rounds: Collection[int], year: int | None = None) -> list[Place]:
    """By section of the first author's unit at filing; people by where they are posted. Most awards first."""
    units = {unit.pk: unit for unit in Unit.objects.all()}
    found = awards(rounds, year).order_by()
    counts = _grouped(units, found.values_list("proposal__case__unit").annotate(n=Count("pk")))
    paid = _paid(person, units, found)
    wrote = _grouped(units, _authors(found).values_list("person__unit").annotate(n=Count("person", distinct=True)))
    posted = _grouped(units, _posted(units, counts | wrote).values_list("unit").annotate(n=Count("pk")))
    places = [
        Place(units[pk], counts.get(pk, 0), paid.get(pk, ZERO), wrote.get(pk, 0), posted.get(pk, 0))
        for pk in counts.keys() | wrote.keys()
    ]
    return sorted(places, key=lambda place: (-place.awards, place.unit.path))


def _authors(found: QuerySet[Candidate]) -> QuerySet[Authorship]:
    return Authorship.objects.filter(proposal__in=found.values("proposal")).order_by()


def _posted(units: dict[int, Unit], sections: Iterable[int]) -> QuerySet[Person]:
    return Person.objects.active().under(*(units[pk].path for pk in sections)).order_by()


def _paid(person: Person, units: dict[int, Unit], found: QuerySet[Candidate]) -> dict[int, Decimal | None]:
    """What the awards of each section came to; nothing where fewer than five share it and the reader is not above."""
    rows = Share.objects.filter(candidate__in=found.values("pk")).order_by()
    sums: dict[int, Decimal] = {}
    sharing: dict[int, set[int]] = {}
    for unit, who, amount in rows.values_list("candidate__proposal__case__unit", "person").annotate(sum=Sum("amount")):
        section = section_of(units, unit)
        sums[section] = sums.get(section, ZERO) + amount
        sharing.setdefault(section, set()).add(who)
    kept = kept_back(sharing, Insight.of(person).known)
    return {pk: None if pk in kept else amount for pk, amount in sums.items()}


def kept_back(sharing: Mapping[int, set[int]], known: Collection[int]) -> set[int]:
    """Groups whose sum is not said. As the total is said, those left out must be enough people together, too."""
    kept = {pk for pk, people in sharing.items() if len(people) < FEW and not people <= set(known)}
    others = sorted(sharing.keys() - kept, key=lambda pk: (len(sharing[pk]), pk))
    while kept and others and len(set().union(*(sharing[pk] for pk in kept))) < FEW:
        kept.add(others.pop(0))
    return kept


def _grouped(units: dict[int, Unit], rows: Iterable[tuple[Any, ...]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for unit, count in rows:
        section = section_of(units, unit)
        found[section] = found.get(section, 0) + count
    return found


def section_of(units: dict[int, Unit], pk: int) -> int:
    """The section at or above the unit, or the unit itself where there is none."""
    above = units[pk].ancestor_ids
    return next((a for a in reversed(above) if units[a].kind == UnitKind.SECTION), pk)


def solved(person: Person, rounds: Collection[int], year: int | None = None) -> list[Solved]:
    """Problems with the number of awards that solve each, most first; of those that the reader may see."""
    told = Counter(problem for _year, problem, _award in _solutions(awards(rounds, year)))
    found = Problem.objects.visible_to(person).filter(pk__in=told)
    return sorted((Solved(one, told[one.pk]) for one in found), key=lambda s: (-s.awards, s.problem.number))
