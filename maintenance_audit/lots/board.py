"""What the pages of a lot show, read in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q

from maintenance_audit.jobs.models import Job
from maintenance_audit.lots import checking, pictures, record, redraw, withholding
from maintenance_audit.lots.ceremony import SEED_PARTIES
from maintenance_audit.lots.freezing import DISCONTINUED, RESUBMITTED
from maintenance_audit.lots.models import Assignment, Draw, DrawnJob, EligibleInspector, Lot, LotJob, Nonce, Party, Why
from maintenance_audit.lots.models.draw import COUNTED
from workflows.engine.models import Step, Waiver
from workflows.organisation.models import Person

LISTED = 200  # of a frame on one page; the record has them all


@dataclass(frozen=True)
class FormSeal:
    """Of one form of a drawn job nobody reads more than this before the job is compared."""

    state: str  # sealed, open, late
    name: str  # of the inspector, once the tier is sealed


@dataclass(frozen=True)
class Row:
    job: DrawnJob
    forms: list[FormSeal]
    replaced: int
    compared: str  # where both its records are read, by whoever may
    why: str  # it is checked, where that may be told and goes without saying otherwise


@dataclass(frozen=True)
class Part:
    """One party of a round and tier: what it committed, what it showed."""

    party: Party
    nonce: Nonce | None
    due: str  # it is its turn to commit, to reveal; empty: it is not

    @property
    def label(self) -> Any:
        return self.party.label


@dataclass
class Tier:
    draw: Draw
    parts: list[Part]  # whose nonces made its seed
    rows: list[Row]
    staff: list[EligibleInspector]
    sealed: int
    forms: int
    ranked: bool  # listed by rank, with why each is checked; else by number
    told: bool  # is what it drew from told, too?

    @property
    def counted(self) -> list[Row]:
        return [row for row in self.rows if row.job.why in COUNTED]

    @property
    def by_form(self) -> tuple[str, str]:
        return redraw.FORMS


@dataclass(frozen=True)
class Round:
    number: int
    parts: list[Part]


class Board:
    def __init__(self, lot: Lot, step: Step | None, person: Person) -> None:
        self.lot, self.step, self.person = lot, step, person

    @cached_property
    def withheld(self) -> set[int]:
        """Jobs whose results the reader may not know yet: they check them for an upper tier."""
        if not withholding.inspects(self.person):
            return set()
        mine = withholding.jobs_withheld_from(self.person)
        return set(mine.filter(lots__lot=self.lot).values_list("pk", flat=True))

    @cached_property
    def nonces(self) -> list[Nonce]:
        return list(Nonce.objects.filter(lot=self.lot).select_related("person"))

    @cached_property
    def rounds(self) -> list[Round]:
        """Of the present tier, the newest round first: the parties side by side."""
        tier = self.lot.tier
        numbers = sorted({one.round for one in self.nonces} | {self.lot.round}, reverse=True)
        return [Round(number, [self._part(number, tier, party) for party in Party]) for number in numbers]

    def _part(self, number: int, tier: int, party: Party) -> Part:
        kept = (one for one in self.nonces if (one.round, one.tier, one.party) == (number, tier, party))
        whose, _, what = (self.step.node if self.step else "").partition("_")
        due = what if number == self.lot.round and whose == party and what in ("commitment", "reveal") else ""
        return Part(party, next(kept, None), due)

    @cached_property
    def tiers(self) -> list[Tier]:
        draws = list(Draw.objects.filter(lot=self.lot).order_by("-tier"))
        jobs: dict[int, list[DrawnJob]] = {}
        drawn = DrawnJob.objects.filter(draw__in=draws).select_related("lot_job__job__equipment", "draw")
        for one in drawn:
            jobs.setdefault(one.draw_id, []).append(one)
        seated: dict[int, list[Assignment]] = {}
        for row in Assignment.objects.filter(drawn_job__draw__in=draws).select_related("person").order_by("pk"):
            seated.setdefault(row.drawn_job_id, []).append(row)
        open_forms = [row.pk for rows in seated.values() for row in rows if row.sealed_at is None]
        self.overdue = checking.overdue(open_forms) if open_forms else set()
        self.compared = checking.compared(self.person, [one.pk for one in drawn if one.compared_at])
        staff: dict[int, list[EligibleInspector]] = {}
        for who in self.eligible:
            staff.setdefault(who.tier, []).append(who)
        told = record.is_told(self.lot, draws)
        return [self._tier(one, jobs.get(one.pk, []), seated, staff.get(one.tier, []), told) for one in draws]

    def _tier(
        self,
        draw: Draw,
        jobs: list[DrawnJob],
        seated: dict[int, list[Assignment]],
        staff: list[EligibleInspector],
        told: bool,
    ) -> Tier:
        opened = draw.sealed_at is not None
        for job in jobs:
            if job.lot_job.job_id in self.withheld:
                job.concluded_at = None
        shown = [job for job in jobs if opened or job.why != Why.POINTED]
        ranked = record.is_open(draw)
        if not ranked:
            shown.sort(key=lambda job: job.lot_job.number)
        rows = [self._row(job, seated.get(job.pk, []), opened, ranked) for job in shown]
        forms = [form for row in rows for form in row.forms]
        parts = [self._part(draw.round, draw.tier, party) for party in Party]
        done = sum(form.state == "sealed" for form in forms)
        return Tier(draw, parts, rows, staff, done, len(forms), ranked, told or draw.tier == 1)

    def _row(self, job: DrawnJob, rows: list[Assignment], opened: bool, ranked: bool) -> Row:
        forms = []
        for form in redraw.FORMS:
            one = next((row for row in rows if row.form == form and row.ended_at is None), None)
            state = "none" if one is None else self._state(one)
            forms.append(FormSeal(state, one.person.name if one and opened else ""))
        replaced = sum(row.reserve > 0 for row in rows) if opened else 0
        why = str(job.get_why_display()) if ranked and job.why != Why.DRAWN else ""
        return Row(job, forms, replaced, self.compared.get(job.pk, ""), why)

    def _state(self, one: Assignment) -> str:
        if one.sealed_at is not None:
            return "sealed"
        return "late" if one.pk in self.overdue else "open"

    @cached_property
    def eligible(self) -> list[EligibleInspector]:
        rows = EligibleInspector.objects.filter(lot=self.lot).select_related("person", "unit")
        return list(rows.order_by("tier", "staff_no"))

    @property
    def present(self) -> Tier | None:
        return next((tier for tier in self.tiers if tier.draw.tier == self.lot.tier), None)

    @cached_property
    def counts(self) -> dict[str, int]:
        frame = LotJob.objects.filter(lot=self.lot)
        return frame.aggregate(all=Count("pk"), withdrawn=Count("pk", filter=Q(withdrawn_at__isnull=False)))

    @cached_property
    def frame(self) -> list[LotJob]:
        rows = LotJob.objects.filter(lot=self.lot).select_related("job__equipment", "job__section", "withdrawn_by")
        return list(rows.order_by("number")[:LISTED])

    @property
    def curve(self) -> pictures.Curve | None:
        if self.lot.sample is None or self.lot.ac is None:
            return None
        return pictures.operating_characteristic(self.lot.sample, self.lot.ac, self.lot.aql)

    @cached_property
    def marks(self) -> list[pictures.Mark]:
        """The first tier's jobs on the line of digests."""
        tier = next((one for one in self.tiers if one.draw.tier == 1), None)
        if tier is None or not tier.draw.seed:
            return []
        there = {one.job.lot_job.number for one in tier.counted}
        skipped = {one.number for one in self.frame if one.withdrawn_at}
        numbers = [one.number for one in self.frame if one.number not in skipped]
        ranked = redraw.ranked(tier.draw.seed, numbers)
        return pictures.line([(one, redraw.digest(f"{tier.draw.seed}|{one}")) for one in ranked], there)

    @property
    def sixteenths(self) -> list[pictures.Tick]:
        return pictures.SIXTEENTHS

    @cached_property
    def waivers(self) -> list[Waiver]:
        rows = Waiver.objects.filter(case=self.lot.case_id).select_related("person", "asked_by", "answered_by")
        return list(rows)

    @property
    def why_all(self) -> str:
        """Why every job is checked, as a word that the template says."""
        known = {*SEED_PARTIES, DISCONTINUED, RESUBMITTED}
        return self.lot.check_all if self.lot.check_all in known else ""

    @cached_property
    def readable(self) -> set[int]:
        """Jobs of the lot whose own page this person may open."""
        jobs = LotJob.objects.filter(lot=self.lot).values("job")
        return set(Job.objects.visible_to(self.person).filter(pk__in=jobs).values_list("pk", flat=True))
