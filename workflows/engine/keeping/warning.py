"""A missing year is said aloud: in the log each day, and to the calendar's keepers once a month."""

from __future__ import annotations

import logging

from django.urls import reverse
from django.utils import timezone

from workflows.engine import plant_calendar
from workflows.engine.keeping import keepers
from workflows.ledger.clock import now
from workflows.notices.outbox import post
from workflows.organisation.models import Person, Role

log = logging.getLogger(__name__)


def warn() -> list[int]:
    """Safe to run twice: the same month's notice goes out once."""
    today = timezone.localdate(now())
    years = plant_calendar.missing_years(today)
    for year in years:
        log.warning("plant calendar of %s is missing: import it (manage.py import_calendar %s)", year, year)
        post(
            event="engine.calendar.missing",
            key=f"calendar:{year}:{today:%Y-%m}",
            recipients=[person.pk for person in _keepers()],
            subject=keepers.PLANT,
            context={"year": year},
            url=reverse("admin_calendar_import"),
        )
    return years


def _keepers() -> list[Person]:
    holders = Person.objects.filter(holdings__role=Role.ADMINISTRATOR, is_active=True).distinct()
    return [person for person in holders if keepers.keeps_plant(person)]
