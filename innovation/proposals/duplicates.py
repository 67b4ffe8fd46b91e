"""Earlier proposals that look like this one. Only what the person may read, most alike first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from innovation.proposals.likeness import proposals_alike
from innovation.proposals.models import Proposal
from workflows.engine.bigrams import overlap
from workflows.organisation.models import Person

SHOWN, WEIGHED, LEAST_ALIKE = 5, 60, 0.2


@dataclass(frozen=True)
class Twin:
    proposal: Proposal
    likeness: float

    @property
    def percent(self) -> int:
        return round(self.likeness * 100)


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
    return _most_alike(candidates, title, text)


def _most_alike(candidates: Iterable[Proposal], title: str, text: str) -> list[Twin]:
    twins = [
        Twin(p, proposals_alike(title, text, p.case.title, f"{p.present_state}\n{p.method}" if text else ""))
        for p in candidates
    ]
    alike = [twin for twin in twins if twin.likeness >= LEAST_ALIKE]
    return sorted(alike, key=lambda twin: (-twin.likeness, -twin.proposal.pk))[:SHOWN]
