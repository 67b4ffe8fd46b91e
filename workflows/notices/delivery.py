"""From the outbox to people's lists, and on to the mails. Safe to run twice, and many at once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from workflows.ledger import clock
from workflows.notices import mail
from workflows.notices.models import Channel, Notice, Outbox, State


def drain(batch: int = 100) -> int:
    """Deliver all that is due, in batches; return how many messages left the outbox."""
    delivered = 0
    while count := _deliver_in_product(batch):
        delivered += count
    return delivered + mail.drain()


@transaction.atomic
def _deliver_in_product(batch: int) -> int:
    """Turn one batch into notices. Another worker's rows are skipped, never waited for."""
    waiting = list(Outbox.objects.due(Channel.IN_PRODUCT).select_for_update(skip_locked=True)[:batch])
    if not waiting:
        return 0
    Notice.objects.bulk_create([_notice(row) for row in waiting], ignore_conflicts=True)
    Outbox.objects.filter(pk__in=[row.pk for row in waiting]).update(
        state=State.SENT, sent_at=clock.now(), tries=F("tries") + 1
    )
    return len(waiting)


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
