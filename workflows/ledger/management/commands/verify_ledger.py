"""python manage.py verify_ledger: check every chain and every checkpoint of this database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.ledger import audit
from workflows.ledger.checkpoints import fingerprint
from workflows.ledger.models import Chain, Checkpoint, Entry


class Command(BaseCommand):
    help = "Check every chain and every checkpoint of this database; exit code 1 if something does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--key", action="append", help="fingerprint of a public key; without it, of the configured one"
        )
        parser.add_argument("--every-root", action="store_true", help="fold the tree of every checkpoint again")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(audit.problems(options["key"] or [fingerprint()], every_root=options["every_root"]))
        for problem in found:
            self.stdout.write("\n".join(problem.lines()))
        self.stdout.write(
            f"{Chain.objects.count()} chains, {Entry.objects.count()} entries, {Checkpoint.objects.count()} checkpoints"
        )
        if found:
            raise CommandError("不成立 · DOES NOT HOLD", returncode=1)
        self.stdout.write("成立 · HOLDS")
