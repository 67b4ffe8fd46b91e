"""What a service says when it will not."""

from __future__ import annotations


class Refused(Exception):
    """A sentence for the person who asked, and the form field it stands at ("" for the whole form)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
