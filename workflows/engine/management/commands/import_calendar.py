"""Bring a year's working days into the plant calendar: public holidays and make-up working days."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.engine import plant_calendar


class Command(BaseCommand):
    help = "Import a year's working days, public holidays and make-up days included, into the plant calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        for year in options["year"]:
            try:
                days = plant_calendar.import_year(year)
            except NotImplementedError as error:
                raise CommandError(
                    f"The holidays of {year} are not known to this release of chinesecalendar."
                ) from error
            self.stdout.write(f"{year}: {days} days")
