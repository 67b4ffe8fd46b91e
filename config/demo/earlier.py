"""Decided lots of the months before those that `lots` walks: written set-based as they came in from before, each with a
draw of the teams' tier that its record repeats, and what its inspectors found. Nobody decided them here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from config.demo.earlier_records import EarlierRecords
from config.demo.inspections import less
from config.demo.people import Plant
from maintenance_audit.inspections.models import Ruling, Verdict
from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.lots import freezing, independence, opening, redraw, sampling, switching
from maintenance_audit.lots.deciding import Verdict as Decision
from maintenance_audit.lots.models import (
    Assignment,
    Draw,
    DrawnJob,
    EligibleInspector,
    Lot,
    LotJob,
    Nonce,
    Party,
    Switching,
    Why,
)
from maintenance_audit.lots.models.draw import COUNTED
from workflows.engine.models import Case, RuleVersion
from workflows.engine.opening import next_number, vector
from workflows.ledger.clock import injected
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, Unit

MONTHS = 12
# Of a thousand claims so many are false or cannot be verified; how grave the false ones are.
FALSE, UNCLEAR, GRAVE = 20, 12, ("minor",) * 7 + ("major",) * 4 + ("critical",)
NATURES = {"critical": "old_part"}


@dataclass
class Written:
    """Rows that wait for one insert each; inspectors and assignments need the keys of what comes before."""

    drawn: list[DrawnJob] = field(default_factory=list)
    seats: list[Assignment] = field(default_factory=list)
    nonces: list[Nonce] = field(default_factory=list)
    staff: list[EligibleInspector] = field(default_factory=list)


class Earlier:
    """`write(firms, before)`: so many months that end before the month `before`."""

    def __init__(self, plant: Plant, chance: random.Random, months: int = MONTHS) -> None:
        self.plant, self.chance, self.months = plant, chance, months

    def write(self, firms: list[Unit], before: date) -> None:
        self.rules = RuleVersion.objects.get(kind="lot", unit=self.plant.workshop, state="published")
        self.terms = self.rules.content["sampling"]
        months = [opening.last_month(before)]
        while len(months) < self.months:
            months.insert(0, opening.last_month(months[0]))
        states = {firm.pk: switching.State() for firm in firms}
        rows = Written()
        self.rulings: list[Ruling] = []
        self.records = EarlierRecords(self.chance, self._lead())
        last: dict[int, Lot] = {}
        for month, firm in ((month, firm) for month in months for firm in firms):
            lot = self._lot(firm, month, states, rows)
            if lot is not None:
                last[firm.pk] = lot
        Nonce.objects.bulk_create(rows.nonces)
        EligibleInspector.objects.bulk_create(rows.staff)
        Assignment.objects.bulk_create(rows.seats, batch_size=2000)
        Ruling.objects.bulk_create(self.rulings, batch_size=2000)
        with transaction.atomic():  # entries of the ledger are among them
            self.records.write(rows.seats)
        for firm in firms:
            kept = {
                "state": switching.to_json(states[firm.pk]),
                "changed_at": timezone.now(),
                "after_lot": last.get(firm.pk),
            }
            Switching.objects.update_or_create(workshop=self.plant.workshop, contractor=firm, defaults=kept)

    def _lot(self, firm: Unit, month: date, states: dict[int, switching.State], rows: Written) -> Lot | None:
        end = freezing.next_month(month)
        jobs = list(Job.objects.filter(workshop=self.plant.workshop, contractor=firm, accepted_on__gte=month,
                                       accepted_on__lt=end).exclude(state="cancelled").select_related("equipment")
                    .order_by("number"))  # fmt: skip
        if not jobs:
            return None
        moment = timezone.make_aware(datetime(end.year, end.month, 1, 9))  # noqa: DTZ001
        lot = self._frozen(firm, month, jobs, states[firm.pk], moment)
        frame = LotJob.objects.bulk_create(LotJob(lot=lot, job=job, number=job.number) for job in jobs)
        made = self._draw(lot, frame, rows, moment)
        self._check(lot, made, moment + timedelta(days=6))
        decided = Decision(
            sum(one.why in COUNTED for one in made), sum(_counts(one) for one in made), lot.ac or 0,
            any(one.critical for one in made),
        )  # fmt: skip
        lot.nonconforming, lot.critical, lot.accepted = decided.nonconforming, decided.critical, decided.accepted
        lot.decided_at, lot.state = moment + timedelta(days=8), "decided"
        lot.save()
        tighter = sampling.plan(len(jobs), sampling.tighter(lot.aql), lot.level, "normal").ac >= decided.nonconforming
        outcome = switching.Outcome(decided.accepted, lot.ac or 0, tighter and decided.accepted)
        states[firm.pk] = switching.after_lot(states[firm.pk], outcome)
        if states[firm.pk].inspection == switching.DISCONTINUED:
            states[firm.pk] = switching.improvement_accepted(states[firm.pk])
        return lot

    def _frozen(self, firm: Unit, month: date, jobs: list[Job], state: switching.State, moment: datetime) -> Lot:
        plan = sampling.plan(len(jobs), self.terms["aql"], self.terms["level"], state.inspection)
        with injected(moment):
            number = next_number("PC")
        title = f"{firm.name} {month:%Y-%m}"
        over = moment + timedelta(days=8)
        case = Case.objects.create(
            token=UUID(int=self.chance.getrandbits(128), version=4), number=number, kind="lot", title=title,
            unit=self.plant.workshop, author=self._lead(), rules=self.rules, state="closed", standing="decided",
            content_digest="0" * 64, filed_at=moment, moved_at=over, closed_at=over, imported=True,
            search=vector(title),
        )  # fmt: skip
        return Lot.objects.create(
            case=case, workshop=self.plant.workshop, contractor=firm, month=month, state="frozen",
            aql=self.terms["aql"], level=self.terms["level"], inspection=state.inspection, code=plan.code,
            sample=plan.n, ac=plan.ac, re=plan.re, frozen_at=moment,
            frame_digest=redraw.frame_digest(job.number for job in jobs),
        )  # fmt: skip

    def _draw(self, lot: Lot, frame: list[LotJob], rows: Written, moment: datetime) -> list[DrawnJob]:
        nonces = dict(self._nonces(lot, rows, moment))
        seed = redraw.seed_of(lot.frame_digest, [nonces[party] for party in redraw.PARTIES])
        by_number = {one.number: one for one in frame}
        order = redraw.draw_jobs(seed, by_number, min(lot.sample or 0, len(frame)))
        extras = [one.number for one in frame if one.job.repeats_id and one.number not in order]
        staff = self._staff(lot, frame, rows)
        draw = Draw.objects.create(
            lot=lot, tier=1, round=1, seed=seed, size=len(order), strata=[{"size": len(order)}], staff=sorted(staff),
            staff_digest=redraw.frame_digest(staff), drawn_at=moment + timedelta(hours=5),
            sealed_at=moment + timedelta(days=5), concluded_at=moment + timedelta(days=6),
        )  # fmt: skip
        over = {"result": "conforming", "compared_at": draw.concluded_at, "concluded_at": draw.concluded_at}
        made = DrawnJob.objects.bulk_create(
            DrawnJob(
                draw=draw, lot_job=by_number[number], place=place, rank_digest=redraw.digest(f"{seed}|{number}"),
                why=Why.DRAWN if number in order else Why.REPEAT, **over,
            )
            for place, number in enumerate([*order, *extras], 1)
        )  # fmt: skip
        numbers = {person: number for number, person in staff.items()}
        out = independence.barred(lot, [one.lot_job.job_id for one in made], numbers)
        barred = {one.lot_job.number: {numbers[pk] for pk in out.get(one.lot_job.job_id, ())} for one in made}
        draw.barred = {number: sorted(who) for number, who in sorted(barred.items()) if who}
        draw.save(update_fields=["barred"])
        chosen = redraw.draw_inspectors(
            redraw.inspector_seed(seed, nonces[Party.LEAD]), [one.lot_job.number for one in made], sorted(staff), barred
        )
        rows.seats += [
            Assignment(drawn_job=one, form=form, person_id=staff[who], assigned_at=draw.drawn_at,
                       sealed_at=draw.sealed_at)
            for one in made for form, who in chosen[one.lot_job.number].items() if who is not None
        ]  # fmt: skip
        return made

    def _nonces(self, lot: Lot, rows: Written, moment: datetime) -> Iterator[tuple[str, str]]:
        shop = lot.workshop_id
        speak = {
            Party.CONTRACTOR: (Role.CONTRACTOR, lot.contractor_id),
            Party.WORKSHOP: (Role.MAINTENANCE_PLANNER, shop),
            Party.UNION: (Role.UNION_REPRESENTATIVE, shop),
            Party.LEAD: (Role.AUDIT_LEAD, shop),
        }
        people = {party: roles.holders(*seat)[0].person_id for party, seat in speak.items()}
        for n, (party, person) in enumerate(people.items(), 1):
            nonce = f"{self.chance.getrandbits(128):032x}"
            rows.nonces.append(Nonce(
                lot=lot, round=1, tier=1, party=party, person_id=person, nonce=nonce,
                commitment=redraw.commitment(lot.case.number, 1, party, nonce),
                committed_at=moment + timedelta(hours=n), revealed_at=moment + timedelta(hours=n + 1),
            ))  # fmt: skip
            yield party, nonce

    def _staff(self, lot: Lot, frame: list[LotJob], rows: Written) -> dict[str, int]:
        found = freezing.candidates_for(lot, 1, {one.job.section_id for one in frame})
        rows.staff += [
            EligibleInspector(lot=lot, tier=1, person_id=one.person_id, staff_no=one.staff_no, unit_id=one.unit_id)
            for one in found
        ]
        staff = {one.staff_no: one.person_id for one in found}
        lot.staff_digests = {"1": redraw.frame_digest(staff)}
        return staff

    def _check(self, lot: Lot, made: list[DrawnJob], moment: datetime) -> None:
        """Each claim as the two found it; a job by its gravest claim."""
        claims: dict[int, list[Claim]] = {}
        for claim in Claim.objects.filter(job__in=[one.lot_job.job_id for one in made]).order_by("place"):
            claims.setdefault(claim.job_id, []).append(claim)
        for one in made:
            rulings = [self._ruling(one, claim, moment) for claim in claims.get(one.lot_job.job_id, [])]
            grave = {ruling.severity for ruling in rulings if ruling.verdict != Verdict.CONFORMING}
            for ruling in rulings:
                self.records.sight(ruling)
            one.critical, one.disputed = "critical" in grave, any(not ruling.agreed for ruling in rulings)
            one.result = "nonconforming" if grave - {"minor"} else "conforming"
            self.rulings += rulings
        DrawnJob.objects.bulk_update(made, ["result", "critical", "disputed"])

    def _ruling(self, drawn: DrawnJob, claim: Claim, moment: datetime) -> Ruling:
        luck, said = self.chance.randrange(1000), Ruling(drawn_job=drawn, claim=claim, agreed=True, ruled_at=moment)
        said.verdict, said.value = Verdict.CONFORMING, claim.value
        if luck < FALSE:
            said.verdict, said.severity = Verdict.NONCONFORMING, self.chance.choice(GRAVE)
            said.nature = NATURES.get(said.severity, "")
            said.value = None if claim.value is None else less(claim)
        elif luck < FALSE + UNCLEAR:
            said.verdict, said.severity, said.value = Verdict.CANNOT_VERIFY, "minor", None
        return said

    def _lead(self) -> Person:
        return self.plant.holder(Role.AUDIT_LEAD, self.plant.workshop)[0]


def _counts(drawn: DrawnJob) -> bool:
    return drawn.why in COUNTED and drawn.result == "nonconforming"
