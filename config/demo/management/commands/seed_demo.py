"""Seed a believable plant into an empty database that says DEMO, and into no other."""

from __future__ import annotations

import logging
import os
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from config.demo import assessments, circles, earlier, findings, inspections, jobs, latest, lots, measures, signs
from config.demo.awards import Jury
from config.demo.cases import Author
from config.demo.hazards import Reporter
from config.demo.past import Archivist
from config.demo.people import Founder, Plant
from config.demo.rows import Typesetter
from maintenance_audit.findings.models import Finding
from workflows.engine import plant_calendar
from workflows.engine.models import Case
from workflows.ledger import checkpoints
from workflows.organisation.models import Person
from workflows.store import statistics

# Days from the first proposals to the first round: what it awards has been decided and carried out by then.
LEAD = 180
# Rounds go through the services, and who was not awarded comes again: so many candidates would take hours.
MANY = 5_000


class Command(BaseCommand):
    help = "Seed a believable plant into an empty database that says DEMO."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=120)
        parser.add_argument("--years", type=int, default=3)
        parser.add_argument("--cases", type=int, default=640)
        parser.add_argument("--hazards", type=int, default=8)
        parser.add_argument("--jobs", type=int, default=36, help="months of outsourced jobs; 0 for none")
        parser.add_argument(
            "--rounds", type=int, help=f"months whose award round has been run; 36, above {MANY} cases none"
        )
        parser.add_argument("--seed", type=int, default=20260701, help="the same number gives the same plant")

    def handle(self, *args: Any, **options: Any) -> None:
        self._only_a_demo()
        chance = random.Random(options["seed"])  # noqa: S311 (invented people, no secret)
        present = timezone.make_naive(timezone.now()).replace(microsecond=0)
        since = present - timedelta(days=365 * options["years"] + LEAD)
        with transaction.atomic():
            plant = Founder(chance, max(60, options["people"]), timezone.make_aware(since)).found()
            self._say(f"{len(plant.people)} people")
            author = Author(chance, plant, plant_calendar.load(), since, present)
            total = options["cases"]
            Typesetter(chance, plant, plant_calendar.load()).write(
                author.all(total), batch=2000, progress=lambda done: self._bar(done, total)
            )
            self._bar(total, total)
            latest.tell(plant)
        latest.photograph(chance)
        Reporter(chance, plant, present).report(options["hazards"])
        if options["jobs"]:
            with transaction.atomic():
                luck = random.Random(options["seed"] + 1)  # noqa: S311
                made = jobs.seed(plant, luck, present, options["jobs"], timezone.make_aware(since))
            self._say(f"{len(made.jobs)} outsourced jobs")
        asked = options["rounds"] if options["rounds"] is not None else 36 if total <= MANY else 0
        statistics.gather()
        rounds = min(asked, 12 * options["years"])
        if rounds:
            Archivist(chance, plant, timezone.make_aware(since)).bring_in()
        Jury(chance, plant, present).award(timezone.make_aware(since), rounds, lambda done: self._rounds(done, rounds))
        if options["jobs"]:
            self._oversee(plant, random.Random(options["seed"] + 2), present)  # noqa: S311
        checkpoints.gather("demo")
        signs.write(plant, Path(os.environ.get("ASSAY_SIGN_INS", settings.BASE_DIR / "var" / "sign-ins.txt")))

    def _oversee(self, plant: Plant, chance: random.Random, present: datetime) -> None:
        """Draws, what the inspectors sealed, what was found, the monthly checks: each stands on the one before."""
        # Findings are opened below, the earlier ones set-based: until then they have no rules, and each would say so.
        logging.getLogger("maintenance_audit.findings.opening").setLevel(logging.ERROR)
        records = inspections.Records(plant, chance)
        before = earlier.Earlier(plant, random.Random(chance.getrandbits(32)))  # noqa: S311
        audited = lots.seed(plant, chance, present, inspect=records.inspect, before=before.write)
        self._say(f"{len(audited.decided)} lots decided")
        inspections.seed(plant, chance, present, lot=audited.inspected)
        findings.seed(plant, chance, present)
        with transaction.atomic():
            assessments.seed(plant, chance, present)
        self._say(f"{Finding.objects.count()} findings")
        with transaction.atomic():
            circles.seed(plant, chance, present)
        measures.seed(plant, chance, present)

    def _only_a_demo(self) -> None:
        if not settings.DEMO:
            raise CommandError("This database does not say DEMO (ASSAY_DEMO=1): nothing was written.")
        if Person.objects.exists() or Case.objects.exists():
            raise CommandError("The database is not empty: nothing was written.")

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")

    def _rounds(self, done: int, total: int) -> None:
        self._bar(done, total, "award rounds")

    def _bar(self, done: int, total: int, of: str = "cases") -> None:
        share = done / max(total, 1)
        bar = "#" * int(share * 30)
        end = "\n" if done >= total else "\r" if sys.stdout.isatty() else "\n"
        self.stdout.write(f"  [{bar:<30}] {done} of {total} {of}", ending=end)
        self.stdout.flush()
