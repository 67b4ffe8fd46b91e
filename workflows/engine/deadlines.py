"""The moments of a step's clock: reminder, deadline, escalation; and which of them comes next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workflows.engine import plant_calendar
from workflows.engine.models.step import Mode
from workflows.ledger.clock import now

if TYPE_CHECKING:
    from workflows.engine.kinds import StepRule
    from workflows.engine.models import Step
    from workflows.engine.nodes import HumanStep

FIXED_REMINDER = timedelta(days=3)  # before a day that the case itself names


def start(step: Step, rule: StepRule, node: HumanStep, fixed: datetime | None = None) -> None:
    """Set the moments of a step about to open. `fixed`: a deadline that the case names, instead of working hours."""
    hours, opened = rule.deadline_hours, step.opened_at
    calendar = plant_calendar.of(step.unit or step.case.unit)
    if fixed is not None:
        step.due_at = fixed
        step.remind_at = None if step.mode == Mode.PAUSE else max(opened, fixed - FIXED_REMINDER)
    elif hours:
        step.due_at = plant_calendar.due(opened, hours, calendar)
        early = hours - (hours / 4 if rule.remind_hours is None else rule.remind_hours)
        step.remind_at = plant_calendar.due(opened, early, calendar) if early > 0 else opened
    else:
        return
    escalates(step, rule, node, calendar)


def escalates(step: Step, rule: StepRule, node: HumanStep, calendar: plant_calendar.PlantCalendar) -> None:
    """Set what follows the deadline, and when the clock rings first."""
    if step.due_at is not None:
        step.escalate_at = _escalation(step, rule, node, calendar)
        step.rings_at = next_ring(step)


def _escalation(step: Step, rule: StepRule, node: HumanStep, calendar: plant_calendar.PlantCalendar) -> datetime | None:
    """An author's own step does not escalate, nor one that lapses; a vote without quorum does at its deadline."""
    assert step.due_at is not None
    if node.authors or node._lapsed is not None:
        return None
    if step.mode == Mode.VOTE:
        return step.due_at
    if rule.escalate_hours is None:
        return None
    return plant_calendar.due(step.due_at, rule.escalate_hours, calendar)


def move(step: Step, fixed: datetime) -> list[str]:
    """To another day that the case names; what rang for the old one may ring again. Returns the fields it changed."""
    calendar = plant_calendar.of(step.unit or step.case.unit)
    if step.escalate_at is not None and step.due_at is not None:
        left = plant_calendar.working_time(step.due_at, step.escalate_at, calendar)
        step.escalate_at = plant_calendar.due(fixed, left / timedelta(hours=1), calendar)
    step.due_at, step.remind_at = fixed, max(step.opened_at, fixed - FIXED_REMINDER)
    step.late_at = None
    step.reminded_at = None if step.remind_at > now() else step.reminded_at or now()
    step.rings_at = next_ring(step)
    return ["due_at", "remind_at", "escalate_at", "late_at", "reminded_at", "rings_at"]


def next_ring(step: Step) -> datetime | None:
    """When the clock has to do something next: never twice the same, and no reminder after the deadline."""
    if step.late_at is None:
        reminds = step.reminded_at is None and step.remind_at is not None and step.remind_at > step.opened_at
        return step.remind_at if reminds else step.due_at
    return step.escalate_at if step.escalated_at is None else None


def resume(step: Step, held_at: datetime, moment: datetime) -> list[str]:
    """Move what was still to come by the working time that the case stood still. Returns the fields it changed."""
    calendar = plant_calendar.of(step.unit or step.case.unit)
    changed = []
    for name in ("remind_at", "due_at", "escalate_at"):
        then = getattr(step, name)
        if then is not None and then > held_at:
            left = plant_calendar.working_time(held_at, then, calendar)
            setattr(step, name, plant_calendar.due(moment, left / timedelta(hours=1), calendar))
            changed.append(name)
    step.rings_at = next_ring(step)
    return [*changed, "rings_at"]
