"""The daily mail of those who want one instead of many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.ledger import clock
from workflows.notices import mail, wording
from workflows.notices.models import Channel, HeldFor, Outbox, Preference, State

MOST_LISTED = 100
MOST_TAKEN = 1000
READERS_A_ROUND = 200
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Line:
    title: str
    link: str


def drain() -> int:
    """Send the digests whose time has come; return how many notices they held."""
    sent, connection = 0, get_connection(timeout=mail.SMTP_TIMEOUT)
    try:
        for rows in _leased():
            if not _send(rows, connection):
                break
            sent += len(rows)
    finally:
        mail.close(connection)
    return sent


def _leased() -> Iterator[list[Outbox]]:
    due = Outbox.objects.due(Channel.MAIL).filter(held_for=HeldFor.DIGEST).order_by("recipient_id")
    for reader in due.values_list("recipient_id", flat=True).distinct()[:READERS_A_ROUND]:
        if rows := _lease(reader):
            yield rows


@transaction.atomic
def _lease(reader: int) -> list[Outbox]:
    """All that waits for this reader's digest. The lock on their choices keeps a second worker from halving it."""
    if not Preference.objects.select_for_update(skip_locked=True).filter(person=reader).exists():
        return []
    due = Outbox.objects.due(Channel.MAIL).filter(held_for=HeldFor.DIGEST, recipient=reader)
    rows = list(due.select_related("recipient").select_for_update(of=("self",)).order_by("pk")[:MOST_TAKEN])
    until = clock.now() + LEASE
    for row in rows:
        row.tries, row.next_try_at = row.tries + 1, until
        if not (row.recipient.email and row.recipient.is_active):
            row.state = State.SKIPPED
    Outbox.objects.bulk_update(rows, ["tries", "next_try_at", "state"])
    return [row for row in rows if row.state == State.WAITING]


def _send(rows: list[Outbox], connection: BaseEmailBackend) -> bool:
    """False when the server is away: the other readers' digests then come later too."""
    try:
        compose(rows, connection).send()
    except Exception as error:
        for row in rows:
            mail.failed(row, error)
        return not isinstance(error, mail.AWAY)
    gone = Outbox.objects.filter(pk__in=[row.pk for row in rows])
    gone.update(state=State.SENT, sent_at=clock.now(), last_error="")
    return True


def compose(rows: list[Outbox], connection: BaseEmailBackend | None = None) -> EmailMessage:
    """One mail for all `rows` of one reader, in their language."""
    recipient = rows[0].recipient
    with translation.override(recipient.language):
        lines = [Line(wording.render(r.event, r.context).title, mail.link_to(r.url)) for r in rows[:MOST_LISTED]]
        subject = ngettext("%(n)s notice", "%(n)s notices", len(rows)) % {"n": len(rows)}
        context = {
            "recipient": recipient,
            "lines": lines,
            "more": max(len(rows) - MOST_LISTED, 0),
            "link": mail.link_to("/notices/"),
        }
        body = render_to_string("notices/digest.txt", context)
        subject = _("Assay: %(notices)s") % {"notices": subject}
    name = f"digest-{mail.stamp(rows[0])}-{rows[-1].pk}"
    return mail.message(recipient.email, subject, body, name, connection)
