"""The rows behind a number, as somebody sees them who turns every page."""

from __future__ import annotations

from typing import Any

from django.test import Client


def listed(client: Client, address: str) -> list[Any]:
    found: list[Any] = []
    for number in range(1, 1000):
        page = client.get(f"{address}&page={number}").context["page"]
        found += page
        if not page.has_next():
            return found
    raise AssertionError(address)
