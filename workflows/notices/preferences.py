"""What people choose to be told: read for a delivery, written by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.ledger import clock
from workflows.notices import topics, workdays
from workflows.notices.models import Channel, Outbox, Preference, State
from workflows.notices.wishes import Answer, Wish, for_mail
from workflows.notices.wording import Wording
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person

EVERYTHING = Wish()


def of(person: Person) -> Wish:
    return wishes([person.pk]).get(person.pk, EVERYTHING)


def wishes(people: Iterable[int]) -> dict[int, Wish]:
    """The wishes of those who have any, in one statement."""
    return {row.person_id: _wish(row) for row in Preference.objects.filter(person__in=set(people))}


def _wish(row: Preference) -> Wish:
    quiet = (row.quiet_from, row.quiet_to) if row.quiet_from is not None and row.quiet_to is not None else None
    return Wish(frozenset(row.off), quiet, row.digest_at)


def asked_of_mail(wish: Wish, wording: Wording, written: datetime) -> Answer:
    """What becomes of a mail now; the moment in the answer is aware."""
    answer = for_mail(
        wish,
        wording.topic.name,
        urgent=wording.urgent,
        written=timezone.make_naive(written),
        moment=timezone.make_naive(clock.now()),
        is_working=workdays.is_working,
    )
    return Answer(answer.act, timezone.make_aware(answer.until) if answer.until else None)


@transaction.atomic
def choose(
    *, actor: Person, wanted: Mapping[str, Iterable[str]], quiet: tuple[time, time] | None, digest_at: time | None
) -> Preference:
    """Keep what the person wants: topic → channels. Mails that waited for their old choice are looked at again."""
    if quiet is not None and quiet[0] == quiet[1]:
        raise Refused(_("Quiet hours end at another time than they begin."), "quiet_to")
    begins, ends = quiet or (None, None)
    row, _made = Preference.objects.update_or_create(
        person=actor,
        defaults={
            "off": _off(wanted),
            "quiet_from": begins,
            "quiet_to": ends,
            "digest_at": digest_at,
            "changed_at": clock.now(),
        },
    )
    held = Outbox.objects.filter(recipient=actor, channel=Channel.MAIL, state=State.WAITING).exclude(held_for="")
    held.update(held_for="", next_try_at=clock.now())
    return row


def _off(wanted: Mapping[str, Iterable[str]]) -> list[str]:
    """All that exists and is not wanted. What waits for somebody stays on their list."""
    found = []
    for topic in topics.all_topics():
        given = set(wanted.get(topic.name, ()))
        if topic.compulsory:
            given.add(Channel.IN_PRODUCT)
        found += [f"{topic.name}:{channel}" for channel in Channel.values if channel not in given]
    return found
