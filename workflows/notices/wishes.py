"""When a message goes, by what its reader has chosen. Pure: no Django. All moments are plant time, naive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

REACH = 60  # days looked ahead for a working day before any day will do

Hours = tuple[time, time]


@dataclass(frozen=True)
class Wish:
    """`off` as "topic:channel"; `quiet` from a time to a time, over midnight where the second is earlier."""

    off: frozenset[str] = frozenset()
    quiet: Hours | None = None
    digest_at: time | None = None

    def wants(self, topic: str, channel: str) -> bool:
        return f"{topic}:{channel}" not in self.off


@dataclass(frozen=True)
class Answer:
    act: Literal["send", "skip", "quiet", "digest"]
    until: datetime | None = None


def for_mail(
    wish: Wish, topic: str, *, urgent: bool, written: datetime, moment: datetime, is_working: Callable[[date], bool]
) -> Answer:
    """What becomes of a mail written at `written` when it is looked at, at `moment`. What is urgent waits for nobody.

    A digest's time was chosen on purpose, so quiet hours do not move it.
    """
    if not wish.wants(topic, "mail"):
        return Answer("skip")
    if urgent:
        return Answer("send")
    if wish.digest_at is not None:
        return Answer("digest", next_digest(written, wish.digest_at, is_working))
    if wish.quiet and (end := quiet_end(moment, wish.quiet)):
        return Answer("quiet", end)
    return Answer("send")


def quiet_end(moment: datetime, hours: Hours) -> datetime | None:
    """When the quiet ends that lies over `moment`; None when it is not quiet then."""
    begins, ends = hours
    now = moment.time()
    if begins < ends:
        return datetime.combine(moment.date(), ends) if begins <= now < ends else None
    if now >= begins:
        return datetime.combine(moment.date() + timedelta(days=1), ends)
    return datetime.combine(moment.date(), ends) if now < ends else None


def next_digest(written: datetime, at: time, is_working: Callable[[date], bool]) -> datetime:
    """The first digest after `written`, on a working day."""
    days = [written.date() + timedelta(days=n) for n in range(REACH)]
    moments = [datetime.combine(day, at) for day in days]
    ahead = [moment for moment in moments if moment >= written]
    return next((moment for moment in ahead if is_working(moment.date())), ahead[0])
