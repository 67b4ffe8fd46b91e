"""Three years of maintenance, written once for all tests here; what a test changes of them is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from maintenance_audit.measures.counting import SOURCE
from tests import plant as plants
from tests.measures import by_hand
from tests.measures.years import Years
from workflows.organisation.models import Person, Role
from workflows.reports.cockpit import counting
from workflows.store import statistics


@pytest.fixture(scope="package")
def undoing(django_db_blocker: Any) -> Iterator[ExitStack]:
    """What undoes the years, if they were written: at the end, or before."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def undone_before_a_test_that_commits(request: pytest.FixtureRequest, undoing: ExitStack) -> None:
    """These come last; what they write would wait for the transaction in which the years lie."""
    mark = request.node.get_closest_marker("django_db")
    if mark is not None and mark.kwargs.get("transaction"):
        undoing.close()


@pytest.fixture(scope="package")
def written(django_db_setup: None, django_db_blocker: Any, undoing: ExitStack) -> Years:
    undoing.enter_context(_undone_afterwards(django_db_blocker.unblock))
    with django_db_blocker.unblock():
        plant = plants.build()
        lead = plant.second_leader
        plant.hold(lead, Role.AUDIT_LEAD, plant.workshop)
        plant.extra["lead"] = lead
        years = Years(plant).write()
        statistics.gather()  # a table that was vacuumed while empty is planned for as empty: minutes a page
        counting.refresh([SOURCE])
    return years


@contextmanager
def _undone_afterwards(unblock: Any) -> Iterator[None]:
    """Once a browser runs, this thread is given another connection: what was opened is closed on its own."""
    opened, mine = transaction.atomic(), connections[DEFAULT_DB_ALIAS]
    with unblock():
        opened.__enter__()
    yield
    by_hand._accepted.clear()
    present, connections[DEFAULT_DB_ALIAS] = connections[DEFAULT_DB_ALIAS], mine
    with unblock():
        transaction.set_rollback(True)
        opened.__exit__(None, None, None)
    connections[DEFAULT_DB_ALIAS] = present


@pytest.fixture
def years(written: Years, db: None) -> Years:
    for person in Person.objects.all():
        person.__dict__.pop("_held", None)
    return written
