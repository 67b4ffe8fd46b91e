"""Cases that somebody may not read for now although they see by place: who checks a thing anew must not know what was
found before. An app says which, as a condition of a query; most people have none and pay nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from workflows.organisation.models import Person

Answer = Callable[["Person"], Q | None]
_answers: list[Answer] = []


def register(answer: Answer) -> None:
    """For an app's `ready`: `answer(person)` is a condition on cases, or None for whoever reads as ever.

    It is asked in the statement that reads, so it must not read by itself.
    """
    if answer not in _answers:
        _answers.append(answer)


def of(person: Person) -> Q | None:
    told = [condition for answer in _answers if (condition := answer(person)) is not None]
    return reduce(or_, told) if told else None
