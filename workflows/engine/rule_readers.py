"""Which rule versions a person may read."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from workflows.engine.models import RuleVersion
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import held_by, paths_seen_by

DRAFTS_READ_BY = {Role.RULE_DRAFTER, Role.RULE_PUBLISHER, Role.OBSERVER, Role.INNOVATION_OFFICER, Role.AUDIT_LEAD}


def readable(person: Person) -> QuerySet[RuleVersion]:
    """Published versions of the units above and below; drafts for those who make rules or watch them there."""
    below, drafts = Q(pk__in=[]), Q(pk__in=[])
    for path in paths_seen_by(person):
        below |= Q(unit__path__startswith=path)
    for path in draft_paths(person):
        drafts |= Q(unit__path__startswith=path)
    published = Q(state=RuleVersion.State.PUBLISHED) & (Q(unit__in=person.unit.ancestor_ids) | below)
    found = RuleVersion.objects.filter(published | Q(state=RuleVersion.State.DRAFT) & drafts)
    return found.select_related("unit", "drafted_by", "published_by")


def draft_paths(person: Person) -> list[str]:
    return [held.path for held in held_by(person) if held.role in DRAFTS_READ_BY]
