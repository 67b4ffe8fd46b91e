"""What is left behind: bytes that no row names, after a killed server or a rolled-back filing; and files that were
handed in for something that nobody filed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import default_storage
from django.db.models import Max, Q
from django.utils import timezone

from workflows.documents import holders
from workflows.documents.models import Document
from workflows.documents.reception import remove
from workflows.documents.storage import FOLDER, drop
from workflows.ledger import clock

BATCH = 500
UNTOUCHED = timedelta(days=30)


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


def sweep_unfiled(untouched: timedelta = UNTOUCHED) -> int:
    """Remove the files of drafts and filings that nobody has touched for so long; return how many."""
    since = clock.now() - untouched
    return sum(_clear(prefix, since, set(touched(since))) for prefix, touched in holders.passing().items())


def _clear(prefix: str, since: datetime, in_use: set[str]) -> int:
    waiting = Document.objects.filter(holder__startswith=f"{prefix}:").order_by()
    old = waiting.values("holder").annotate(last=Max("received_at")).filter(last__lt=since)
    left = [name for name in old.values_list("holder", flat=True) if name not in in_use]
    return sum(remove(document) for name in left for document in Document.objects.for_holder(name))


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
