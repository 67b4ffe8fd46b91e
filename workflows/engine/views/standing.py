"""How a case stands for the person who looks at it: what they may do beside deciding, and why nothing moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from workflows.engine import beside
from workflows.engine.beside import NO_ACT, TAKEN_BACK, URGE_AFTER
from workflows.engine.history import UNDECIDED, History
from workflows.engine.models import Case, Decision, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person

IN_BETWEEN = set(NO_ACT)  # these do not count as acting on a decision


@dataclass(frozen=True)
class Standing:
    """Everything is read off the history; the services ask again."""

    may_urge: bool = False
    urged: Decision | None = None  # too early for another: when it was
    urge_after: object = None
    may_copy: bool = False
    may_take_back: bool = False
    may_resume: bool = False
    held: Decision | None = None
    releasers: list[str] = field(default_factory=list)
    waits_behind: WorkItem | None = None  # the viewer's own part waits for this one

    @property
    def may_anything(self) -> bool:
        return self.may_copy or self.may_take_back


def of(told: History, person: Person, *, party: bool) -> Standing:
    visit = told.present
    if visit is None:
        return Standing()
    decided = any(d.actor_id == person.pk for d in told.decisions)
    seats = {person.pk, *stands_in_for(person)}
    seated = any(i.person_id in seats for v in told.visits for i in v.items)
    held = _held(told)
    releasers = {person.pk: person.name for person in beside.releasers(visit.step)} if held else {}
    urged = next((d for d in visit.decisions if d.verb == "urge" and d.decided_at > now() - URGE_AFTER), None)
    return Standing(
        may_urge=(party or decided) and held is None and not _waits_for_nobody_else(told, seats),
        urged=urged,
        urge_after=urged.decided_at + timedelta(hours=1) if urged else None,
        may_copy=party or seated,
        may_take_back=held is None and _is_the_last(told, person, seats),
        may_resume=bool(seats & releasers.keys()),
        held=held,
        releasers=list(releasers.values()),
        waits_behind=_ahead_of(told, person),
    )


def _waits_for_nobody_else(told: History, seats: set[int]) -> bool:
    """One does not nudge oneself."""
    assert told.present is not None
    waiting = [i.person_id for i in told.present.items if i.state in UNDECIDED]
    return bool(waiting) and all(person in seats for person in waiting)


def _held(told: History) -> Decision | None:
    if told.case.state != Case.State.HELD:
        return None
    return next((d for d in told.decisions if d.verb == "hold"), None)


def _is_the_last(told: History, person: Person, seats: set[int]) -> bool:
    """One's own, or in one's own seat by a substitute; a substitute's own while they stand in."""
    last = next((d for d in told.decisions if d.verb not in IN_BETWEEN), None)
    if last is None or last.verb not in TAKEN_BACK or person.pk not in (last.actor_id, last.on_behalf_of_id):
        return False
    return last.on_behalf_of_id is None or last.on_behalf_of_id in seats


def _ahead_of(told: History, person: Person) -> WorkItem | None:
    assert told.present is not None
    items = {i.pk: i for i in told.present.items}
    mine = next((i for i in items.values() if i.person_id == person.pk and i.state == WorkItem.State.PARKED), None)
    return items.get(mine.after_id or 0) if mine else None
