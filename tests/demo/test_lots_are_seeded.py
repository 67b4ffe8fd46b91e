"""The draws of every seeded lot, jobs and inspectors, are repeated from the published record alone."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.demo import earlier, lots
from config.demo.people import Founder
from maintenance_audit.inspections import figures, unsealing
from maintenance_audit.inspections.models import Inspection, Ruling
from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.lots import opening, redraw
from maintenance_audit.lots.models import Assignment, Lot
from maintenance_audit.lots.record import record_of
from maintenance_audit.register.models import Contractor, Equipment
from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit, UnitKind


@pytest.fixture
def plant(db: None) -> Any:
    chance = random.Random(7)
    since = timezone.now() - timedelta(days=400)
    plant = Founder(chance, 60, since).found()
    _hire(plant, since)
    _work(plant, chance)
    return plant


def _hire(plant: Any, since: Any) -> None:
    """Inspectors at each level, a planner, three firms."""
    number = 70000

    def take_on(unit: Unit, role: str, count: int) -> None:
        nonlocal number
        for _n in range(count):
            number += 1
            person = Person.objects.create(
                employee_no=str(number), name=f"{number}", unit=unit, must_change_password=False, joined_on=since.date()
            )
            Posting.objects.create(person=person, unit=unit, starts_at=since)
            RoleHolding.objects.create(person=person, role=role, unit=unit, starts_at=since)

    take_on(plant.workshop, Role.MAINTENANCE_PLANNER, 1)
    take_on(plant.workshop, Role.INSPECTOR, 3)
    for section in plant.sections:
        take_on(section, Role.INSPECTOR, 2)
        for team in plant.teams[section.pk]:
            take_on(team, Role.INSPECTOR, 1)
    for code in ("WW-A", "WW-B", "WW-C"):
        firm = Unit.objects.create(code=code, name=code, kind=UnitKind.CONTRACTOR, parent=plant.company)
        Contractor.objects.create(unit=firm)
        take_on(firm, Role.CONTRACTOR, 2)


def _work(plant: Any, chance: random.Random) -> None:
    """Nine jobs a firm and month: those before the last month are settled."""
    tag = Equipment.objects.create(tag="P-1", name="泵", unit=plant.sections[0])
    today, made = timezone.localdate().replace(day=1), []
    month = today
    for back in range(1, 4):
        month = opening.last_month(month)
        for firm in Unit.objects.filter(kind=UnitKind.CONTRACTOR):
            for n in range(9):
                section = chance.choice(plant.sections)
                settled = timezone.now() - timedelta(days=30 * back - 20) if back > 1 else None
                made.append(
                    Job(
                        number=f"WX-{month:%y%m}-{firm.code}-{n}", title="检修", workshop=plant.workshop,
                        section=section, team=chance.choice(plant.teams[section.pk]), equipment=tag, contractor=firm,
                        state="settled" if settled else "accepted", accepted_on=month + timedelta(days=n + 3),
                        received_at=timezone.now() - timedelta(days=120), settled_at=settled,
                    )
                )  # fmt: skip
    Job.objects.bulk_create(made)
    Claim.objects.bulk_create(
        Claim(
            job=job, key=key, place=place, label=key, measure="h", value=Decimal(20), kind=key, severity="major",
            seen=seen, claimed_at=timezone.now() - timedelta(days=100),
        )
        for job in made
        for place, (key, seen) in enumerate([("hours", "both"), ("headcount", "both"), ("permit", "records")], 1)
    )  # fmt: skip


def test_every_seeded_lot_is_repeated_from_its_record_alone(plant: Any, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = True
    before = Job.objects.filter(settled_at__isnull=False).count()
    written = earlier.Earlier(plant, random.Random(5), months=1).write
    seeded = lots.seed(plant, random.Random(3), timezone.make_naive(timezone.now()), months=1, before=written)
    assert len(seeded.decided) == 3 and all(lot.state == "decided" for lot in seeded.decided)
    from_before = Lot.objects.filter(case__imported=True)
    assert len(from_before) == 3 and {lot.month for lot in from_before} < {lot.month for lot in Lot.objects.all()}
    assert seeded.waits and seeded.ceremony and seeded.inspected
    states = {lot.state for lot in Lot.objects.filter(decided_at=None)}
    assert states == {"draft", "committed", "drawn"}
    assert Job.objects.filter(settled_at__isnull=False).count() == before
    repeated = 0
    for lot in Lot.objects.select_related("case", "workshop", "contractor", "resubmits__case"):
        if lot.frozen_at is None:
            continue
        file = tmp_path / f"{lot.case.number}.json"
        file.write_text(json.dumps(record_of(lot), cls=DjangoJSONEncoder), "utf-8")
        run = subprocess.run(
            [sys.executable, "-I", redraw.__file__, str(file)], capture_output=True, text=True, cwd=tmp_path
        )
        assert run.returncode == 0, run.stdout + run.stderr
        repeated += len(json.loads(file.read_text("utf-8"))["draws"])
    assert repeated == 3 * 3 + 1 + len(from_before)
    lead = plant.holder(Role.AUDIT_LEAD, plant.workshop)[0]
    client = Client()
    client.force_login(lead, backend="workflows.organisation.backends.EmployeeBackend")
    for name in ("lot", "draw_record_page", "case"):
        assert client.get(reverse(name, args=[from_before[0].case.number])).status_code == 200, name
    _its_inspectors_found_something(from_before, client)


def _its_inspectors_found_something(lots: Any, client: Client) -> None:
    """Each record lies sealed in its chain as it is read, and what both forms see is compared over the past month."""
    records = Inspection.objects.filter(drawn_job__draw__lot__in=lots).select_related("case", "assignment")
    assert records.count() == Assignment.objects.filter(drawn_job__draw__lot__in=lots).count() > 0
    for record in records:
        said = unsealing.record_of(record)["answers"]
        found = {f"claim:{one.claim_id}": one for one in record.found.all()}
        assert len(found) == (2 if record.form == "site" else 3)
        assert {key: one.verdict for key, one in found.items()} == {
            key: answer["verdict"] for key, answer in said.items() if key in found
        }
        assert client.get(reverse("case", args=[record.case.number])).status_code == 200
    rulings = Ruling.objects.filter(drawn_job__draw__lot__in=lots).prefetch_related("claim__found")
    for one in rulings:
        verdicts = {sight.verdict for sight in one.claim.found.all()}
        assert one.verdict in verdicts and one.agreed == (len(verdicts) == 1)
        assert one.agreed or (one.reasons and one.drawn_job.disputed)
    month = lots[0].month
    told = figures.of_workshops([lots[0].workshop_id], since=month, until=month).all
    assert told.agreement.pairs + told.cannot == 2 * records.filter(form="site").count()
    assert told.agreement.raw and told.agreement.raw > 0.9
    page = client.get(reverse("agreement"), {"since": f"{month:%Y-%m}", "until": f"{month:%Y-%m}"})
    assert page.context["told"].agreement == told.agreement
    everywhere = client.get(reverse("agreement"))
    rows, text = everywhere.context["pairs"], everywhere.content.decode()
    assert len(rows) > 8 and "显示其余" in text and text.index("两种检查各看到什么") < text.index(rows[0].who)
    assert all(row.who in text for row in rows), "folded away, not left out"
    assert client.get(reverse("comparison", args=[records[0].drawn_job_id])).status_code == 200
