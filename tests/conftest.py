"""Fixtures for every story."""

from __future__ import annotations

import pytest

from tests import plant as plants

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    from django.conf import settings

    # A slow hash is the point in production and half an hour in a test run.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def plant(db: None) -> plants.Plant:
    return plants.build()
