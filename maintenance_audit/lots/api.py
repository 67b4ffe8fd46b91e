"""Lots and their public records, for programs. Acts are the engine's: POST /cases/{number}/tasks/{item}/complete."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from maintenance_audit.lots.models import Lot
from maintenance_audit.lots.record import record_of
from workflows.engine.api.paging import cursor_of, read_cursor
from workflows.organisation.api import REFUSALS, Cursor, Moment, Number, Refused, Size, UnitRef, actor_of

router = Router(tags=["lots"])


class LotRow(Schema):
    number: str
    workshop: UnitRef
    contractor: UnitRef
    month: str = Field(description="2026-03")
    state: str
    state_label: str
    check_all: str = Field(description="why every job is checked; empty: a sample")
    n: int | None = Field(description="how many the plan draws")
    ac: int | None
    accepted: bool | None
    opened_at: Moment


class LotPage(Schema):
    items: list[LotRow]
    next: str


def row_of(lot: Lot) -> LotRow:
    return LotRow(
        number=lot.case.number,
        workshop=UnitRef.of(lot.workshop),
        contractor=UnitRef.of(lot.contractor),
        month=f"{lot.month:%Y-%m}",
        state=lot.state,
        state_label=str(lot.get_state_display()),
        check_all=lot.check_all,
        n=lot.sample,
        ac=lot.ac,
        accepted=lot.accepted,
        opened_at=lot.case.filed_at,
    )


@router.get("/lots", response={200: LotPage, REFUSALS: Refused}, operation_id="lots")
def lots(request: HttpRequest, cursor: Cursor = "", size: Size = 50) -> LotPage:
    """Lots that I may see, opened last first; a contractor's people see their own firm's."""
    found = Lot.objects.visible_to(actor_of(request)).select_related("case", "workshop", "contractor")
    found = found.order_by("-case__filed_at", "-pk")
    if cursor:
        moment, pk = read_cursor(cursor)
        found = found.filter(case__filed_at__lte=moment).exclude(case__filed_at=moment, pk__gte=pk)
    rows = list(found[: size + 1])
    shown = rows[:size]
    after = cursor_of(shown[-1].case.filed_at, shown[-1].pk) if len(rows) > size else ""
    return LotPage(items=[row_of(lot) for lot in shown], next=after)


@router.get("/lots/{number}/record", response={200: dict[str, Any], REFUSALS: Refused}, operation_id="lot_record")
def lot_record(request: HttpRequest, number: Number) -> dict[str, Any]:
    """The published record, as `redraw.py` reads it."""
    found = Lot.objects.published_to(actor_of(request))
    lot = get_object_or_404(
        found.select_related("case", "workshop", "contractor", "resubmits__case"), case__number=number
    )
    return record_of(lot)
