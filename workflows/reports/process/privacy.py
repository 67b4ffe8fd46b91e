"""How fast somebody works is for themselves and for those above them, and for nobody else.

The rule: times of a group of visits are shown when at least three different people took them. With fewer the times
would name somebody's speed, so they are shown only to a reader who is, or stands above, every one of them. How many
visits there were, how many wait and how many are late is always shown: it says what is to be done, not how fast.

Above somebody stand the team leader and the section chief at or above the unit they are posted to, and the fallback
person whom such a unit names; never somebody who leads the same unit, and never by any other role.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from workflows.organisation.models import Person, Role, RoleHolding, Unit
from workflows.organisation.roles import held_by

FEW = 3
LEADING = (Role.TEAM_LEADER, Role.SECTION_CHIEF)


@dataclass(frozen=True)
class Hands:
    """Who took a group of visits: how many people, and the two ends of their numbers, which name them if they are few."""  # noqa: E501

    count: int = 0
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Insight:
    """Whose speed a reader may know."""

    known: frozenset[int]

    @classmethod
    def of(cls, person: Person) -> Insight:
        return cls(frozenset({person.pk, *below(person)}))

    def shows(self, hands: Hands) -> bool:
        return hands.count >= FEW or {hands.first, hands.last} - {None} <= self.known


def led_by(person: Person) -> list[str]:
    """Paths of the units that the person leads or is the named fallback of. One statement."""
    leading = {held.path for held in held_by(person) if held.role in LEADING}
    return [*leading, *Unit.objects.filter(fallback=person).values_list("path", flat=True)]


def below(person: Person) -> set[int]:
    """Everybody whom the person stands above. Two statements, three for those who lead."""
    paths = led_by(person)
    if not paths:
        return set()
    posted = dict(Person.objects.under(*paths).exclude(pk=person.pk).order_by().values_list("pk", "unit__path"))
    leaders = RoleHolding.objects.in_force().filter(Q(role__in=LEADING), person__in=list(posted))
    for leader, path in leaders.order_by().values_list("person_id", "unit__path"):
        if not any(_strictly_under(path, mine) for mine in paths):
            posted.pop(leader, None)
    return set(posted)


def _strictly_under(path: str, above: str) -> bool:
    return path != above and path.startswith(above)
