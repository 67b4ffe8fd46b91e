"""Lists to take along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.engine import kinds, queue
from workflows.engine.models import WorkItem
from workflows.engine.views.listing import Listing, with_signers
from workflows.engine.views.rows import Row, rows_of
from workflows.ledger.clock import now
from workflows.organisation.access import signed_in
from workflows.reports.spreadsheet import Column, download, workbook

MOST = 10_000
BATCH = 500


@signed_in
@require_safe
def export_queue(request: HttpRequest) -> HttpResponse:
    """What the queue shows under the same address, whole instead of by pages."""
    look = Listing(request.user, request.GET)  # type: ignore[arg-type]
    items = with_signers(queue.with_cases(look.front(MOST)))[:MOST]
    content = workbook(_("To do"), _columns(), _rows(list(items)))
    return download(f"queue-{timezone.localtime(now()):%Y%m%d-%H%M}", content)


def _columns() -> list[Column]:
    return [
        Column(_("Number")), Column(_("Title"), 44), Column(_("Category"), 12), Column(_("Unit"), 18),
        Column(_("Author"), 12), Column(_("Amount (¥)")), Column(_("Step"), 20), Column(_("State"), 16),
        Column(_("Came"), 18), Column(_("Due"), 18), Column(_("Late"), 8),
    ]  # fmt: skip


def _rows(items: list[WorkItem]) -> Iterator[list[Any]]:
    for start in range(0, len(items), BATCH):
        yield from (_cells(row) for row in rows_of(items[start : start + BATCH]))


def step_title(item: WorkItem) -> str:
    return str(kinds.kind_of(item.case).flow.instance.node(item.step.node).task_title)


def _cells(row: Row) -> list[Any]:
    case, item = row.case, row.item
    return [
        case.number, case.title, str(row.line.category), row.line.unit or case.unit.name,
        row.line.author or case.author.name, row.line.amount, step_title(item), row.words,
        item.opened_at, item.due_at, _("yes") if row.group == "late" else "",
    ]  # fmt: skip
