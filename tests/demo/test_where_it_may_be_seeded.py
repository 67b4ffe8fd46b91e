"""Invented people are no guests in a plant's own database."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.plant import Plant
from workflows.engine.models import Case
from workflows.organisation.models import Person


@pytest.mark.django_db
def test_only_a_database_that_says_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="does not say DEMO"):
        call_command("seed_demo")
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_only_an_empty_one(settings: Any, plant: Plant) -> None:
    settings.DEMO = True
    before = Person.objects.count()
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo")
    assert Person.objects.count() == before and not Case.objects.exists()
