"""Lists of proposals: what may be asked for, and the statement that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Prefetch, Q, QuerySet

from innovation.proposals.models import Authorship, Category, Proposal
from workflows.engine.bigrams import query
from workflows.engine.models import Step
from workflows.organisation.models import Person, Unit

SORTS = {
    "-filed": (F("case__filed_at").desc(), "-pk"),
    "filed": (F("case__filed_at").asc(), "pk"),
    "-forecast": (F("forecast_benefit").desc(), "-pk"),
    "-verified": (F("verified_benefit").desc(nulls_last=True), "-pk"),
}


@dataclass(frozen=True)
class Asked:
    """What the address says; anything that makes no sense is left out."""

    q: str = ""
    category: str = ""
    status: str = ""
    unit: str = ""
    year: str = ""
    sort: str = "-filed"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        def known(name: str, allowed: object) -> str:
            value = given.get(name, "")
            return value if value in allowed else ""  # type: ignore[operator]

        return cls(
            q=given.get("q", "").strip()[:100],
            category=known("category", Category.values),
            status=known("status", Proposal.Status.values),
            unit=_number(given.get("unit", ""), 18),
            year=_number(given.get("year", ""), 4),
            sort=known("sort", SORTS) or "-filed",
        )

    @property
    def active(self) -> dict[str, str]:
        named = {"q": self.q, "category": self.category, "status": self.status, "unit": self.unit, "year": self.year}
        return {name: value for name, value in named.items() if value}


def _number(text: str, longest: int) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= longest else ""


def proposals(person: Person, asked: Asked) -> QuerySet[Proposal]:
    found = Proposal.objects.visible_to(person).filter(_condition(asked))
    return with_rows(found.order_by(*SORTS[asked.sort]))


def _condition(asked: Asked) -> Q:
    condition = Q()
    if asked.q:
        condition &= search(asked.q)
    if asked.category:
        condition &= Q(category=asked.category)
    if asked.status:
        condition &= Q(status=asked.status)
    if asked.unit:
        path = Unit.objects.filter(pk=asked.unit).values_list("path", flat=True).first()
        condition &= Q(case__unit__path__startswith=path) if path else Q(pk__in=[])
    if asked.year and int(asked.year) >= 2000:
        condition &= Q(case__filed_at__year=int(asked.year))
    return condition


def search(text: str) -> Q:
    """Two characters anywhere in the case, or the beginning of its number."""
    by_number = Q(case__number__istartswith=text)
    wanted = query(text)
    if not wanted:
        return by_number
    return by_number | Q(case__search=SearchQuery(wanted, config="simple", search_type="raw"))


def with_rows(found: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """What a row shows, in a fixed number of statements: case, unit, authors, the open step."""
    return found.select_related("case", "case__unit", "case__author").prefetch_related(
        Prefetch("authorships", Authorship.objects.select_related("person").order_by("place"), to_attr="authors"),
        Prefetch("case__steps", Step.objects.filter(closed_at=None).select_related("unit"), to_attr="open_steps"),
    )
