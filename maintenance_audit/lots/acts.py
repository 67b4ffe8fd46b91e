"""What is done to a lot beside its steps: withdrawing a job, one that cannot be shown. Under the lock of its case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from maintenance_audit.lots import ceremony, reasons, replacing, results, settlement
from maintenance_audit.lots.flow import LotFlow
from maintenance_audit.lots.models import Assignment, DrawnJob, Lot, LotJob, LotState, Result
from workflows.engine.errors import BadMove, NoSuchThing, NotYours, Overtaken
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds

LONGEST = 200


def may_lead(person: Person, lot: Lot) -> bool:
    """The audit lead of the workshop, or of a unit above it."""
    return holds(person, Role.AUDIT_LEAD, lot.workshop.path, at_or_above=True)


@contextmanager
def locked(actor: Person, lot_id: int) -> Iterator[Lot]:
    """The lot under its lock, for its audit lead. Raises NoSuchThing, NotYours, BadMove."""
    process = Lot.objects.visible_to(actor).filter(pk=lot_id).values_list("case__process", flat=True).first()
    if process is None:
        raise NoSuchThing
    with LotFlow.lock(process):
        lot = Lot.objects.select_related("case__rules", "case__unit", "workshop", "contractor").get(pk=lot_id)
        if not may_lead(actor, lot):
            raise NotYours
        if lot.case.state == Case.State.HELD:
            raise BadMove(_("This case is on hold: %(reason)s") % {"reason": lot.case.held_reason})
        yield lot


def withdraw(*, actor: Person, lot_id: int, number: str, reason: str) -> LotJob:
    """Take a job out of the draw before anything is revealed: it stays listed and is skipped."""
    with locked(actor, lot_id) as lot:
        why = reason_of(reason)
        one = LotJob.objects.filter(lot=lot, number=number).first()
        if one is None:
            raise NoSuchThing
        if one.withdrawn_at is not None:
            raise Overtaken(_("It is withdrawn already."))
        if not may_withdraw(lot):
            raise Overtaken(_("A nonce has been revealed: from here on nothing is withdrawn."))
        one.withdrawn_at, one.withdrawn_by, one.withdrawn_why = now(), actor, why
        one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        said = {"by": actor.employee_no, "job": number, "reason": why}
        append(subject=f"case:{lot.case_id}", event="maintenance_audit.job.withdrawn", payload=said)
        settlement.release(lot, [one.job_id], why, by=actor)
        return one


def may_withdraw(lot: Lot) -> bool:
    return lot.state in (LotState.FROZEN, LotState.COMMITTED) and not ceremony.any_revealed(lot)


def not_shown(*, actor: Person, lot_id: int, number: str, reason: str) -> DrawnJob:
    """A drawn job that cannot be shown counts as nonconforming, unless the lead records why."""
    with locked(actor, lot_id) as lot:
        why = reason.strip()[:LONGEST]
        drawn = DrawnJob.objects.filter(draw__lot=lot, draw__tier=lot.tier, lot_job__number=number)
        one = drawn.select_related("draw", "lot_job").first()
        if one is None:
            raise NoSuchThing
        if one.concluded_at is not None:
            raise Overtaken(_("Its result stands already."))
        if one.compared_at is not None or Assignment.objects.filter(drawn_job=one, sealed_at__isnull=False).exists():
            raise BadMove(_("Somebody has seen it: a record is sealed."))
        one.not_shown_why = why
        one.save(update_fields=["not_shown_why"])
        _end_checks(one, why or sentences.written(reasons.NOT_SHOWN))
        said = {"by": actor.employee_no, "job": number, "reason": why, "tier": lot.tier}
        append(subject=f"case:{lot.case_id}", event="maintenance_audit.job.not_shown", payload=said)
        results.conclude(one, result=Result.CONFORMING if why else Result.NONCONFORMING)
        one.refresh_from_db()
        return one


def _end_checks(one: DrawnJob, why: str) -> None:
    for assignment in Assignment.objects.filter(drawn_job=one, ended_at=None):
        replacing.end(one, assignment, why)


def reason_of(typed: str, longest: int = LONGEST) -> str:
    why = typed.strip()
    if not why:
        raise BadMove(_("Say why; everybody will read it."), field="reason")
    if len(why) > longest:
        raise BadMove(_("At most %(n)s characters.") % {"n": longest}, field="reason")
    return why
