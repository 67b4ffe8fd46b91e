"""The published record of a lot's draws: what `redraw.py` reads, and what the public page shows. Nothing early in it.

Who checks, and what workers pointed at, comes in when the tier's last record is sealed; which jobs passed, when nobody
checks them for an upper tier any more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from maintenance_audit.lots.models import Assignment, Draw, DrawnJob, EligibleInspector, Lot, LotJob, Nonce, Why
from maintenance_audit.lots.models.lot import TOP
from workflows.ledger.canonical import moment_text

FORMAT = "assay-draw/2"


def record_of(lot: Lot) -> dict[str, Any]:
    """The same number of statements for ten jobs as for a hundred thousand."""
    return {
        "format": FORMAT,
        "lot": lot.case.number,
        "workshop": lot.workshop.name,
        "contractor": lot.contractor.name,
        "month": f"{lot.month:%Y-%m}",
        "resubmits": lot.resubmits.case.number if lot.resubmits else None,
        "state": lot.state,
        "plan": {
            "aql": lot.aql, "level": lot.level, "inspection": lot.inspection, "code": lot.code, "n": lot.sample,
            "ac": lot.ac, "re": lot.re, "check_all": lot.check_all,
        },
        "frozen_at": _moment(lot.frozen_at),
        "frame_digest": lot.frame_digest,
        "eligible_digests": lot.staff_digests,
        "jobs": _jobs(lot),
        "nonces": [_nonce(one) for one in Nonce.objects.filter(lot=lot).select_related("person")],
        "draws": _draws(lot),
        "decision": _decision(lot),
    }  # fmt: skip


def _jobs(lot: Lot) -> list[dict[str, Any]]:
    rows = LotJob.objects.filter(lot=lot).values_list("number", "withdrawn_at", "withdrawn_why")
    jobs = [{"number": number, "withdrawn": at is not None} | ({"why": why} if at else {}) for number, at, why in rows]
    return sorted(jobs, key=lambda job: str(job["number"]))


def _nonce(one: Nonce) -> dict[str, Any]:
    return {
        "round": one.round, "tier": one.tier, "party": one.party, "person": one.person.name,
        "commitment": one.commitment, "committed_at": _moment(one.committed_at), "nonce": one.nonce,
        "revealed_at": _moment(one.revealed_at), "withheld_at": _moment(one.withheld_at),
    }  # fmt: skip


def _draws(lot: Lot) -> list[dict[str, Any]]:
    draws = list(Draw.objects.filter(lot=lot))
    drawn: dict[int, list[DrawnJob]] = {}
    for one in DrawnJob.objects.filter(draw__lot=lot).select_related("lot_job"):
        drawn.setdefault(one.draw_id, []).append(one)
    seated: dict[int, list[Assignment]] = {}
    for row in Assignment.objects.filter(drawn_job__draw__lot=lot).select_related("person").order_by("pk"):
        seated.setdefault(row.drawn_job_id, []).append(row)
    staff: dict[int, list[EligibleInspector]] = {}
    for who in EligibleInspector.objects.filter(lot=lot):
        staff.setdefault(who.tier, []).append(who)
    told = is_told(lot, draws)
    return [_draw(one, drawn.get(one.pk, []), seated, staff.get(one.tier, []), told) for one in draws]


def is_told(lot: Lot, draws: list[Draw]) -> bool:
    """Has the last tier's last record been sealed? Before, results of the tiers below, and what an upper tier drew
    from, would tell those who are to check the same jobs without knowing."""
    return lot.decided_at is not None or any(one.tier == TOP and one.sealed_at is not None for one in draws)


def is_open(one: Draw) -> bool:
    """Are its jobs listed by rank, each with why it is checked? An upper tier's, only once all its records are sealed:
    the order and the reasons tell what came up from below."""
    return one.tier == 1 or one.sealed_at is not None


def _draw(
    one: Draw, jobs: list[DrawnJob], seated: dict[int, list[Assignment]], staff: list[EligibleInspector], told: bool
) -> dict[str, Any]:
    opened = one.sealed_at is not None
    shown = [job for job in jobs if opened or job.why != Why.POINTED]
    if not is_open(one):
        shown = sorted(shown, key=lambda job: job.lot_job.number)
    return {
        "tier": one.tier, "round": one.round, "seed": one.seed, "size": one.size, "drawn_at": _moment(one.drawn_at),
        "sealed_at": _moment(one.sealed_at), **_strata(one, told), "never_drawn": one.never_drawn,
        "staff": one.staff, "staff_digest": one.staff_digest,
        "borrowed": {who.staff_no: who.borrowed_why for who in staff if who.borrowed_why},
        "barred": one.barred if opened else {},
        "jobs": [_job(one, job, seated.get(job.pk, []), told) for job in shown],
    }  # fmt: skip


def _strata(one: Draw, told: bool) -> dict[str, Any]:
    """The teams draw from the whole frame; what an upper tier drew from is committed, and told at the end."""
    if one.tier == 1:
        return {"from": one.strata}
    if not told:
        return {"from": None, "strata_commitment": one.strata_commitment, "told_with": TOP}
    return {"from": one.strata, "strata_salt": one.strata_salt, "strata_commitment": one.strata_commitment}


def _job(one: Draw, job: DrawnJob, rows: list[Assignment], told: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"number": job.lot_job.number, "rank": job.rank_digest}
    if is_open(one):
        said["why"] = job.why
    if one.sealed_at is None:
        return said
    said["inspectors"] = {"site": None, "records": None} | {
        row.form: row.person.employee_no for row in rows if row.reserve == 0
    }
    said["replaced"] = [
        {"form": row.form, "to": row.person.employee_no, "at": _moment(row.assigned_at), "place": row.reserve}
        | row.chosen
        for row in rows
        if row.reserve
    ]
    if job.concluded_at and told:
        said |= {"result": job.result, "critical": job.critical, "disputed": job.disputed,
                 "not_shown_why": job.not_shown_why}  # fmt: skip
    return said


def _decision(lot: Lot) -> dict[str, Any] | None:
    if lot.decided_at is None:
        return None
    return {
        "at": _moment(lot.decided_at), "accepted": lot.accepted, "nonconforming": lot.nonconforming,
        "critical": lot.critical, "words": lot.decision,
    }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return moment_text(at) if at else None
