"""Rows waiting to be written: keys are counted here, the database being empty; the ledger's entries go first.

They go in by COPY: a hundred thousand cases are five million rows, and composing their INSERTs took most of the time.
"""

from __future__ import annotations

import io
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone
from viewflow.workflow.models import Process, Task

from innovation.proposals.models import Authorship, ForecastLine, Problem, Proposal
from workflows.engine.models import Case, CaseParty, Decision, Step, WorkItem
from workflows.ledger.bulk import Happening, append_many

ORDER: tuple[type[models.Model], ...] = (
    Process,
    Task,
    Task.previous.through,
    Problem,
    Case,
    CaseParty,
    Proposal,
    Proposal.also_solves.through,
    Authorship,
    ForecastLine,
    Step,
    WorkItem,
    Decision,
)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment, timezone.get_default_timezone())


class Sheet:
    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[Any]] = defaultdict(list)
        self.ids: dict[type[models.Model], itertools.count[int]] = defaultdict(lambda: itertools.count(1))
        self.happenings: list[tuple[Happening, Decision]] = []

    def new(self, model: type[models.Model], **fields: Any) -> Any:
        row = model(pk=next(self.ids[model]), **fields)
        self.rows[model].append(row)
        return row

    def flush(self) -> None:
        """Write everything, the ledger's entries in the order of time."""
        self.happenings.sort(key=lambda pair: pair[0].at or BEGINNING)
        stamps = append_many([happening for happening, _ in self.happenings])
        for stamp, (_, decision) in zip(stamps, self.happenings, strict=True):
            decision.ledger_seq, decision.ledger_digest = stamp.seq, stamp.digest
        for model in ORDER:
            _copy(model, self.rows[model])
        self.rows.clear()
        self.happenings.clear()

    def set_sequences(self, more: Iterable[type[models.Model]] = ()) -> None:
        """The next key comes after the last one written."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [*ORDER, *more]):
                cursor.execute(statement)


def _copy(model: type[models.Model], rows: list[Any]) -> None:
    fields = model._meta.concrete_fields
    readers = [_reader(field) for field in fields]
    file = io.StringIO("".join("\t".join([read(row) for read in readers]) + "\n" for row in rows))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', file)


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """What stands in this column of a row, as COPY reads it."""
    name = field.attname
    if isinstance(field, models.JSONField):
        return lambda row: _text(None if (data := getattr(row, name)) is None else json.dumps(data, cls=field.encoder))
    if type(field).get_prep_value.__module__.startswith("django."):
        return lambda row: _text(getattr(row, name))
    return lambda row: _text(field.get_db_prep_save(getattr(row, name), connection))  # Viewflow's nodes and flows


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _escaped(str(value))
    return str(value)  # numbers, moments with their zone, keys, yes and no


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
