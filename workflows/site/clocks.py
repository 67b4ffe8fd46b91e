"""The clocks of one page: how long is left, by whose hours, in which words."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext, ngettext

from workflows.engine import plant_calendar
from workflows.organisation.models import Unit
from workflows.site.moments import Teller
from workflows.site.remaining import Remaining, remaining


class Clocks:
    """All are read at one moment; calendars and words are asked once, however many rows the page has."""

    def __init__(self) -> None:
        self.teller = Teller()
        self._calendars = plant_calendar.all_in_force()

    def left(
        self,
        due_at: datetime,
        *,
        closed: datetime | None = None,
        remind_at: datetime | None = None,
        unit: Unit | None = None,
        by_days: bool = False,
    ) -> Remaining:
        calendar = plant_calendar.of(unit, self._calendars)
        return remaining(calendar, due_at, until=closed, remind_at=remind_at, teller=self.teller, by_days=by_days)

    def amount(self, left: Remaining, *, closed: bool = False) -> str:
        if closed and not left.late:
            return gettext("in time")
        if left.unit == "calendar":
            return self._of_calendar(left)
        if left.amount == 0:
            return self._less[left.late]
        return self._words[left.late, left.unit] % {"n": left.amount}

    def _of_calendar(self, left: Remaining) -> str:
        if left.amount == 0:
            return gettext("due today")
        if left.late:
            return ngettext("%(n)s day overdue", "%(n)s days overdue", left.amount) % {"n": left.amount}
        return ngettext("%(n)s day left", "%(n)s days left", left.amount) % {"n": left.amount}

    @cached_property
    def _less(self) -> dict[bool, str]:
        return {True: gettext("less than a working hour late"), False: gettext("less than a working hour left")}

    @cached_property
    def _words(self) -> dict[tuple[bool, str], str]:
        return {
            (False, "hours"): gettext("%(n)s working hours left"),
            (False, "days"): gettext("%(n)s working days left"),
            (True, "hours"): gettext("%(n)s working hours late"),
            (True, "days"): gettext("%(n)s working days late"),
        }
