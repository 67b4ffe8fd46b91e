"""From the outbox to people's lists, and on to mails and robots. Safe to run twice, and many at once.

In the product: exactly once, because the notice and the row's "delivered" are one commit. Mails and robots: at least
once, as near to once as `mail` and `robots.sending` say.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from workflows.ledger import clock
from workflows.notices import digest, mail, preferences, wording
from workflows.notices.models import Channel, Notice, Outbox, State
from workflows.notices.robots import sending, spreading, summaries


def drain(batch: int = 100) -> int:
    """Deliver all that is due, in batches; return how many messages left the outbox."""
    delivered = 0
    while count := _deliver_in_product(batch):
        delivered += count
    summaries.write()
    return delivered + mail.drain() + digest.drain() + sending.drain()


@transaction.atomic
def _deliver_in_product(batch: int) -> int:
    """Turn one batch into notices, and into posts of the robots that tell of it. Another worker's rows are skipped,
    never waited for."""
    waiting = list(Outbox.objects.due(Channel.IN_PRODUCT).select_for_update(skip_locked=True)[:batch])
    if not waiting:
        return 0
    wanted = _wanted(waiting)
    Notice.objects.bulk_create([_notice(row) for row in wanted], ignore_conflicts=True)
    _close([row.pk for row in wanted], State.SENT)
    _close([row.pk for row in waiting if row not in wanted], State.SKIPPED)
    spreading.spread(waiting)
    return len(waiting)


def _wanted(rows: list[Outbox]) -> list[Outbox]:
    wishes = preferences.wishes(row.recipient_id for row in rows)

    def wants(row: Outbox) -> bool:
        wish = wishes.get(row.recipient_id, preferences.EVERYTHING)
        topic = wording.of(row.event).topic
        return topic.compulsory or wish.wants(topic.name, Channel.IN_PRODUCT)

    return [row for row in rows if wants(row)]


def _close(ids: list[int], state: State) -> None:
    if ids:
        sent_at = clock.now() if state == State.SENT else None
        Outbox.objects.filter(pk__in=ids).update(state=state, sent_at=sent_at, tries=F("tries") + 1)


def _notice(row: Outbox) -> Notice:
    return Notice(
        occurrence=row,
        recipient_id=row.recipient_id,
        event=row.event,
        subject=row.subject,
        context=row.context,
        url=row.url,
        created_at=row.created_at,
    )
