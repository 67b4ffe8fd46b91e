"""Waivers 豁免: the officer of the kind asks, somebody of the unit above grants, neither the one concerned. Published.

The pages ask for each one's password before they call here.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.engine import independence, kinds
from workflows.engine.errors import BadMove, NotYours, Overtaken
from workflows.engine.models import Case, Waiver
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Person, Unit

LONGEST = 400
NEVER = independence.AUTHORS  # an author never judges their own


def may_ask(person: Person, case: Case) -> bool:
    """Whoever holds the kind's office where the case is run, or above."""
    role = kinds.kind_of(case).waived_by
    return bool(role) and case.state != Case.State.CLOSED and _at_or_above(person, role, case.unit)


def may_answer(person: Person, waiver: Waiver) -> bool:
    if waiver.state != Waiver.State.ASKED or person.pk in (waiver.asked_by_id, waiver.person_id):
        return False
    return person.pk in {one.pk for one in _above(waiver.case)}


def relations_of(case: Case, person: Person) -> list[str]:
    """What stands between person and case, as the engine and the kind know it."""
    found = [why] if (why := independence.why_not(case, person)) else []
    return list(dict.fromkeys([*found, *kinds.kind_of(case).bars(case, person)]))


def ask(*, actor: Person, case_id: int, person: Person, reason: str) -> Waiver:
    """Raises NotYours, BadMove at "person" or "reason"."""
    with transaction.atomic():
        case = Case.objects.select_related("unit").get(pk=case_id)
        if not may_ask(actor, case):
            raise NotYours
        if person.pk == actor.pk:
            raise BadMove(_("Nobody asks for a waiver for themselves."), field="person")
        why = _reason(reason)
        relations = relations_of(case, person)
        if not relations:
            raise BadMove(_("Nothing keeps %(person)s from this case.") % {"person": person.name}, field="person")
        if set(relations) & set(NEVER):
            raise BadMove(_("An author never judges their own case."), field="person")
        if not [one for one in _above(case) if one.pk not in (actor.pk, person.pk)]:
            raise BadMove(_("Nobody stands above who could grant it: name somebody at the unit above first."))
        try:
            with transaction.atomic():
                made = Waiver.objects.create(
                    case=case, person=person, relations=relations, reason=why, asked_by=actor, asked_at=now()
                )
        except IntegrityError:
            raise BadMove(_("A waiver for them has been asked for or granted already."), field="person") from None
        _write(made, "asked", actor)
        _tell(made, "engine.waiver.asked", {one.pk for one in _above(case)} - {actor.pk, person.pk})
    return made


def answer(*, actor: Person, waiver_id: int, grant: bool, words: str) -> Waiver:
    """Raises NotYours, Overtaken, BadMove at "answer"."""
    with transaction.atomic():
        waiver = Waiver.objects.select_for_update(of=("self",)).select_related("case__unit").get(pk=waiver_id)
        if waiver.state != Waiver.State.ASKED:
            raise Overtaken(_("It has been answered already."))
        if not may_answer(actor, waiver):
            raise NotYours
        said = words.strip()[:LONGEST]
        if not grant and not said:
            raise BadMove(_("Say why it is refused."), field="answer")
        waiver.state = Waiver.State.GRANTED if grant else Waiver.State.REFUSED
        waiver.answered_by, waiver.answered_at, waiver.answer = actor, now(), said
        waiver.save(update_fields=["state", "answered_by", "answered_at", "answer"])
        _write(waiver, waiver.state, actor)
        _tell(waiver, "engine.waiver.answered", {waiver.asked_by_id, waiver.person_id})
    return waiver


def _above(case: Case) -> list[Person]:
    """The office at the nearest unit above, else that unit's fallback."""
    _unit, holdings, fallback = roles.person_above(kinds.kind_of(case).waived_by, _seat(case))
    return [fallback] if fallback is not None else [held.person for held in holdings]


def _seat(case: Case) -> Unit:
    """Where the office of the kind is held for this case: a workshop."""
    from workflows.organisation.models import UnitKind

    return case.unit.at_level(UnitKind.WORKSHOP) or case.unit


def _at_or_above(person: Person, role: str, unit: Unit) -> bool:
    return roles.holds(person, role, unit.path, at_or_above=True)


def _reason(typed: str) -> str:
    why = typed.strip()
    if not why:
        raise BadMove(_("Say why; everybody will read it."), field="reason")
    if len(why) > LONGEST:
        raise BadMove(_("At most %(n)s characters.") % {"n": LONGEST}, field="reason")
    return why


def _write(waiver: Waiver, what: str, actor: Person) -> None:
    said = {
        "actor": actor.employee_no, "answer": waiver.answer, "case": waiver.case.number,
        "person": waiver.person.employee_no, "reason": waiver.reason, "relations": waiver.relations,
    }  # fmt: skip
    append(subject=f"case:{waiver.case_id}", event=f"engine.waiver.{what}", payload=said)


def _tell(waiver: Waiver, event: str, people: set[int]) -> None:
    post(
        event=event,
        key=f"waiver:{waiver.pk}:{event}",
        recipients=people,
        subject=f"case:{waiver.case_id}",
        context={"person": waiver.person.name, "case": waiver.case.number},
        url=reverse("waiver", args=[waiver.pk]),
    )
