"""Rows waiting to be written: keys are counted here, the database being empty; the ledger's entries go first."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
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
    Authorship,
    ForecastLine,
    Step,
    WorkItem,
    Decision,
)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)


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
            model._default_manager.bulk_create(self.rows[model], batch_size=1000)
        self.rows.clear()
        self.happenings.clear()

    def set_sequences(self, more: Iterable[type[models.Model]] = ()) -> None:
        """The next key comes after the last one written."""
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [*ORDER, *more]):
                cursor.execute(statement)
