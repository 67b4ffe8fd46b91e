"""An authorised correction: one person asks for it with a reason, another confirms it with the password entered again.

Asked for by an administrator or a workshop reviewer at or above the case's unit, confirmed by a rule publisher at or
above it; never by anybody whom the case concerns, and never by the same person. The engine's own nodes move the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.engine import independence, kinds, moving, recording, reseating
from workflows.engine.concluding import reason_given
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, Recused
from workflows.engine.models import Case, CaseParty, Decision, Step
from workflows.ledger.clock import now
from workflows.notices.outbox import post
from workflows.operations import authority
from workflows.operations.models import Correction
from workflows.organisation.models import Person, RoleHolding

CLOSE = "close"  # what the form says for the empty destination


def case_for(actor: Person, number: str) -> Case:
    """The case, if the actor may ask for its correction. Raises NoSuchThing or NotYours."""
    case = Case.objects.select_related("unit", "process").filter(number=number, process__isnull=False).first()
    if case is None:
        raise NoSuchThing
    if authority.may_ask(actor, case.unit):
        return case
    raise NotYours if Case.objects.visible_to(actor).filter(pk=case.pk).exists() else NoSuchThing


def places(case: Case) -> list[moving.Destination]:
    """Where the case could be put. Tried and rolled back under its lock."""
    with kinds.kind_of(case).flow.lock(case.process_id):
        step = _open_step(case)
        return moving.destinations(step)


def ask(*, actor: Person, number: str, to: str, reason: str, token: UUID) -> Correction:
    """Ask that the case be moved to a node, or closed (`to` = CLOSE). It waits for a second person."""
    actor.__dict__.pop("_held", None)
    case = case_for(actor, number)
    if (earlier := Correction.objects.filter(token=token).first()) is not None:
        if (earlier.requester_id, earlier.case_id) == (actor.pk, case.pk):
            return earlier
        raise BadMove(_("This form was used already. Open the page again and send it once more."))
    with kinds.kind_of(case).flow.lock(case.process_id):
        step = _open_step(case)
        _not_concerned(step.case, actor)
        why = reason_given(reason, _("Say why; the one who confirms it and the authors will read it."))
        node = "" if to == CLOSE else to
        if node not in {"", *(d.node for d in moving.destinations(step))} or not to:
            raise BadMove(_("Pick where the case belongs."), field="to")
        if Correction.objects.waiting().filter(case=case).exists():
            raise BadMove(_("A correction of this case waits to be confirmed already."))
        facts = {"from": step.node, "to": node}
        recording.record(
            case=step.case, step=step, item=None, actor=actor, verb="ask_correction", reason=why, data=facts
        )
        made = Correction.objects.create(
            token=token, case=case, step=step, to=node, reason=why, requester=actor, requested_at=now()
        )
        _tell_confirmers(made, step.case)
        return made


def confirm(*, actor: Person, correction_id: int) -> Decision:
    """Carry it out. The caller has asked for the password again."""
    actor.__dict__.pop("_held", None)
    with _at(actor, correction_id) as (correction, step):
        case = step.case
        if not authority.may_confirm(actor, case.unit):
            raise NotYours
        if actor.pk == correction.requester_id:
            raise BadMove(_("Somebody else has to confirm what you asked for."))
        _not_concerned(case, actor)
        if _concerned(case, correction.requester):
            raise BadMove(_("The case concerns whoever asked for this by now. Decline it; somebody else can ask anew."))
        if step.pk != correction.step_id:
            raise BadMove(_("The case has moved since this was asked for. Decline it; it can be asked for anew."))
        facts = {"from": step.node, "to": correction.to, "requested_by": correction.requester.employee_no}
        decision = recording.record(
            case=case, step=step, item=None, actor=actor, verb="correct", reason=correction.reason, data=facts
        )
        if correction.to:
            moving.move(step, correction.to, decision=decision)
        else:
            moving.close(step, decision=decision)
        _answer(correction, actor, Correction.State.DONE)
        return decision


def decline(*, actor: Person, correction_id: int, reason: str = "") -> None:
    """By whoever may confirm, with a reason; or taken back by whoever asked."""
    actor.__dict__.pop("_held", None)
    with _at(actor, correction_id, closed=True) as (correction, step):
        own = actor.pk == correction.requester_id
        if not own and not authority.may_confirm(actor, correction.case.unit):
            raise NotYours
        if not own:
            _not_concerned(correction.case, actor)
        why = reason.strip() if own else reason_given(reason, _("Say why; whoever asked will read it."))
        case = step.case if step else correction.case
        decision = recording.record(
            case=case, step=step, item=None, actor=actor, verb="drop_correction", reason=why[:2000]
        )
        _answer(correction, actor, Correction.State.DROPPED, why)
        if not own:
            _tell(
                f"decision:{decision.pk}",
                "operations.correction.dropped",
                [correction.requester_id],
                correction,
                actor,
                why,
            )


@contextmanager
def _at(actor: Person, correction_id: int, *, closed: bool = False) -> Iterator[tuple[Correction, Step]]:
    """The waiting correction and its case's open step, under the case's lock."""
    seen = Correction.objects.visible_to(actor).select_related("case").filter(pk=correction_id).first()
    if seen is None:
        raise NoSuchThing
    with kinds.kind_of(seen.case).flow.lock(seen.case.process_id):
        correction = Correction.objects.select_related("case__unit", "requester", "confirmer").get(pk=correction_id)
        if correction.state != Correction.State.WAITING:
            verb = "correct" if correction.state == Correction.State.DONE else "drop_correction"
            raise Late(verb, correction.confirmer or correction.requester, correction.answered_at)
        pk = Step.objects.filter(case=correction.case, closed_at=None).values_list("pk", flat=True).first()
        if pk is None and not closed:
            raise BadMove(_("The case has moved since this was asked for. Decline it; it can be asked for anew."))
        yield correction, (reseating.whole(pk) if pk else None)  # type: ignore[misc]


def _open_step(case: Case) -> Step:
    pk = Step.objects.filter(case=case, closed_at=None).values_list("pk", flat=True).first()
    if pk is None:
        raise BadMove(_("The case is closed, or stands still: then the operator's desk is the place."))
    return reseating.whole(pk)


def _not_concerned(case: Case, actor: Person) -> None:
    if why := _concerned(case, actor):
        raise Recused(why)


def _concerned(case: Case, person: Person) -> str | None:
    """By which relation. Stricter than deciding: no party of any kind."""
    why = independence.why_not(case, person)
    if why is None:
        why = CaseParty.objects.filter(case=case, person=person).values_list("relation", flat=True).first()
    return why


def _answer(correction: Correction, actor: Person, state: str, answer: str = "") -> None:
    correction.state, correction.confirmer, correction.answered_at = state, actor, now()
    correction.answer = answer
    correction.save(update_fields=["state", "confirmer", "answered_at", "answer"])


def _tell_confirmers(made: Correction, case: Case) -> None:
    """The publishers at the nearest unit that has any: the others above need not be woken."""
    held = RoleHolding.objects.in_force().filter(role__in=authority.CONFIRMING, unit_id__in=case.unit.ancestor_ids)
    nearest = held.exclude(person=made.requester).order_by("-unit__path").values_list("unit_id", flat=True).first()
    if nearest is None:
        return
    people = held.filter(unit_id=nearest).exclude(person=made.requester).values_list("person_id", flat=True)
    _tell(f"correction:{made.pk}", "operations.correction.requested", list(people), made, made.requester, made.reason)


def _tell(key: str, event: str, people: list[int], correction: Correction, who: Person, reason: str) -> None:
    post(
        event=event,
        key=key,
        recipients=people,
        subject=f"case:{correction.case_id}",
        context={"number": correction.case.number, "who": who.name, "reason": reason[:200]},
        url=reverse("correction", args=[correction.pk]),
    )
