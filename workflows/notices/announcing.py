"""What the organisation announces goes out as notices: it lies below them and cannot post itself."""

from __future__ import annotations

from workflows.notices import outbox, topics, wording
from workflows.organisation import announcements


def register() -> None:
    announcements.listen(outbox.post)
    for event, (title, body) in announcements.WORDS.items():
        wording.register(event, title=title, body=body, topic=topics.SECURITY, urgent=True)
