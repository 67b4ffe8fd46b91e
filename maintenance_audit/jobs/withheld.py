"""What was found in a job is not told to whoever may still check it anew. Apps say of whom; nobody else asks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from workflows.organisation.models import Person

if TYPE_CHECKING:
    from maintenance_audit.jobs.models import Job

    Ask = Callable[[Job, Person], bool]

_asks: list[Ask] = []


def register(ask: Ask) -> None:
    """`ask(job, person)`: must this person not know yet what was found in the job?"""
    if ask not in _asks:
        _asks.append(ask)


def is_withheld(job: Job, person: Person) -> bool:
    return any(ask(job, person) for ask in _asks)


def may_hear(job: Job, people: Collection[int]) -> set[int]:
    """Of these people those who may know of it."""
    return {person.pk for person in Person.objects.filter(pk__in=people) if not is_withheld(job, person)}
