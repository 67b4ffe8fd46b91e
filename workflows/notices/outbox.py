"""The way out: what the world shall hear is written beside the fact and leaves only after the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from workflows.notices import wording
from workflows.notices.inbox import has_unread, unread_count
from workflows.notices.kick import kick
from workflows.notices.models import Channel, Outbox
from workflows.store.gathering import add_all

__all__ = ["has_unread", "post", "unread_count"]


def post(
    *, event: str, key: str, recipients: Iterable[int], subject: str, context: Mapping[str, str | int], url: str
) -> None:
    """Write one row per recipient and channel in the caller's transaction, in one statement.

    `key` names the occurrence ("decision:123"); the same key again tells nobody twice. `event` must be registered
    with `wording`. Whether a person has a mail address is asked at delivery, so that a decision need not look.
    """
    wording.require(event)
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        raise ValueError(f"a notice leads to a place in the product, not to {url!r}")
    rows = [
        Outbox(
            event=event,
            key=key,
            recipient_id=recipient,
            channel=channel,
            subject=subject,
            context=dict(context),
            url=url,
        )
        for recipient in sorted(set(recipients))
        for channel in Channel
    ]
    if not rows:
        return
    add_all(rows, unless_there=True)
    transaction.on_commit(kick, robust=True)
