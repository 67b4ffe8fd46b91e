"""python manage.py doctor: look at everything an operator would; exit code 1 if something is ill."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from workflows.operations import doctor

MARKS = {doctor.WELL: "✓", doctor.MIND: "!", doctor.ILL: "✗"}


class Command(BaseCommand):
    help = "Look at database, broker, beat, outbox, calendar, clocks, files, keys, ledger and steps."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            found = doctor.examine()
            for finding in found:
                self.stdout.write(f"{MARKS[finding.state]} {finding.name}: {finding.said}")
            if any(finding.state == doctor.ILL for finding in found):
                raise CommandError(_("Something has to be mended."), returncode=1)
            self.stdout.write(_("Nothing has to be mended."))
