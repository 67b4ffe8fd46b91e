"""Bytes that no row names: what a killed server or a rolled-back filing left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone

from workflows.documents.models import Document
from workflows.documents.storage import FOLDER, drop

BATCH = 500


def orphans(before: datetime) -> Iterator[str]:
    """Yield the places written before `before` that no document names."""
    old = (place for place in _places(FOLDER) if default_storage.get_modified_time(place) < before)
    while batch := list(islice(old, BATCH)):
        named = _named(batch)
        yield from (place for place in batch if place not in named)


def sweep(older_than: timedelta = timedelta(days=1), *, dry_run: bool = False) -> list[str]:
    """Remove orphans and return their places; those younger than `older_than` may be on their way into a row."""
    places = list(orphans(timezone.now() - older_than))
    if not dry_run:
        drop(*places)
    return places


def _named(places: list[str]) -> set[str]:
    rows = Document.objects.filter(Q(file__in=places) | Q(thumbnail__in=places)).values_list("file", "thumbnail")
    return {place for row in rows for place in row}


def _places(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _places(f"{folder}/{name}")
