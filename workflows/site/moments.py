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
    local = timezone.localtime(moment)
    day = gettext("today") if local.date() == today() else day_words(local.date())
    return gettext("by %(day)s %(time)s") % {"day": day, "time": f"{local:%H:%M}"}


def day_words(day: date) -> str:
    if _chinese():
        return f"{day.month}月{day.day}日" if day.year == today().year else f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def weekday(day: date) -> str:
    return _WEEKDAYS["zh" if _chinese() else "en"][day.weekday()]


def exact(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
    return moment.isoformat()


def machine(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return timezone.localtime(moment).isoformat(timespec="seconds")
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
