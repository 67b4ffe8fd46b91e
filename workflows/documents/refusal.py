"""A file that is not taken in, in words that say what to do instead."""

from __future__ import annotations


class RefusedFile(Exception):
    """`message` is for the person, `field` says where on the form it belongs."""

    status = 400

    def __init__(self, message: str, *, field: str = "file") -> None:
        super().__init__(message)
        self.message = str(message)
        self.field = field


class StorageAway(RefusedFile):
    """The disk is full or away: not the person's fault, and nothing was kept."""

    status = 503
