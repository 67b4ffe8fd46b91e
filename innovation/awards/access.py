"""Who reads what of a round, beyond its case."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from innovation.awards.models import AwardRound
from workflows.organisation.models import Person
from workflows.organisation.roles import paths_seen_by


def announced(person: Person, number: str) -> AwardRound:
    """The round that hangs out, for the workshop and whoever sees it by place. Raises Http404."""
    rounds = AwardRound.objects.visible_to(person).filter(announced_at__isnull=False)
    return get_object_or_404(rounds.select_related("case__rules", "workshop", "checkpoint"), case__number=number)


def confirmed(person: Person, number: str) -> AwardRound:
    """The round whose awards stand. Raises Http404."""
    round = announced(person, number)
    if round.confirmed_at is None:
        raise Http404(number)
    return round


def with_list(person: Person, number: str) -> AwardRound:
    """The round whose pay-out list this person may read. Raises Http404."""
    round = confirmed(person, number)
    if not may_read_list(person, round):
        raise Http404(number)
    return round


def may_read_list(person: Person, round: AwardRound) -> bool:
    """Who sees the whole workshop by a role: the officer, finance, whoever stands above it, an observer."""
    return any(round.workshop.path.startswith(path) for path in paths_seen_by(person))
