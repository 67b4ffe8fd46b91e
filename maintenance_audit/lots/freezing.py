"""Freezing 冻结: the job list, who may be drawn, and the plan, as they are then. Nothing of it changes later."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.lots import independence, reasons, sampling, settlement, standing, switching
from maintenance_audit.lots.models import EligibleInspector, Lot, LotJob, LotState
from maintenance_audit.lots.redraw import frame_digest
from maintenance_audit.lots.rules import rules_of
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences
from workflows.organisation.models import Role, RoleHolding, Unit, UnitKind
from workflows.store.gathering import change

AT = {1: UnitKind.TEAM, 2: UnitKind.SECTION, 3: UnitKind.WORKSHOP}  # who checks in a tier
ENOUGH = 2  # independent people for the two forms of every job
DISCONTINUED, RESUBMITTED = "discontinued", "resubmitted"


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be drawn in a tier; `home`: at a place whose jobs are in the lot."""

    person_id: int
    staff_no: str
    unit_id: int
    home: bool


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def jobs_for(lot: Lot) -> QuerySet[Job]:
    """The contractor's accepted, unsettled jobs up to the month's end that were in no lot yet; of a resubmitted lot
    those of the first that are not settled, and if every job is to be checked those that were not checked."""
    accepted = Job.objects.filter(
        workshop=lot.workshop, contractor=lot.contractor, state=JobState.ACCEPTED, settled_at=None
    )
    if lot.resubmits_id is None:
        before = LotJob.objects.filter(job=OuterRef("pk"), withdrawn_at=None)
        return accepted.filter(~Exists(before), accepted_on__lt=next_month(lot.month))
    again = accepted.filter(lots__lot=lot.resubmits_id, lots__withdrawn_at=None)
    if lot.check_all != RESUBMITTED:
        return again
    return again.exclude(lots__drawn__concluded_at__isnull=False)


def has_jobs(lot: Lot) -> bool:
    return LotJob.objects.filter(lot=lot).exists()


def freeze(lot: Lot) -> None:
    """One moment for jobs, inspectors and plan; the jobs' settlement is held from here on. An empty lot is void."""
    jobs = list(jobs_for(lot).order_by("pk").select_for_update(of=("self",)).values_list("pk", "number", "section_id"))
    if not jobs:
        annul(lot)
        return
    LotJob.objects.bulk_create((LotJob(lot=lot, job_id=pk, number=number) for pk, number, _s in jobs), batch_size=5000)
    lot.frame_digest, lot.frozen_at, lot.state = (
        frame_digest(number for _pk, number, _s in jobs),
        now(),
        LotState.FROZEN,
    )
    _read_off_plan(lot, len(jobs))
    change(lot, "frame_digest", "frozen_at", "state", "aql", "level", "inspection", "code", "sample", "ac", "re",
           "check_all")  # fmt: skip
    listed = {tier: list_inspectors(lot, tier, {pk for pk, _n, _s in jobs}, {s for _pk, _n, s in jobs}) for tier in AT}
    lot.staff_digests = {str(tier): frame_digest(one.staff_no for one in listed[tier]) for tier in AT}
    change(lot, "staff_digests")
    plan = {name: getattr(lot, name) for name in ("aql", "level", "inspection", "code", "sample", "ac", "re")}
    append(
        subject=f"case:{lot.case_id}",
        event="maintenance_audit.lot.frozen",
        payload={
            "check_all": lot.check_all, "frame": lot.frame_digest, "jobs": len(jobs), "plan": plan,
            "staff": lot.staff_digests,
        },
    )  # fmt: skip
    held = sentences.written(reasons.CHECKED, number=lot.case.number)
    settlement.place(lot, [pk for pk, _n, _s in jobs], held)


def annul(lot: Lot) -> None:
    """Nothing is in it, or everything was withdrawn: there is nothing to decide."""
    lot.state = LotState.VOID
    change(lot, "state")
    listed = LotJob.objects.filter(lot=lot).count()
    append(subject=f"case:{lot.case_id}", event="maintenance_audit.lot.void", payload={"jobs": listed})


def _read_off_plan(lot: Lot, size: int) -> None:
    rules, state = rules_of(lot.case).sampling, standing.of(lot.workshop, lot.contractor)
    lot.aql, lot.level, lot.inspection = rules.aql, rules.level, state.inspection
    severity = switching.TIGHTENED if state.inspection == switching.DISCONTINUED else state.inspection
    plan = sampling.plan(size, rules.aql, rules.level, severity)
    lot.code, lot.sample, lot.ac, lot.re = plan.code, plan.n, plan.ac, plan.re
    if state.inspection == switching.DISCONTINUED:
        lot.check_all = DISCONTINUED


# ---------------------------------------------------------------- who may be drawn
def list_inspectors(lot: Lot, tier: int, jobs: Collection[int], sections: Collection[int]) -> list[EligibleInspector]:
    """Who may be drawn: from the places whose jobs are in the lot; too few of them, others are borrowed, and why."""
    candidates = candidates_for(lot, tier, sections)
    out = independence.from_all(lot.workshop, lot.contractor, before=lot)
    free = [one for one in candidates if one.person_id not in out]
    home = [one for one in free if one.home]
    why = "" if _suffice(lot, home, jobs) else sentences.written(reasons.TOO_FEW, n=len(home))
    chosen = home + ([one for one in free if not one.home] if why else [])
    rows = [
        EligibleInspector(
            lot=lot, tier=tier, person_id=one.person_id, staff_no=one.staff_no, unit_id=one.unit_id,
            borrowed_why="" if one.home else why,
        )
        for one in chosen
    ]  # fmt: skip
    return EligibleInspector.objects.bulk_create(rows)


def candidates_for(lot: Lot, tier: int, sections: Collection[int]) -> list[Candidate]:
    """Holders of the role at the tier's units under the workshop, by number; at the workshop the sections' lend.
    Whoever leads the audits rules what a tier found, and is in none above it."""
    kinds = [AT[tier]] if tier < 3 else [UnitKind.WORKSHOP, UnitKind.SECTION]
    paths = Unit.objects.filter(pk__in=list(sections)).values_list("path", flat=True)
    held = RoleHolding.objects.in_force().filter(
        role=Role.INSPECTOR, unit__path__startswith=lot.workshop.path, unit__kind__in=kinds
    )
    held = held.exclude(person__in=independence.leads_of(lot.workshop)) if tier > 1 else held
    found: dict[int, Candidate] = {}
    at_home = tuple(paths) if tier < 3 else ()
    for one in held.select_related("unit", "person").order_by("person__employee_no", "unit__path"):
        home = one.unit.path.startswith(at_home) if tier < 3 else one.unit.kind == UnitKind.WORKSHOP
        known = found.get(one.person_id)
        if known is None or (home and not known.home):
            found[one.person_id] = Candidate(one.person_id, one.person.employee_no, one.unit_id, home)
    return list(found.values())


def _suffice(lot: Lot, people: list[Candidate], jobs: Collection[int]) -> bool:
    """Two for every job, after those who are barred from it."""
    if len(people) < ENOUGH:
        return False
    out = independence.barred(lot, jobs, [one.person_id for one in people])
    return len(people) - max(map(len, out.values()), default=0) >= ENOUGH


def shown(numbers: Iterable[str]) -> str:
    """What a page shows of the jobs to be frozen."""
    return frame_digest(numbers)
