"""How often and when what could not be delivered is tried again."""

from __future__ import annotations

from datetime import timedelta

from workflows.ledger import clock
from workflows.notices.models import Delivery, State

GREATEST_TRIES = 12  # with the pauses below about seven hours
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_REASON = 500


def pause_after(tries: int) -> timedelta:
    """Twice as long each time, an hour at most."""
    return min(FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 20), LONGEST_PAUSE)


def put_off(row: Delivery, reason: str) -> None:
    """Try again later; after the last try the row stays as failed, for all to see."""
    given_up = row.tries >= GREATEST_TRIES
    type(row)._default_manager.filter(pk=row.pk, state=State.WAITING).update(
        state=State.FAILED if given_up else State.WAITING,
        next_try_at=clock.now() + pause_after(row.tries),
        last_error=reason[:LONGEST_REASON],
    )
