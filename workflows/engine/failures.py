"""Writing down what could not be done, outside the transaction that was rolled back by it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import F

from workflows.engine.models import Case, Failure, Step, WorkItem
from workflows.ledger.clock import now

log = logging.getLogger(__name__)

NOTE = """
INSERT INTO engine_failure (place, subject, case_id, reason, first_at, last_at, tries)
VALUES (%(place)s, %(subject)s, %(case)s, %(reason)s, %(at)s, %(at)s, 1)
ON CONFLICT (place, subject) WHERE resolved_at IS NULL
DO UPDATE SET reason = excluded.reason, last_at = excluded.last_at, tries = engine_failure.tries + 1
"""


def note(place: str, subject: str, error: BaseException, *, case_id: int | None = None) -> None:
    """Keep the failure; the same place and subject again counts as another try. Never fails itself."""
    told: dict[str, Any] = {"place": place, "subject": subject, "reason": reason_of(error), "at": now()}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NOTE, told | {"case": case_id or _case_of(subject)})
    except Error:
        log.exception("a failure could not be written down: %s %s", place, subject)


def reason_of(error: BaseException) -> str:
    """Kind and first line. A database's DETAIL quotes rows, which are nobody's business here."""
    cause = error.__cause__ or error
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    lines = str(primary or error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]


def _case_of(subject: str) -> int | None:
    kind, _colon, pk = subject.partition(":")
    if kind == "case":
        return Case.objects.filter(pk=pk).values_list("pk", flat=True).first()
    if kind == "step":
        return Step.objects.filter(pk=pk).values_list("case_id", flat=True).first()
    return WorkItem.objects.filter(pk=pk).values_list("case_id", flat=True).first() if kind == "item" else None


def settle(place: str, before: datetime) -> None:
    """What the clocks did not stumble over since `before` works again."""
    Failure.objects.open().filter(place__startswith=place, last_at__lt=before).update(resolved_at=now())


def settle_moved() -> None:
    """A case that has moved since it failed to is well again."""
    well = Failure.objects.open().filter(place="decision", case__moved_at__gt=F("last_at"))
    Failure.objects.filter(pk__in=well.values("pk")).update(resolved_at=now())
