"""Remove stored bytes that no document names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.documents import sweeping


class Command(BaseCommand):
    help = "Remove stored files that no document names, older than a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, default=24, help="leave younger files alone (24)")
        parser.add_argument("--dry-run", action="store_true", help="only say which")

    def handle(self, *args: Any, hours: float, dry_run: bool, **options: Any) -> None:
        places = sweeping.sweep(timedelta(hours=hours), dry_run=dry_run)
        for place in places:
            self.stdout.write(place)
        self.stdout.write(f"{len(places)} {'found' if dry_run else 'removed'}")
