"""Once a working day a group hears how much is open in its unit, and how much of it late. Numbers, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.ledger import clock
from workflows.notices import topics, wording, workdays
from workflows.notices.models import Robot, RobotPost
from workflows.notices.robots import relay
from workflows.organisation.models import Unit

EVENT = "notices.summary"


@dataclass(frozen=True)
class Sum:
    open: int
    late: int


Count = Callable[[Unit], Sum]
_counts: list[Count] = []


def register(count: Count) -> None:
    """Say how much is open at or under a unit; several answers are added up."""
    _counts.append(count)


def register_words() -> None:
    wording.register(EVENT, title=_("Today's numbers"), topic=topics.WAITING, group=_("%(open)s open, %(late)s late"))


def write() -> int:
    """Give each robot whose time has come today's numbers; return how many. Where nothing is open it keeps silent."""
    today = timezone.localtime(clock.now())
    if not relay.is_set() or not workdays.is_working(today.date()):
        return 0
    not_yet = Q(summed_up_on=None) | Q(summed_up_on__lt=today.date())
    due = Robot.objects.filter(not_yet, is_active=True, summary_at__lte=today.time())
    return sum(_write(pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _write(pk: int) -> bool:
    robot = Robot.objects.select_for_update(of=("self",), skip_locked=True).select_related("unit").filter(pk=pk).first()
    day = timezone.localtime(clock.now()).date()
    if robot is None or robot.summed_up_on == day:
        return False
    Robot.objects.filter(pk=pk).update(summed_up_on=day)
    found = [count(robot.unit) for count in _counts]
    numbers = {"open": sum(one.open for one in found), "late": sum(one.late for one in found)}
    if not numbers["open"]:
        return False
    RobotPost.objects.create(
        robot=robot, event=EVENT, key=f"summary:{day}", subject=f"unit:{robot.unit_id}", context=numbers, url="/queue/",
    )  # fmt: skip
    return True
