"""How a moment reads, in plant time: 今天 15:10, 11月18日, 11月19日 17:30 前."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, gettext

from workflows.ledger.clock import now

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WEEKDAYS = {
    "zh": ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def when_words(moment: datetime | date) -> str:
    """Today and yesterday with the hour, other days without; the year only when it is not this one."""
    if not isinstance(moment, datetime):
        return day_words(moment)
    local = timezone.localtime(moment)
    near = _near(local.date())
    return f"{near} {local:%H:%M}" if near else day_words(local.date())


def at_words(moment: datetime) -> str:
    """With the hour on every day: for what is still to come by the clock."""
    local = timezone.localtime(moment)
    return f"{_near(local.date()) or day_words(local.date())} {local:%H:%M}"


def due_words(moment: datetime) -> str:
    return Teller().due(moment)


def day_words(day: date) -> str:
    return Teller().day(day)


class Teller:
    """Tells the moments of a page: plant time, today and the words are asked once, however many rows it has."""

    def __init__(self) -> None:
        self.moment = now()
        self.zone = timezone.get_current_timezone()
        self.today = self.moment.astimezone(self.zone).date()
        self._chinese = _chinese()
        self._today, self._by = gettext("today"), gettext("by %(day)s %(time)s")

    def due(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        day = self._today if local.date() == self.today else self.day(local.date())
        return self._by % {"day": day, "time": f"{local:%H:%M}"}

    def exact(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat(" ", "minutes")[:16]

    def machine(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def day(self, day: date) -> str:
        if not self._chinese:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        this_year = day.year == self.today.year
        return f"{day.month}月{day.day}日" if this_year else f"{day.year}年{day.month}月{day.day}日"


def weekday(day: date) -> str:
    return _WEEKDAYS["zh" if _chinese() else "en"][day.weekday()]


def exact(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return Teller().exact(moment)
    return moment.isoformat()


def machine(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return Teller().machine(moment)
    return moment.isoformat()


def today() -> date:
    return timezone.localtime(now()).date()


def _near(day: date) -> str:
    ago = today() - day
    if ago == timedelta(0):
        return gettext("today")
    return gettext("yesterday") if ago == timedelta(days=1) else ""


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")
