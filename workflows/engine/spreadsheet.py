"""A table of the engine's as a spreadsheet to download: moments in plant time, nothing ever a formula."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from workflows.organisation import sheets


def sheet(name: str, title: str, head: list[str], rows: Iterable[list[Any]]) -> HttpResponse:
    content = sheets.written(title, head, ([_written(value) for value in row] for row in rows))
    disposition = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return HttpResponse(content, content_type=sheets.MIME, headers=disposition)


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return f"{value:g}" if isinstance(value, float) else value
