"""Three years of maintenance, written once for all tests here; what a test changes of them is undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from maintenance_audit.measures.counting import SOURCE
from tests import plant as plants
from tests.measures import by_hand
from tests.measures.years import Years
from workflows.organisation.models import Person, Role
from workflows.reports.cockpit import counting


@pytest.fixture(scope="package")
def written(django_db_setup: None, django_db_blocker: Any) -> Iterator[Years]:
    with django_db_blocker.unblock(), transaction.atomic():
        plant = plants.build()
        lead = plant.second_leader
        plant.hold(lead, Role.AUDIT_LEAD, plant.workshop)
        plant.extra["lead"] = lead
        years = Years(plant).write()
        counting.refresh([SOURCE])
        yield years
        by_hand._accepted.clear()
        transaction.set_rollback(True)


@pytest.fixture
def years(written: Years, db: None) -> Years:
    for person in Person.objects.all():
        person.__dict__.pop("_held", None)
    return written
