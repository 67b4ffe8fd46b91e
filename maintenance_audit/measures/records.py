"""What an evidence package says in plain records: a lot, a case, or a month of a unit, with what belongs to it.

Only what the reader may see is asked for; what is sealed is no record yet, and stays out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from maintenance_audit.findings.models import Finding
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Job
from maintenance_audit.lots.models import Lot
from maintenance_audit.lots.record import record_of
from maintenance_audit.measures.behind import Behind
from workflows.engine.models import Case, Decision
from workflows.organisation.models import Person
from workflows.reports.cockpit.counting import following


def of_case(case: Case) -> dict[str, Any]:
    acts = Decision.objects.filter(case=case).select_related("actor", "on_behalf_of", "step").order_by("pk")
    return {
        "number": case.number, "kind": case.kind, "title": case.title, "unit": case.unit.code, "state": case.state,
        "standing": case.standing, "filed_at": case.filed_at, "closed_at": case.closed_at,
        "content_digest": case.content_digest, "decisions": [_decision(act) for act in acts],
    }  # fmt: skip


def _decision(act: Decision) -> dict[str, Any]:
    return {
        "at": act.decided_at, "verb": act.verb, "node": act.step.node if act.step else None, "reason": act.reason,
        "actor": act.actor.employee_no if act.actor else None, "ledger_seq": act.ledger_seq,
        "for": act.on_behalf_of.employee_no if act.on_behalf_of else None, "ledger_digest": act.ledger_digest,
    }  # fmt: skip


def of_lot(lot: Lot, person: Person) -> dict[str, Any]:
    """Rulings once the lot is decided; before, they may still be some inspector's to find."""
    rulings = Ruling.objects.filter(drawn_job__draw__lot=lot, drawn_job__draw__lot__decided_at__isnull=False)
    findings = Finding.objects.visible_to(person).filter(drawn_job__draw__lot=lot)
    return {
        "lot": record_of(lot),
        "case": of_case(lot.case),
        "jobs": [_job(job) for job in _jobs_of(lot, person)],
        "rulings": [_ruling(one) for one in rulings.select_related("claim__job", "drawn_job__draw").order_by("pk")],
        "findings": _findings(findings),
    }


def of_month(behind: Behind) -> dict[str, Any]:
    return {
        "month": behind.first, "jobs": [_job(job) for job in behind.jobs()],
        "lots": [record_of(lot) for lot in behind.lots()], "findings": _findings(behind.findings()),
    }  # fmt: skip


def _jobs_of(lot: Lot, person: Person) -> Any:
    found = Job.objects.visible_to(person).filter(lots__lot=lot)
    return found.select_related("equipment", "first_failure_code", "section", "contractor").order_by("number")


def _job(job: Any) -> dict[str, Any]:
    code = job.first_failure_code
    return {
        "number": job.number, "title": job.title, "state": job.state, "tag": job.equipment.tag,
        "section": job.section.code,
        "failure_code": code.code if code else None, "contractor": job.contractor.code if job.contractor else None,
        "planned_end": job.planned_end, "completed_at": job.completed_at, "accepted_on": job.accepted_on,
        "hours": job.hours, "settled_amount": job.settled_amount, "refusals": job.refusals,
        "repeats": job.repeats_id is not None, "source": job.source, "gate_evidenced": job.gate_evidenced,
    }  # fmt: skip


def _ruling(one: Any) -> dict[str, Any]:
    claim = one.claim
    return {
        "job": claim.job.number, "claim": claim.key, "label": claim.label, "claimed": claim.value, "said": claim.said,
        "tier": one.drawn_job.draw.tier, "verdict": one.verdict, "found": one.value, "severity": one.severity,
        "agreed": one.agreed, "reasons": one.reasons, "ruled_at": one.ruled_at,
    }  # fmt: skip


def _findings(found: Any) -> list[dict[str, Any]]:
    rows = found.select_related("case", "job", "contractor", "claim", "rectifier", "answers")
    return [_finding(one) for one in rows.prefetch_related("replies", "rectifications").order_by("pk")]


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "number": one.case.number, "job": one.job.number, "contractor": one.contractor.code,
        "claim": one.claim.key if one.claim else None, "origin": one.origin, "verdict": one.verdict,
        "severity": one.severity, "first_severity": one.first_severity, "facts": one.facts, "found_at": one.found_at,
        "confirmed_at": one.confirmed_at, "withdrawn_at": one.withdrawn_at, "withdrawn_why": one.withdrawn_why,
        "closed_at": one.closed_at, "rectify_by": one.rectify_by, "standard": one.standard, "measure": one.measure,
        "replies": [{"at": r.received_at, "in_time": r.in_time, "words": r.words, "upheld": r.upheld}
                    for r in one.replies.all()],  # type: ignore[attr-defined]
        "rectifications": [{"at": r.submitted_at, "words": r.words, "passed": r.passed, "checked_at": r.checked_at}
                           for r in one.rectifications.all()],  # type: ignore[attr-defined]
    }  # fmt: skip


# The chains that prove them. ------------------------------------------------------------


def subjects_of_lot(lot: Lot, person: Person) -> Iterable[str]:
    yield f"case:{lot.case_id}"
    yield from _chains(_jobs_of(lot, person), Finding.objects.visible_to(person).filter(drawn_job__draw__lot=lot))


def subjects_of_month(behind: Behind) -> Iterable[str]:
    yield from (f"case:{pk}" for pk in behind.lots().order_by().values_list("case", flat=True))
    yield from _chains(behind.jobs(), behind.findings())


def _chains(jobs: Any, findings: Any) -> Iterable[str]:
    for pk, case in jobs.order_by().values_list("pk", "case"):
        yield f"job:{pk}"
        if case is not None:
            yield f"case:{case}"
    yield from (f"case:{pk}" for pk in findings.order_by().values_list("case", flat=True))


def month_behind(person: Person, path: str, month: date) -> Behind:
    return Behind(person, path, month, following(month))
