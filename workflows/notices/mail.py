"""Mails. SMTP cannot promise "once"; this is as near as it gets.

A row is leased in one transaction before its mail is handed over and marked in another one after. Two workers never
hold the same lease. A worker that dies in between leaves a lease that runs out, and the mail is sent again under the
same Message-ID, which is made from the row: servers and mail programs that drop duplicates drop it.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from workflows.ledger import clock
from workflows.notices import preferences, wording
from workflows.notices.backoff import GREATEST_TRIES, put_off
from workflows.notices.models import Channel, HeldFor, Outbox, State
from workflows.notices.wishes import Wish

__all__ = ["GREATEST_TRIES", "compose", "drain"]

logger = logging.getLogger(__name__)

BATCH = 20
SMTP_TIMEOUT = 10  # seconds
LEASE = timedelta(seconds=BATCH * SMTP_TIMEOUT * 2)

# The server's trouble and not this mail's. (All of smtplib's errors are OSErrors, refused addresses too.)
AWAY = (ConnectionError, TimeoutError, smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)


def drain() -> int:
    """Send all mails that are due; return how many were sent. A server that is away ends the round: the notices in
    the product must not wait behind it."""
    sent = 0
    while rows := _lease():
        count, healthy = _send_batch(rows)
        sent += count
        if not healthy:
            break
    return sent


@transaction.atomic
def _lease() -> list[Outbox]:
    rows = list(
        Outbox.objects.due(Channel.MAIL)
        .exclude(held_for=HeldFor.DIGEST)
        .select_related("recipient")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    wishes = preferences.wishes(row.recipient_id for row in rows)
    for row in rows:
        _settle(row, wishes.get(row.recipient_id, preferences.EVERYTHING))
    Outbox.objects.bulk_update(rows, ["tries", "next_try_at", "state", "held_for"])
    return rows


def _settle(row: Outbox, wish: Wish) -> None:
    """Lease it, or let it wait, or leave it out: as its reader wishes."""
    answer = preferences.asked_of_mail(wish, wording.of(row.event), row.created_at)
    if answer.act == "skip" or not (row.recipient.email and row.recipient.is_active):
        row.state = State.SKIPPED
    elif answer.until is not None:
        row.held_for, row.next_try_at = HeldFor(answer.act), answer.until
    else:
        row.tries += 1
        row.held_for, row.next_try_at = "", clock.now() + LEASE


def _send_batch(rows: list[Outbox]) -> tuple[int, bool]:
    """Send those that may go now over one connection; return how many went out, and whether the server is well."""
    going = [row for row in rows if row.state == State.WAITING and not row.held_for]
    sent = tried = 0
    connection = get_connection(timeout=SMTP_TIMEOUT)
    try:
        if going:
            connection.open()
        for row in going:
            sent += _send(row, connection)
            tried += 1
    except Exception as error:  # Nobody's mail is at fault: those not sent yet come again.
        for row in going[tried:]:
            failed(row, error)
        return sent, False
    finally:
        close(connection)
    return sent, True


def close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:
        logger.info("the mail server hung up first: %s", error)


def _send(row: Outbox, connection: BaseEmailBackend) -> bool:
    try:
        compose(row, connection).send()
    except AWAY:
        raise
    except Exception as error:
        failed(row, error)
        return False
    Outbox.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=clock.now(), last_error="")
    return True


def failed(row: Outbox, error: Exception) -> None:
    logger.warning("mail %s was not sent: %s", row.pk, error)
    put_off(row, f"{type(error).__name__}: {error}")


def compose(row: Outbox, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """Return the mail for `row`, in its reader's language."""
    with translation.override(row.recipient.language):
        words = wording.render(row.event, row.context)
        body = render_to_string(
            "notices/mail.txt", {"words": words, "recipient": row.recipient, "link": link_to(row.url)}
        )
    return message(row.recipient.email, words.title, body, f"notice-{stamp(row)}", connection)


def message(to: str, subject: str, body: str, name: str, connection: BaseEmailBackend | None = None) -> EmailMessage:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        connection=connection,
        headers={"Message-ID": f"<{name}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def link_to(url: str) -> str:
    return settings.SITE_ADDRESS.rstrip("/") + url


def stamp(row: Outbox) -> str:
    """The same for each try of a row; the moment keeps rows of an older database apart."""
    return f"{row.pk}-{row.created_at:%Y%m%d%H%M%S%f}"
