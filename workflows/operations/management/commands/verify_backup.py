"""python manage.py verify_backup FOLDER: is it whole, unchanged and ours? Needs no database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.ledger.checkpoints import fingerprint
from workflows.operations.backup import manifest, restoring
from workflows.operations.backup.programs import NotDone


class Command(BaseCommand):
    help = "Check a backup against its signed manifest; exit code 1 with the first thing that does not hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--key", help="fingerprint of the public key that signed it; without it, the configured one"
        )
        parser.add_argument("--database", action="store_true", help="hold the configured database against it as well")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"] or fingerprint()
        try:
            body = manifest.check(options["folder"], key)
            if options["database"]:
                restoring.compare(body, key)
        except (NotDone, OSError) as error:
            raise CommandError(f"不成立 · DOES NOT HOLD: {error}", returncode=1) from error
        self.stdout.write(f"{len(body['tables'])} tables, {len(body['files'])} files, as of {body['at']}")
        self.stdout.write("成立 · HOLDS")
