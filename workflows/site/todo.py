"""The few most urgent things that wait for a person, as the home page shows them."""

from __future__ import annotations

from workflows.engine import queue
from workflows.engine.views.listing import with_signers
from workflows.engine.views.rows import Row, rows_of
from workflows.organisation.models import Person

MOST = 4


def urgent(person: Person) -> list[Row]:
    """One statement, and one more a kind for the words of its rows."""
    items = queue.with_cases(queue.front(queue.ways(person), MOST))
    return rows_of(list(with_signers(items)[:MOST]), grouped=False)
