"""Fixtures for every story."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from tests import plant as plants

# How fast a machine draws examples says nothing about the product.
examples.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("steady")

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    from django.conf import settings

    # A slow hash is the point in production and half an hour in a test run.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_kept_from_an_earlier_test() -> None:
    """What is kept for a minute would run out between two counts of statements, wherever the minute had begun."""
    from django.core.cache import cache

    from workflows.engine import plant_calendar

    cache.clear()
    plant_calendar.forget()


@pytest.fixture
def plant(db: None) -> plants.Plant:
    return plants.build()
