"""What the checks of drawn jobs come to. Inspections and findings call these inside their own transactions, holding
their own case's lock; here the lot's is taken behind it, never the other way round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from viewflow.workflow.models import Process

from maintenance_audit.lots import ceremony, checking
from maintenance_audit.lots.models import Assignment, Draw, DrawnJob, Lot, LotState, Nonce, Party, Pointing, Result, Why
from maintenance_audit.lots.models.lot import TOP
from workflows.engine.errors import BadMove
from workflows.engine.waking import wake
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Person, Role
from workflows.store.gathering import change

_replies: list[Callable[[Lot], int]] = []


def register_replies(outstanding: Callable[[Lot], int]) -> None:
    """How many findings of the lot are neither confirmed nor withdrawn: a lot is not decided before."""
    if outstanding not in _replies:
        _replies.append(outstanding)


def replies_out(lot: Lot) -> int:
    return sum(outstanding(lot) for outstanding in _replies)


def sealed(assignment: Assignment) -> bool:
    """One record is sealed. Returns whether both forms of its job are. The tier's last publishes the lead's nonce."""
    draw = _locked(assignment.drawn_job.draw_id)
    done = Assignment.objects.filter(pk=assignment.pk, sealed_at=None, ended_at=None).update(sealed_at=now())
    if done:
        said = {"form": assignment.form, "job": assignment.drawn_job.lot_job.number, "tier": draw.tier}
        append(subject=f"case:{draw.lot.case_id}", event="maintenance_audit.record.sealed", payload=said)
        _look_at_tier(draw)
    return both_sealed(assignment.drawn_job)


def both_sealed(drawn_job: DrawnJob) -> bool:
    return Assignment.objects.filter(drawn_job=drawn_job, ended_at=None, sealed_at__isnull=False).count() == 2


def conclude(drawn_job: DrawnJob, *, result: Result | str, critical: bool = False, disputed: bool = False) -> None:
    """Compared and, where the forms disagreed, adjudicated. Once."""
    draw = _locked(drawn_job.draw_id)
    fresh = DrawnJob.objects.select_related("lot_job").get(pk=drawn_job.pk)
    if fresh.concluded_at is not None:
        return
    fresh.result, fresh.critical, fresh.disputed = Result(result), critical, disputed
    fresh.concluded_at = now()
    fresh.compared_at = fresh.compared_at or fresh.concluded_at
    fresh.save(update_fields=["result", "critical", "disputed", "concluded_at", "compared_at"])
    _say_result(draw, fresh, "concluded", {})
    _look_at_tier(draw)


def compared(drawn_job: DrawnJob, *, disputed: bool) -> None:
    """Both forms are open beside each other; adjudication may still be out."""
    DrawnJob.objects.filter(pk=drawn_job.pk, compared_at=None).update(compared_at=now(), disputed=disputed)


def revise(drawn_job: DrawnJob, *, result: Result | str, critical: bool, reasons: str, by: Person | None) -> None:
    """An upper tier changes a verdict, or the contractor supplied proof: why is on record. Not after the decision."""
    draw = _locked(drawn_job.draw_id)
    if draw.lot.decided_at is not None:
        raise BadMove(_("The lot is decided; its results stand."))
    fresh = DrawnJob.objects.select_related("lot_job").get(pk=drawn_job.pk)
    if fresh.concluded_at is None or (fresh.result == result and fresh.critical == critical):
        return
    fresh.result, fresh.critical = Result(result), critical
    fresh.save(update_fields=["result", "critical"])
    _say_result(draw, fresh, "revised", {"by": by.employee_no if by else None, "reasons": reasons})


def drawn_below(drawn_job: DrawnJob) -> DrawnJob | None:
    """The teams' drawn job that this one of an upper tier re-checks."""
    below = DrawnJob.objects.filter(lot_job=drawn_job.lot_job_id, draw__tier__lt=drawn_job.draw.tier)
    return below.order_by("draw__tier").first()


def _locked(draw_id: int) -> Draw:
    """Behind the lock of the lot's case, which every act on the lot takes first."""
    found = Draw.objects.filter(pk=draw_id).values_list("lot__case__process", flat=True)
    list(Process.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=found).values_list("pk"))
    return Draw.objects.select_related("lot__case", "lot__workshop", "lot__contractor").get(pk=draw_id)


def _look_at_tier(draw: Draw) -> None:
    """The last record seals the tier; the last result lets the lot go on."""
    if draw.sealed_at is None and not still_out(draw).exists():
        draw.sealed_at = now()
        draw.save(update_fields=["sealed_at"])
        _stand(draw, LotState.INSPECTED)
        _publish(draw)
        checking.all_sealed(draw)
    if draw.sealed_at is None or draw.concluded_at is not None:
        return
    if DrawnJob.objects.filter(draw=draw, concluded_at=None).exists():
        return
    draw.concluded_at = now()
    draw.save(update_fields=["concluded_at"])
    _stand(draw, LotState.ADJUDICATED)
    wake(draw.lot.case_id, "inspecting", why={"tier": draw.tier})


def _stand(draw: Draw, state: LotState) -> None:
    draw.lot.state = state
    change(draw.lot, "state")


def still_out(draw: Draw) -> QuerySet[DrawnJob]:
    """Drawn jobs that lack a sealed record in one of the forms, and were not concluded without."""
    sealed = Count("assignments", filter=Q(assignments__ended_at=None, assignments__sealed_at__isnull=False))
    return DrawnJob.objects.filter(draw=draw, concluded_at=None).annotate(sealed=sealed).filter(sealed__lt=2)


def _publish(draw: Draw) -> None:
    lead = Nonce.objects.select_related("lot").get(lot=draw.lot_id, round=draw.round, tier=draw.tier, party=Party.LEAD)
    if not lead.nonce:
        ceremony.publish(lead, by=None)
    pointed = DrawnJob.objects.filter(draw=draw, why=Why.POINTED).order_by("place")
    said: dict[str, Any] = {"pointed": list(pointed.values_list("lot_job__number", flat=True)), "tier": draw.tier}
    if draw.tier == TOP:
        upper = Draw.objects.filter(lot=draw.lot_id, tier__gt=1)
        said["strata_salts"] = {str(tier): salt for tier, salt in upper.values_list("tier", "strata_salt")}
    append(subject=f"case:{draw.lot.case_id}", event="maintenance_audit.tier.sealed", payload=said)
    post(
        event="maintenance_audit.tier.sealed",
        key=f"draw:{draw.pk}:sealed",
        recipients={held.person_id for held in roles.holders(Role.AUDIT_LEAD, draw.lot.workshop_id)},
        subject=f"case:{draw.lot.case_id}",
        context={"lot": draw.lot.case.number, "tier": draw.tier},
        url=reverse("lot", args=[draw.lot.case.number]),
    )


def answer_pointers(lot: Lot) -> None:
    """Once the lot is decided whoever pointed at a job reads by the receipt what became of it: the result that stands,
    of the lowest tier that checked it. Earlier, a receipt would tell those who check it anew."""
    drawn = DrawnJob.objects.filter(draw__lot=lot).exclude(result="").order_by("-draw__tier")
    stands = dict(drawn.values_list("lot_job__job", "result"))
    for result in Result:
        jobs = [job for job, found in stands.items() if found == result]
        Pointing.objects.filter(taken_into=lot, job__in=jobs).update(answer=result)


def _say_result(draw: Draw, one: DrawnJob, what: str, more: dict[str, object]) -> None:
    said = {
        "critical": one.critical, "disputed": one.disputed, "job": one.lot_job.number, "result": one.result,
        "tier": draw.tier,
    }  # fmt: skip
    append(subject=f"case:{draw.lot.case_id}", event=f"maintenance_audit.result.{what}", payload=said | more)
