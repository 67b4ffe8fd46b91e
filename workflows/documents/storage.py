"""Where the bytes lie: under random names, so that no name a person chose ever touches the disk."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import IO
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from workflows.documents.refusal import StorageAway
from workflows.ledger import clock

logger = logging.getLogger(__name__)

FOLDER = "documents"


def keep(content: IO[bytes], suffix: str) -> str:
    """Write `content` and see it safely on the disk before any row may name it; return its place."""
    place = f"{FOLDER}/{clock.now():%Y/%m}/{uuid4().hex}{suffix}"
    content.seek(0)
    try:
        default_storage.save(place, File(content))
        _flush(place)
    except OSError as error:
        drop(place)
        logger.error("a document could not be stored: %s", error)
        raise StorageAway(
            _("The file could not be stored just now. Nothing you typed is lost; send it again in a few minutes.")
        )
    return place


def _flush(place: str) -> None:
    with suppress(NotImplementedError), open(default_storage.path(place), "rb") as file:  # or a storage that is no disk
        os.fsync(file.fileno())


def drop(*places: str) -> None:
    """Remove what is there of `places`; what cannot be removed now is the sweep's."""
    for place in filter(None, places):
        try:
            default_storage.delete(place)
        except OSError as error:
            logger.warning("%s is left for the sweep: %s", place, error)
