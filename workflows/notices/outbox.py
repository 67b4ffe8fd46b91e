"""The way out: what the world shall hear is written beside the fact and leaves only after the commit."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min

from workflows.ledger.clock import now
from workflows.notices import wording
from workflows.notices.inbox import has_unread, unread_count
from workflows.notices.kick import kick
from workflows.notices.models import Channel, Outbox, RobotPost
from workflows.notices.models.delivery import DeliveryQuerySet
from workflows.notices.robots import relay
from workflows.store.gathering import say

__all__ = ["has_unread", "oldest_waiting", "overdue", "post", "unread_count"]

INSERT = """
INSERT INTO notices_outbox (event, key, recipient_id, channel, subject, context, url, created_at, state, tries,
                            next_try_at, last_error)
SELECT %s::text, %s::text, person, channel, %s::text, %s::jsonb, %s::text, %s::timestamptz, 'waiting', 0,
       %s::timestamptz, ''
FROM unnest(%s::bigint[]) person CROSS JOIN unnest(%s::text[]) channel ON CONFLICT DO NOTHING"""


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
    people = sorted(set(recipients))
    if not people:
        return
    moment = now()
    row = [event, key, subject, json.dumps(dict(context)), url, moment, moment, people, list(Channel.values)]
    say(Outbox, INSERT, row)
    transaction.on_commit(kick, robust=True)


def oldest_waiting(*channels: Channel) -> datetime | None:
    """Since when delivery has been behind: when the message that should have gone first was due. None: not behind.

    Over these channels; without any over all of them, and to the groups' robots.
    What waits on purpose (quiet hours, a digest, the pause after a failure) is not due and does not count.
    """
    firsts = [rows.aggregate(first=Min("next_try_at"))["first"] for rows in _overdue(channels)]
    return min((first for first in firsts if first is not None), default=None)


def overdue() -> int:
    """How many messages could have gone by now."""
    return sum(rows.count() for rows in _overdue(()))


def _overdue(channels: Collection[Channel]) -> list[DeliveryQuerySet[Any]]:
    due: list[DeliveryQuerySet[Any]] = [Outbox.objects.filter(channel=channel) for channel in channels or Channel]
    if not channels and relay.is_set():
        due.append(RobotPost.objects.of_talkative_robots())
    return [rows.overdue() for rows in due]
