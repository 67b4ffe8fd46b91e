"""What must be so before the plant starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connection


def database_is_not_named_like_a_test(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A database called `test_…` lets its tables be truncated (migration 0002), so a plant's may not be."""
    name = str(connection.settings_dict["NAME"])
    if settings.TESTING or not name.startswith("test_"):
        return []
    return [Error("A database whose name begins with test_ does not protect its ledger. Rename it.", id="ledger.E001")]
