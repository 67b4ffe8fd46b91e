"""The lot decision 批判定: the teams' nonconforming drawn jobs against Ac and Re; a critical one decides alone."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import floor

from django.urls import reverse

from maintenance_audit.lots import reasons, results, sampling, settlement, standing, switching
from maintenance_audit.lots.models import DrawnJob, Lot, LotJob, LotState, Result
from maintenance_audit.lots.models.draw import COUNTED
from workflows.ledger import checkpoints
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Role
from workflows.store.gathering import change


@dataclass(frozen=True)
class Verdict:
    """What the results come to. `checked`: drawn jobs of T1, extras not among them."""

    checked: int
    nonconforming: int
    ac: int
    critical: bool

    @property
    def accepted(self) -> bool:
        return self.nonconforming <= self.ac and not self.critical


def verdict_of(lot: Lot) -> Verdict:
    """The unit is the drawn T1 job, as it stands after T2 and T3; critical ones count wherever they were found."""
    counted = DrawnJob.objects.filter(draw__lot=lot, draw__tier=1, why__in=COUNTED)
    found = counted.filter(result=Result.NONCONFORMING).count()
    checked = counted.count()
    critical = DrawnJob.objects.filter(draw__lot=lot, critical=True).exists()
    return Verdict(checked, found, limit_of(lot, checked), critical)


def limit_of(lot: Lot, checked: int) -> int:
    """Ac as frozen. It is meant for the sample: where every job was checked instead, the lot's own share is known, and
    the lot holds if that share is not above the AQL."""
    ac = lot.ac or 0
    if not lot.check_all or checked <= (lot.sample or 0):
        return ac
    return max(ac, floor(checked * Decimal(lot.aql) / 100))


def acceptable_one_step_tighter(lot: Lot, verdict: Verdict) -> bool:
    size = LotJob.objects.filter(lot=lot).count()
    inspection = lot.inspection if lot.inspection in sampling.INSPECTIONS else switching.TIGHTENED
    tighter = sampling.plan(size, sampling.tighter(lot.aql), lot.level, inspection)
    return verdict.nonconforming <= tighter.ac and not verdict.critical


def decide(lot: Lot) -> None:
    """On record, signed by a checkpoint; the contractor's switching moves on, holds go or stay."""
    verdict = verdict_of(lot)
    lot.nonconforming, lot.critical, lot.accepted = verdict.nonconforming, verdict.critical, verdict.accepted
    lot.decided_at, lot.state = now(), LotState.DECIDED
    change(lot, "nonconforming", "critical", "accepted", "decided_at", "state")
    results.answer_pointers(lot)
    append(
        subject=f"case:{lot.case_id}",
        event="maintenance_audit.lot.decided",
        payload={
            "ac": verdict.ac, "accepted": verdict.accepted, "checked": verdict.checked, "critical": verdict.critical,
            "nonconforming": verdict.nonconforming,
        },
    )  # fmt: skip
    if lot.resubmits_id is None:
        tighter = acceptable_one_step_tighter(lot, verdict)
        standing.after_lot(lot, switching.Outcome(verdict.accepted, lot.ac or 0, tighter))
    _let_go(lot, verdict)
    checkpoints.gather("lot decision")
    _tell(lot)


def _let_go(lot: Lot, verdict: Verdict) -> None:
    """Accepted: every job of the lot. Not accepted: those that were checked; the others stay held."""
    jobs = LotJob.objects.filter(lot=lot)
    if not verdict.accepted:
        jobs = jobs.filter(drawn__concluded_at__isnull=False).distinct()
    why = reasons.LOT_ACCEPTED if verdict.accepted else reasons.JOB_CHECKED
    ids = list(jobs.values_list("job_id", flat=True))
    settlement.release(lot, ids, sentences.written(why, number=lot.case.number))


def _tell(lot: Lot) -> None:
    people = set()
    for role, unit in (
        (Role.CONTRACTOR, lot.contractor_id), (Role.MAINTENANCE_PLANNER, lot.workshop_id),
        (Role.UNION_REPRESENTATIVE, lot.workshop_id),
    ):  # fmt: skip
        people |= {held.person_id for held in roles.holders(role, unit)}
    post(
        event="maintenance_audit.lot.accepted" if lot.accepted else "maintenance_audit.lot.not_accepted",
        key=f"lot:{lot.pk}:decided",
        recipients=people,
        subject=f"case:{lot.case_id}",
        context={"lot": lot.case.number, "contractor": lot.contractor.name},
        url=reverse("draw_record_page", args=[lot.case.number]),
    )


def unchecked(lot: Lot) -> int:
    """Jobs that a decision against the lot keeps from being settled."""
    checked = DrawnJob.objects.filter(draw__lot=lot, concluded_at__isnull=False).values("lot_job")
    return LotJob.objects.filter(lot=lot, withdrawn_at=None).exclude(pk__in=checked).count()
