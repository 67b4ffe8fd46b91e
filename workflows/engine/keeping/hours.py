"""Units that work at hours of their own: shifts, round the clock, or a rotation written a line a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.engine import plant_calendar
from workflows.engine.keeping import keepers
from workflows.engine.models import ShiftPlan
from workflows.engine.working_hours import Period, hours_in
from workflows.ledger.clock import now
from workflows.organisation.authority import require_administrator
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Unit

SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至到]\s*(\d{1,2}):(\d{2})")
OFF = {"休", "休息", "off", "-"}
MOST_DAYS = 42
MOST_SHIFTS = 6


@dataclass(frozen=True)
class Pattern:
    """A usual way of working, to begin from."""

    name: str
    lines: str
    every_day: bool


def patterns() -> list[Pattern]:
    return [
        Pattern(_("Three shifts round the clock"), "00:00-08:00 08:00-16:00 16:00-24:00", True),
        Pattern(_("Two shifts round the clock"), "08:00-20:00 20:00-08:00", True),
        Pattern(
            _("One team of a four-team rotation"),
            "08:00-16:00\n08:00-16:00\n16:00-24:00\n16:00-24:00\n00:00-08:00\n00:00-08:00\n休\n休",
            True,
        ),
    ]


def read(lines: str) -> list[list[list[str]]]:
    """One line a day of the rotation, as "08:00-12:00 13:30-17:30" or 休. Raises Refused at the field "lines"."""
    rows = [line.strip() for line in unicodedata.normalize("NFKC", lines).splitlines() if line.strip()]
    if not rows or len(rows) > MOST_DAYS:
        raise Refused(_("Write one to %(most)s lines, one for each day.") % {"most": MOST_DAYS}, "lines")
    days = [_day(number, row) for number, row in enumerate(rows, start=1)]
    if not any(days):
        raise Refused(_("At least one day has hours."), "lines")
    return days


def _day(number: int, row: str) -> list[list[str]]:
    if row.casefold() in OFF:
        return []
    spans = SPAN.findall(row)
    if not spans or SPAN.sub("", row).strip(" ,;，；、"):
        raise Refused(_("Line %(n)s: write hours as 08:00-16:00, or 休 for a day off.") % {"n": number}, "lines")
    try:
        periods = [(_time(a, b), _time(c, d)) for a, b, c, d in spans]
    except ValueError:
        raise Refused(_("Line %(n)s: there is no such time of day.") % {"n": number}, "lines")
    if len(periods) > MOST_SHIFTS or not _in_order(periods):
        raise Refused(_("Line %(n)s: the hours overlap or are not in order.") % {"n": number}, "lines")
    return [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in periods]


def _time(hours: str, minutes: str) -> time:
    return time(0, 0) if (hours, minutes) == ("24", "00") else time(int(hours), int(minutes))


def _in_order(periods: list[Period]) -> bool:
    """Each begins when the one before has ended; only the last may reach into the next day, and not into the first."""
    for (_a, ends), (begins, _b) in pairwise(periods):
        if ends > begins or ends == time(0, 0):
            return False
    if any(b <= a for a, b in periods[:-1]):
        return False
    return hours_in(tuple(periods)) <= 24 and not (periods[-1][1] <= periods[-1][0] and periods[-1][1] > periods[0][0])


def written(plan: ShiftPlan) -> str:
    """As it was typed."""
    return "\n".join(" ".join(f"{a}-{'24:00' if b == '00:00' else b}" for a, b in day) or "休" for day in plan.rotation)


@transaction.atomic
def change(*, actor: Person, unit: Unit, lines: str, every_day: bool, begins_on: date | None) -> ShiftPlan:
    """Give a unit hours of its own, or change them. Steps that are open keep their deadlines."""
    require_administrator(actor, unit)
    rotation = read(lines)
    if len(rotation) > 1 and begins_on is None:
        raise Refused(_("Say on which day the rotation begins."), "begins_on")
    begins_on = begins_on if len(rotation) > 1 else None
    facts = {"rotation": rotation, "begins_on": begins_on, "every_day": every_day}
    plan, _made = ShiftPlan.objects.update_or_create(
        unit=unit, defaults=facts | {"changed_by": actor, "changed_at": now()}
    )
    keepers.record(unit, "hours_changed", actor=actor, rotation=rotation, every_day=every_day,
                   begins_on=begins_on.isoformat() if begins_on else None)  # fmt: skip
    transaction.on_commit(plant_calendar.forget)
    return plan


@transaction.atomic
def drop(*, actor: Person, unit: Unit) -> None:
    """The unit works again as the nearest above it does."""
    require_administrator(actor, unit)
    if ShiftPlan.objects.filter(unit=unit).delete()[0]:
        keepers.record(unit, "hours_dropped", actor=actor)
        transaction.on_commit(plant_calendar.forget)
