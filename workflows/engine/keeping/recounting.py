"""When a missing year comes in: deadlines that had been counted without it are counted anew.

A deadline that was told stands when a day is changed later. Only a year that nobody knew is different: its deadlines
went from Monday to Friday for want of anything better, and the page said so.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import ExtractYear

from workflows.engine import deadlines, kinds, plant_calendar, recording, reseating
from workflows.engine.models import Step, WorkItem
from workflows.engine.plant_calendar import Calendars

log = logging.getLogger(__name__)


def later(before: Calendars, years: Collection[int]) -> None:
    """After the commit, each step in a transaction of its own under its case's lock."""
    wanted = list(years)
    transaction.on_commit(lambda: _all(before, wanted), robust=True)


def _all(before: Calendars, years: list[int]) -> None:
    after = plant_calendar.read()
    found = Step.objects.annotate(year=ExtractYear("due_at")).filter(closed_at=None, late_at=None, year__in=years)
    for step_id in list(found.order_by("due_at").values_list("pk", flat=True)):
        try:
            _one(step_id, before, after)
        except Exception:
            log.exception("the deadline of step %s could not be counted anew", step_id)


def _one(step_id: int, before: Calendars, after: Calendars) -> None:
    kind, process_id = Step.objects.values_list("case__kind", "case__process_id").get(pk=step_id)
    with kinds.get(kind).flow.lock(process_id):
        step = reseating.whole(step_id)
        if step.closed_at or step.late_at or step.due_at is None or step.task.flow_task.due is not None:
            return
        unit = step.unit or step.case.unit
        old, new = plant_calendar.of(unit, before), plant_calendar.of(unit, after)
        told = step.due_at
        for name in ("remind_at", "due_at", "escalate_at"):
            moment = getattr(step, name)
            if moment is not None and moment > step.opened_at:
                worked = plant_calendar.working_time(step.opened_at, moment, old)
                setattr(step, name, plant_calendar.due(step.opened_at, worked / timedelta(hours=1), new))
        if step.due_at == told:
            return
        step.rings_at = deadlines.next_ring(step)
        step.save(update_fields=["remind_at", "due_at", "escalate_at", "rings_at"])
        WorkItem.objects.filter(step=step, closed_at=None).update(due_at=step.due_at)
        recording.record(case=step.case, step=step, item=None, actor=None, verb="recount", role=step.role,
                         data={"from": told.isoformat(), "to": step.due_at.isoformat()})  # fmt: skip
