"""python manage.py backup FOLDER: database, files and a signed manifest, while the plant works."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.operations.backup import making
from workflows.operations.backup.programs import NotDone


class Command(BaseCommand):
    help = "Write database, files and a signed manifest into a new folder. The keys are not in it: keep them apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            body = making.make(options["folder"])
        except (NotDone, OSError) as error:
            raise CommandError(f"没有备成 · NOT BACKED UP: {error}", returncode=1) from error
        for place in body["missing"]:
            self.stderr.write(f"! 盘上没有 · not on the disk: {place}")
        rows = sum(table["rows"] for table in body["tables"].values())
        self.stdout.write(f"{len(body['tables'])} tables, {rows} rows, {len(body['files'])} files, as of {body['at']}")
        self.stdout.write("备好了；密钥不在里面，请另外保管。 · BACKED UP; the keys are not in it, keep them apart.")
