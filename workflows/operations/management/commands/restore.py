"""python manage.py restore FOLDER: a backup into an empty database, held against its manifest afterwards."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.ledger.checkpoints import fingerprint
from workflows.operations.backup import restoring
from workflows.operations.backup.programs import NotDone


class Command(BaseCommand):
    help = "Restore a backup into an empty database, and hold every row and file against its manifest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--key", help="fingerprint of the public key that signed it; without it, the configured one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            body = restoring.restore(options["folder"], options["key"] or fingerprint())
        except (NotDone, OSError) as error:
            raise CommandError(f"没有恢复成 · NOT RESTORED: {error}", returncode=1) from error
        self.stdout.write(f"{len(body['tables'])} tables, {len(body['files'])} files, as of {body['at']}")
        self.stdout.write("已恢复，逐行逐文件一致，台账成立。 · RESTORED: rows and files identical, the ledger holds.")
