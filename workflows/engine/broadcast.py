"""What the engine tells the notices beside the words: topics, what a group may hear, and which groups."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from workflows.engine import kinds, plant_calendar
from workflows.engine.models import Case, Step
from workflows.ledger.clock import now
from workflows.notices import topics, wording, workdays
from workflows.notices.robots import reach, summaries
from workflows.notices.robots.reach import Reach
from workflows.notices.robots.summaries import Sum
from workflows.organisation.models import Unit

TOPICS = {
    "engine.task.unmanned": topics.UPKEEP,
    "engine.task.nobody_above": topics.UPKEEP,
    "engine.case.urge": topics.WAITING,
    "engine.case.copy": topics.COPIES,
}
BY_PREFIX = {
    "engine.task.": topics.WAITING,
    "engine.rules.": topics.WAITING,
    "engine.case.": topics.PROGRESS,
}
# Waits neither for the end of quiet hours nor for a digest.
URGENT = {"engine.task.escalated", "engine.task.shared"}
# What a group may hear. Refusals and returns are between the case and its people.
GROUP = {
    "engine.task.waiting": (_("Something waits to be decided"), _("Waits to be decided: %(what)s")),
    "engine.task.late": (_("Something has become late"), _("Late: %(what)s, %(step)s")),
    "engine.task.escalated": (_("Something was escalated"), _("Escalated to the level above: %(what)s, %(step)s")),
    "engine.case.approve": (_("A step was approved"), _("Approved, one step further: %(what)s")),
    "engine.case.pass_up": (_("Passed to the level above"), _("Passed to the level above: %(what)s")),
}


def terms(event: str) -> dict[str, Any]:
    """What `wording.register` is told of an event besides its words."""
    prefix = next((prefix for prefix in BY_PREFIX if event.startswith(prefix)), "")
    topic = TOPICS.get(event) or BY_PREFIX.get(prefix, topics.OTHER)
    label, group = GROUP.get(event, ("", ""))
    return {"topic": topic, "urgent": event in URGENT, "label": label, "group": group}


def register() -> None:
    reach.register("case", reach_of_cases)
    workdays.register(_is_working)
    summaries.register(sum_of)
    wording.register_reader("step", read_step)


def _is_working(day: date) -> bool:
    return plant_calendar.load().is_working(day)


def reach_of_cases(subjects: Collection[str]) -> dict[str, Reach]:
    """People of the case's unit read it, and those of a unit it is shared under; others hear its number at most.

    Of a reserved case no group hears."""
    ids = [int(subject.partition(":")[2]) for subject in subjects]
    rows = Case.objects.open_to_view().filter(pk__in=ids).values_list("pk", "unit__path", "shared_under__path")
    return {f"case:{pk}": Reach(home, shared or "") for pk, home, shared in rows}


def sum_of(unit: Unit) -> Sum:
    """Cases under way at or under the unit, and those whose open step is past its deadline."""
    steps = Step.objects.filter(
        closed_at=None, case__state=Case.State.OPEN, case__reserved=False, case__unit__path__startswith=unit.path
    )
    row = steps.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now())))
    return Sum(row["open"], row["late"])


def step_code(step: Step) -> str:
    """What a notice keeps of a step, so that each reader has its name in their own language."""
    return f"{step.case.kind}/{step.node}"


def read_step(code: str) -> str:
    """The step's name; of anything that is no code, the thing itself."""
    kind, slash, name = code.partition("/")
    try:
        return str(kinds.get(kind).flow.instance.node(name).task_title) if slash else code
    except (KeyError, AttributeError):
        return code
