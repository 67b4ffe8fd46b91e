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
from workflows.notices import wording
from workflows.notices.models import Channel, Outbox, State

logger = logging.getLogger(__name__)

BATCH = 20
SMTP_TIMEOUT = 10  # seconds
LEASE = timedelta(seconds=BATCH * SMTP_TIMEOUT * 2)
GREATEST_TRIES = 12  # with the pauses below about seven hours
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


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
        .select_related("recipient")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    until = clock.now() + LEASE
    for row in rows:
        row.tries += 1
        row.next_try_at = until
        if not (row.recipient.email and row.recipient.is_active):
            row.state = State.SKIPPED
    Outbox.objects.bulk_update(rows, ["tries", "next_try_at", "state"])
    return rows


def _send_batch(rows: list[Outbox]) -> tuple[int, bool]:
    """Send those with an address over one connection; return how many went out, and whether the server is well."""
    addressed = [row for row in rows if row.state == State.WAITING]
    sent = tried = 0
    connection = get_connection(timeout=SMTP_TIMEOUT)
    try:
        if addressed:
            connection.open()
        for row in addressed:
            sent += _send(row, connection)
            tried += 1
    except Exception as error:  # Nobody's mail is at fault: those not sent yet come again.
        for row in addressed[tried:]:
            _put_off(row, error)
        return sent, False
    finally:
        _close(connection)
    return sent, True


def _close(connection: BaseEmailBackend) -> None:
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
        _put_off(row, error)
        return False
    Outbox.objects.filter(pk=row.pk).update(state=State.SENT, sent_at=clock.now(), last_error="")
    return True


def _put_off(row: Outbox, error: Exception) -> None:
    """Try again later, twice as late each time; after the last try the row stays as failed, for all to see."""
    logger.warning("mail %s was not sent: %s", row.pk, error)
    given_up = row.tries >= GREATEST_TRIES
    pause = min(FIRST_PAUSE * 2 ** (row.tries - 1), LONGEST_PAUSE)
    Outbox.objects.filter(pk=row.pk, state=State.WAITING).update(
        state=State.FAILED if given_up else State.WAITING,
        next_try_at=clock.now() + pause,
        last_error=f"{type(error).__name__}: {error}"[:500],
    )


def compose(row: Outbox, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """Return the mail for `row`, in its reader's language."""
    with translation.override(row.recipient.language):
        words = wording.render(row.event, row.context)
        body = render_to_string(
            "notices/mail.txt",
            {"words": words, "recipient": row.recipient, "link": settings.SITE_ADDRESS.rstrip("/") + row.url},
        )
    return EmailMessage(
        subject=words.title,
        body=body,
        to=[row.recipient.email],
        connection=connection,
        headers={"Message-ID": _message_id(row), "Auto-Submitted": "auto-generated"},
    )


def _message_id(row: Outbox) -> str:
    """The same for each try of a row; the moment keeps rows of an older database apart."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<notice-{row.pk}-{row.created_at:%Y%m%d%H%M%S%f}@{domain}>"
