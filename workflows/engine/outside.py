"""What a contractor's person reads of a case in which their company has a part: what their own people did, and what
was turned back to them. What the plant's people thought of it among themselves stays inside.
"""

from __future__ import annotations

import json
from dataclasses import replace

from workflows.engine.history import History, Visit
from workflows.engine.models import Decision
from workflows.ledger.models import Entry
from workflows.ledger.subjects import unless_sealed
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds

TURNED_BACK = ("reject", "return")
# Under which name an entry says whose act it was: a decision's, and an event's of a business app.
WHOSE = ("actor", "by")


def is_outside(person: Person) -> bool:
    return holds(person, Role.CONTRACTOR)


def told_to(person: Person, told: History) -> History:
    """The history as this person reads it: the same for everybody of the plant."""
    if not is_outside(person):
        return told
    first = next((v.step.place for v in told.visits if v.step.role == Role.CONTRACTOR), None)
    visits = [replace(v, decisions=[d for d in v.decisions if _reads(person, d, v, first)]) for v in told.visits]
    known = {d.pk for v in visits for d in v.decisions}
    return History(told.case, visits, [d for d in told.decisions if d.pk in known])


def _reads(person: Person, decision: Decision, visit: Visit, first: int | None) -> bool:
    if decision.actor is not None and decision.actor.unit_id == person.unit_id:
        return True
    return decision.verb in TURNED_BACK and first is not None and visit.step.place > first


def may_open(person: Person, entry: Entry) -> bool:
    """Payloads of a case's chain: to a contractor's people those of their own acts, else each that is not sealed."""
    if not unless_sealed(person, entry) or not is_outside(person):
        return unless_sealed(person, entry)
    said = json.loads(entry.payload.body or "{}")
    number = next((said[name] for name in WHOSE if said.get(name)), "")
    return Person.objects.filter(employee_no=number, unit=person.unit_id).exists()
