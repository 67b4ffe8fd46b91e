"""The few most urgent things that wait for a person, as the home page shows them."""

from __future__ import annotations

from workflows.engine import heads
from workflows.engine.views.listing import read
from workflows.engine.views.rows import Row, rows_of
from workflows.organisation.models import Person

MOST = 4


def urgent(person: Person) -> list[Row]:
    """One statement besides the badge's, and one more a kind for the words of its rows."""
    return rows_of(read(heads.urgent(person)[:MOST]), grouped=False)
