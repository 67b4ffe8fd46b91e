"""One lock for everything that moves a case: the row of its Viewflow process.

Viewflow's default is no lock at all, so a double submit runs the next step twice. Its own row lock with NOWAIT sleeps
for seconds between attempts; we wait for the colleague instead, bounded by PostgreSQL's lock_timeout (settings).
What is written under the lock is written together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from viewflow.workflow.exceptions import FlowLockFailed

from workflows.store.gathering import Gathering, gathered
from workflows.store.sending import send

# NO KEY: rows that point at the process may be written meanwhile, nobody else may move it.
LOCK = "SELECT id FROM viewflow_process WHERE id = %s FOR NO KEY UPDATE"
LOCK_BY_ITEM = """
SELECT c.kind FROM engine_workitem i
JOIN engine_case c ON c.id = i.case_id JOIN viewflow_process p ON p.id = c.process_id
WHERE i.id = %s AND (c.id = %s OR c.number = %s) FOR NO KEY UPDATE OF p"""

LOCK_BY_STEP = """
SELECT c.kind FROM engine_step s
JOIN engine_case c ON c.id = s.case_id JOIN viewflow_process p ON p.id = c.process_id
WHERE s.id = %s FOR NO KEY UPDATE OF p"""


class CaseLock:
    """Viewflow's `lock_impl`."""

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: Any) -> Iterator[None]:
        with transaction.atomic():
            if _first(LOCK, [process_pk]) is None:
                raise FlowLockFailed("there is no such process")
            with gathered():
                yield


case_lock = CaseLock()


@contextmanager
def locked_by_item(item_id: int, *, case_id: int | None, number: str) -> Iterator[tuple[str | None, Gathering]]:
    """The lock of the case that this item belongs to, and the case's kind; None if they do not belong together."""
    with transaction.atomic():
        row = _first(LOCK_BY_ITEM, [item_id, case_id, number])
        with gathered() as writing:
            yield (row[0] if row else None), writing


@contextmanager
def locked_by_step(step_id: int) -> Iterator[Gathering]:
    """The lock of the case that this step belongs to."""
    with transaction.atomic():
        if _first(LOCK_BY_STEP, [step_id]) is None:
            raise FlowLockFailed("there is no such step")
        with gathered() as writing:
            yield writing


def _first(statement: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        send(cursor, statement, values)
        return cursor.fetchone()
