"""One worker at a time does what an import waits for; what goes wrong is said on its page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_noop

from maintenance_audit.jobs.importing import applying, checking
from maintenance_audit.jobs.models import ImportState, JobImport
from workflows.ledger.clock import now
from workflows.notices.kick import send
from workflows.organisation.errors import Refused

log = logging.getLogger(__name__)
LOCK = 0x6A6F6273  # "jobs"
STAGES: dict[str, Callable[[JobImport], None]] = {
    ImportState.CHECKING: checking.check,
    ImportState.APPLYING: applying.apply,
}
FORGOTTEN = timedelta(minutes=2)
STOPPED = gettext_noop("It stopped unexpectedly. Nothing is half done; go on when you like, or tell the administrator.")


def work(import_id: int) -> None:
    """Do the stage that the import is at. Safe to call twice, and at once."""
    with _alone(import_id) as alone:
        upload = JobImport.objects.select_related("uploader__unit").filter(pk=import_id).first()
        if not alone or upload is None or upload.state not in STAGES:
            return
        try:
            STAGES[upload.state](upload)
        except Refused as refused:
            _stop(upload, refused.message)
        except OperationalError:
            raise  # the database was away; the beat comes by again
        except Exception:
            log.exception("import %s stopped", import_id)
            _stop(upload, STOPPED)


def work_on_forgotten() -> None:
    """What a worker that died left behind."""
    left = JobImport.objects.filter(state__in=STAGES, moved_at__lt=now() - FORGOTTEN)
    for pk in list(left.values_list("pk", flat=True)):
        work(pk)


def _stop(upload: JobImport, why: str) -> None:
    JobImport.objects.filter(pk=upload.pk).update(state=ImportState.FAILED, failure=why[:200], moved_at=now())


@contextmanager
def _alone(import_id: int) -> Iterator[bool]:
    """Held by the connection and let go at the end, or when the worker dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, import_id])
        (alone,) = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, import_id])


def wake(import_id: int) -> None:
    """After the commit; a broker that is away is no harm, the beat comes by."""
    from maintenance_audit.jobs.tasks import work_on_import

    def kick() -> None:
        try:
            send(work_on_import, import_id)
        except Exception as error:
            log.warning("no worker could be woken for import %s: %s", import_id, error)

    transaction.on_commit(kick, robust=True)
