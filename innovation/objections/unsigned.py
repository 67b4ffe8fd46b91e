"""Objecting without a name, through the union's representative.

Who wrote it is said in one place: a sealed entry of a chain that nobody reads. What could tell besides is left out:
no photos, no person, no moment but the day, no line in the log, and the receipt is a code that only its holder has.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.awards.models import Candidate
from innovation.objections import course, forms, news
from innovation.objections.models import Objection, Unsigned
from workflows.engine import filing, receipts
from workflows.engine.concluding import reason_given
from workflows.engine.errors import BadMove
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person
from workflows.store.gathering import gathered

new_code, digest = receipts.new_code, receipts.digest


def promised(code: str, candidate: Candidate) -> str:
    """The code as the form carries it, so that the same form sent twice is one objection with one code."""
    return receipts.promised(code, _salt(candidate))


def kept_promise(sent: str, candidate: Candidate) -> str:
    """The code of a form that we made; a new one where the form is not ours."""
    return receipts.kept_promise(sent, _salt(candidate))


def _salt(candidate: Candidate) -> str:
    return f"unsigned-objection:{candidate.pk}"


def leave(*, actor: Person, candidate_id: int, grounds: str, code: str) -> Unsigned:
    """Keep the words without the person; the same code again returns the first. Raises BadMove."""
    earlier = Unsigned.objects.filter(receipt=digest(code)).first()
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            return _leave(actor, candidate_id, grounds, code)
    except IntegrityError:  # the other of a double click was faster
        return Unsigned.objects.get(receipt=digest(code))


def _leave(actor: Person, candidate_id: int, grounds: str, code: str) -> Unsigned:
    candidate = course.candidate_under_lock(candidate_id)
    if refused := forms.why_not(candidate):
        raise BadMove(refused)
    left = Unsigned.objects.create(
        candidate=candidate, grounds=grounds, receipt=digest(code), received_on=timezone.localdate(now())
    )
    append(
        subject=f"unsigned:{left.key}",
        event="award.objection.written",
        payload={
            "actor": actor.employee_no,
            "case": candidate.proposal.case.number,
            "grounds": hashlib.sha256(grounds.encode()).hexdigest(),
        },
        sealed=True,
    )
    news.unsigned(str(left.key), candidate)
    return left


def take_up(*, actor: Person, key: UUID, grounds: str) -> Case:
    """The representative files it in their own name, in words that give nobody away. Raises BadMove."""
    with transaction.atomic():
        unsigned = _to_handle(key)
        typed = QueryDict(mutable=True)
        typed.update({"candidate": str(unsigned.candidate_id), "grounds": grounds})
        form = forms.ObjectionForm(typed, None, person=actor, in_time=True)
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise BadMove(str(errors[0]), field="grounds" if field == "grounds" else "")
        case = filing.file(actor=actor, kind="award_objection", token=key, form=form).case
        unsigned.filed_as(Objection.objects.get(case=case), by=actor)
        _write(unsigned, actor, "taken_up", {"case": case.number})
    return case


def decline(*, actor: Person, key: UUID, reason: str) -> None:
    """Not taken up, for a reason that the receipt shows; what it held is let go. Raises BadMove."""
    with transaction.atomic(), gathered():
        unsigned = _to_handle(key)
        why = reason_given(reason, _("Say why you do not take it up; the receipt shows it."))
        candidate = course.candidate_under_lock(unsigned.candidate_id)
        unsigned.decline(why, by=actor)
        _write(unsigned, actor, "declined", {"reason": why})
        course.let_go(candidate)


def _to_handle(key: UUID) -> Unsigned:
    unsigned = Unsigned.objects.select_for_update(of=("self",)).get(pk=key)
    if unsigned.state != Unsigned.State.WAITING:
        raise BadMove(_("Another representative has answered it already."))
    return unsigned


def _write(unsigned: Unsigned, actor: Person, what: str, said: dict[str, str]) -> None:
    append(
        subject=f"unsigned:{unsigned.key}",
        event=f"award.objection.{what}",
        payload={"actor": actor.employee_no} | said,
    )
