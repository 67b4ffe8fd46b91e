"""Cases that somebody may not read for now although they see by place: who checks a thing anew must not know what was
found before. An app says which, as a condition of a query; most people have none and pay nothing.

What is withheld from somebody is not there for them: no page, no task of a pool, no notice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from workflows.engine.errors import BadMove
from workflows.organisation.models import Person, RoleHolding
from workflows.organisation.roles import held_by

if TYPE_CHECKING:
    from workflows.engine.models import Case

Condition = Callable[[Person], Q]


@dataclass(frozen=True)
class _Answer:
    condition: Condition
    kinds: frozenset[str]
    roles: frozenset[str]


_answers: list[_Answer] = []


def register(condition: Condition, *, kinds: Collection[str], roles: Collection[str]) -> None:
    """For an app's `ready`: `condition(person)` are the cases, of these kinds, that holders of these roles may not
    read. It is asked in the statement that reads, so it must not read by itself."""
    answer = _Answer(condition, frozenset(kinds), frozenset(roles))
    if answer not in _answers:
        _answers.append(answer)


def of(person: Person) -> Q | None:
    """None for whoever reads as ever."""
    if not _answers:
        return None
    held = {one.role for one in held_by(person)}
    told = [answer.condition(person) for answer in _answers if held & answer.roles]
    return reduce(or_, told) if told else None


def kept_from(case: Case, people: Collection[int | None]) -> set[int]:
    """Of these people those from whom the case is withheld. No statement for a kind of which nothing ever is; else
    one, and two for each who holds such a role."""
    from workflows.engine.models import Case

    roles = {role for answer in _answers if case.kind in answer.kinds for role in answer.roles}
    asked = {pk for pk in people if pk is not None} if roles else set()
    if not asked:
        return set()
    holding = RoleHolding.objects.in_force().filter(role__in=roles, person__in=asked)
    them = Person.objects.filter(pk__in=holding.values("person"))
    conditions = {person.pk: of(person) for person in them}
    return {pk for pk, kept in conditions.items() if kept and Case.objects.filter(kept, pk=case.pk).exists()}


def require_told(case: Case, person: Person) -> None:
    """Raises BadMove where somebody would put the case into their hands all the same."""
    if kept_from(case, [person.pk]):
        words = _("%(person)s is to look at this matter anew and must not know of it yet.")
        raise BadMove(words % {"person": person.name}, field="person")
