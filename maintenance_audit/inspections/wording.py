"""How claims, tolerances and times are said on the pages of this app."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from maintenance_audit.jobs.models import Claim

# A phone's clock that is further off than this is said to be; nothing is counted by it.
TRUSTED = timedelta(hours=24)


def number(value: Decimal | None) -> str:
    """Without the zeros that the database pads with."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Decimal | None, measure: str) -> str:
    return " ".join(part for part in (number(value), measure) if part)


def claimed(claim: Claim) -> str:
    """“0.04 mm”, and what was said beside it."""
    return _(", ").join(part for part in (amount(claim.value, claim.measure), claim.said) if part)


def leeway(claim: Claim) -> str:
    """The tolerance in a few characters."""
    if claim.tolerance == "exact":
        return _("no tolerance: exact")
    if claim.tolerance == "absolute":
        return _("tolerance ±%(allowed)s") % {"allowed": amount(claim.allowed, claim.measure)}
    if claim.tolerance == "percent":
        return _("tolerance ±%(allowed)s %%") % {"allowed": number(claim.allowed)}
    return _("no tolerance: judged")


def step_of(claim: Claim) -> str:
    """What − and + change by: one in the last place that was claimed."""
    places = len(number(claim.value).partition(".")[2])
    return f"{Decimal(1).scaleb(-places):f}"


def is_off(reported: datetime | None, received: datetime) -> bool:
    """Is the phone's clock plainly wrong? A record written in a cellar comes in hours later, never a day before."""
    return reported is not None and not -TRUSTED * 14 <= reported - received <= timedelta(minutes=10)
