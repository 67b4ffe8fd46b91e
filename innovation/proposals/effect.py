"""The effect of an implemented proposal: net annual benefit = saving − added cost − investment ÷ years."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

PLANT_ZONE = ZoneInfo("Asia/Shanghai")


def net_annual_benefit(saving: Decimal, added_cost: Decimal, investment: Decimal, years: int) -> Decimal:
    """Return the exact value rounded half up (away from zero) to the fen, once, at the end."""
    if years < 1:
        raise ValueError("an investment is spread over one year or more")
    exact = Fraction(saving) - Fraction(added_cost) - Fraction(investment) / years
    return _to_fen(exact)


def _to_fen(exact: Fraction) -> Decimal:
    fen = (abs(exact) * 100 + Fraction(1, 2)).__floor__()
    sign = -1 if exact < 0 else 1
    return Context(prec=60, rounding=ROUND_HALF_UP).multiply(Decimal(sign * fen), Decimal("0.01"))


def plant_day(moment: datetime) -> date:
    """The day on the plant's wall calendar."""
    return moment.astimezone(PLANT_ZONE).date()


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or that month's last: 31 August + 6 is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
