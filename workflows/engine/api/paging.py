"""Pages by key: a cursor names the last row that was shown, so that pages neither skip nor repeat."""

from __future__ import annotations

import base64
from datetime import datetime

from workflows.organisation.api import Refusal, plain_words


def cursor_of(moment: datetime | None, pk: int) -> str:
    text = f"{moment.isoformat() if moment else ''}|{pk}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def read_cursor(cursor: str) -> tuple[datetime | None, int]:
    """The key in a cursor; it opens nothing, since the rows behind it are asked for anew."""
    try:
        moment, pk = base64.urlsafe_b64decode(cursor).decode().split("|")
        key = datetime.fromisoformat(moment) if moment else None, int(pk)
    except ValueError:
        raise Refusal(400, "invalid", plain_words("invalid"), field="cursor")
    if (key[0] is not None and key[0].tzinfo is None) or not 0 < key[1] < 2**63:
        raise Refusal(400, "invalid", plain_words("invalid"), field="cursor")
    return key
