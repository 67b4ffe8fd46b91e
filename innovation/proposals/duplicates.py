"""What was proposed earlier and looks like this one. Only what the person may read, most alike first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from innovation.proposals.likeness import proposals_alike
from innovation.proposals.links import case_url
from innovation.proposals.models import Proposal
from workflows.engine.bigrams import overlap
from workflows.organisation.models import Person

SHOWN, WEIGHED, LEAST_ALIKE = 5, 60, 0.2


@dataclass(frozen=True)
class Twin:
    """Something like it: a proposal, or what another app knows of earlier times."""

    number: str
    title: str
    standing: str
    url: str
    likeness: float
    pk: int = 0

    @property
    def percent(self) -> int:
        return round(self.likeness * 100)


@dataclass(frozen=True)
class Likely:
    """What another app's index found: how it is called and shown, and its text."""

    number: str
    title: str
    text: str
    standing: str
    url: str


Search = Callable[[Person, SearchQuery], Iterable[Likely]]
_searches: list[Search] = []


def register_search(search: Search) -> None:
    """`search(person, query)`: what the person may read of it and shares a pair or a word, best first."""
    _searches.append(search)


def find(person: Person, *, title: str, text: str = "", leave_out: int | None = None) -> list[Twin]:
    """The index names those that share a pair or a word, the likeness of title and text ranks them.

    person: whoever looks; leave_out: the proposal itself.
    """
    wanted = overlap(title[:200])
    if not wanted:
        return []
    query = SearchQuery(wanted, config="simple", search_type="raw")
    candidates = (
        Proposal.objects.visible_to(person)
        .filter(case__search=query)
        .exclude(pk=leave_out or 0)
        .annotate(rank=SearchRank(F("case__search"), query))
        .select_related("case")
        .order_by("-rank", "-pk")[:WEIGHED]
    )
    twins = [_twin(proposal, title, text) for proposal in candidates]
    for search in _searches:
        for one in search(person, query):
            alike = proposals_alike(title, text, one.title, one.text if text else "")
            twins.append(Twin(one.number, one.title, one.standing, one.url, alike))
    alike_enough = [twin for twin in twins if twin.likeness >= LEAST_ALIKE]
    return sorted(alike_enough, key=lambda twin: (-twin.likeness, -twin.pk))[:SHOWN]


def _twin(one: Proposal, title: str, text: str) -> Twin:
    alike = proposals_alike(title, text, one.case.title, f"{one.present_state}\n{one.method}" if text else "")
    return Twin(one.case.number, one.case.title, one.get_status_display(), case_url(one.case), alike, one.pk)
