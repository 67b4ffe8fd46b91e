"""What people may do to a case of the model, and what comes of it. `may` asks, the verb of the same name does."""

from __future__ import annotations

from tests.engine.review_model import ANY, DECIDED, ENDS, ONE, REVIEWS, ROLE_OF, VOTE, Done, Seat, State, Visit

TAKEN_BACK = (*DECIDED, "return", "done")
NO_ACT = ("urge", "copy", "remind", "overdue", "escalate", "pass_up")


class Refused(Exception):
    """The model does not let it happen."""


def need(condition: object) -> None:
    if not condition:
        raise Refused


class Verbs(State):
    # Whose turn it is. ----------------------------------------------------------------------------------------------

    def stand_in(self, absent: str) -> str | None:
        seen, here = {absent}, self.away.get(absent)
        while here is not None and here in self.away:
            if here in seen:
                return None
            seen.add(here)
            here = self.away[here]
        return None if here == absent or here in self.gone else here

    def stands_in_for(self, person: str) -> list[str]:
        return [p for p in sorted(self.away) if self.stand_in(p) == person]

    def _holds(self, person: str, seat: Seat) -> bool:
        return not seat.role or person in self.roles[seat.role]

    def sits(self, person: str, seat: Seat) -> bool:
        return seat.person in (person, None) and self._holds(person, seat)

    def seat_of(self, actor: str, seat: Seat) -> str | None:
        """In whose seat: None in one's own. Refused where it is neither one's own nor that of an absent one."""
        need(actor not in self.gone)
        if self.sits(actor, seat):
            return None
        need(not self.lost(actor, seat))
        absent = next((p for p in self.stands_in_for(actor) if self.sits(p, seat)), None)
        need(absent)
        return absent

    def lost(self, actor: str, seat: Seat) -> bool:
        """Whoever held the role when the task came hears that it has ended, whatever else they are."""
        if not seat.role or self._holds(actor, seat):
            return False
        return seat.person == actor or (seat.person is None and (actor, seat.role) in self.held_once)

    def turn(self, actor: str, seat: Seat) -> str | None:
        """May the actor act on this part at all? For whom they do."""
        need(self.at not in ENDS and seat in self.visit.seats and seat.state == "open" and not self.held)
        principal = self.seat_of(actor, seat)
        if self.at in ROLE_OF:  # an author does the work that is theirs by name
            need(not any(self.recused(p, self.at) for p in (actor, principal) if p))
        need(seat.person or not self.sits_by_name(principal or actor))
        return principal

    def sits_by_name(self, person: str) -> bool:
        """One part a person: whoever has one here does not take the pool's task as well."""
        return any(s.person == person and s.state != "cancelled" for s in self.visit.seats)

    def done(self, verb: str, actor: str, principal: str | None, seat: Seat | None) -> Done:
        made = Done(verb, actor, principal, self.visit, seat, self.digest)
        self.record.append(made)
        return made

    # Deciding. ------------------------------------------------------------------------------------------------------

    def vote(self, actor: str, seat: Seat, verb: str) -> None:
        principal = self.turn(actor, seat)
        need(self.at in REVIEWS and seat.origin != "consulted")
        visit = self.visit
        need(verb != "abstain" or visit.mode == VOTE)
        self._close(seat, principal or actor, verb)
        self.done(verb, actor, principal, seat)
        self._follow(seat)
        if visit.mode in (ONE, ANY) and (verb == "reject" or not visit.chained):
            self.settle("passed" if verb == "approve" else "failed")
        else:
            self.settle(self.verdict(visit))

    def _close(self, seat: Seat, person: str, choice: str) -> None:
        seat.person, seat.state, seat.choice = person, "done", choice

    def _follow(self, seat: Seat) -> None:
        for other in self.visit.seats:
            if other.after is seat and other.state == "parked":
                other.state = "open"

    def targets(self) -> set[str]:
        """The author, and the steps that somebody has approved at before this stay; not the step itself."""
        been = {d.visit.node for d in self.record if d.verb == "approve" and d.visit is not self.visit}
        return ({"revision"} | been) - {self.at} if self.at in REVIEWS else set()

    def give_back(self, actor: str, seat: Seat, target: str, then: str) -> None:
        principal = self.turn(actor, seat)
        need(self.at in REVIEWS and seat.origin != "consulted" and self.visit.mode != VOTE)
        need(target in self.targets())
        self._close(seat, principal or actor, "return")
        self.done("return", actor, principal, seat)
        visit = self.close("returned")
        self.enter(target, returned_by=visit, resume_at=visit.node if then == "resume" else "")

    def complete(self, actor: str, seat: Seat, changes: bool) -> None:
        principal = self.turn(actor, seat)
        need(self.at not in REVIEWS and seat.origin != "consulted")
        visit = self.visit
        self.digest += changes and visit.node == "revision"
        self._close(seat, principal or actor, "done")
        self.done("appeal" if visit.node == "rejection" else "done", actor, principal, seat)
        self.close("done")
        if visit.node == "rejection":
            return self._appeal()
        if not self.resumed(visit):
            self.enter("implementation" if visit.node == "arrangement" else "team_review")
        return None

    def _appeal(self) -> None:
        self.appealed = True
        self.barred = {d.actor for d in self.record if d.verb in DECIDED}
        up = {"team_review": "section_review", "section_review": "workshop_review"}
        self.enter(up.get(self.rejected_at, "appeal_panel"))

    # Handing on. ----------------------------------------------------------------------------------------------------

    def claim(self, actor: str, seat: Seat) -> None:
        principal = self.turn(actor, seat)
        if seat.person is None:
            seat.person = principal or actor
            self.done("claim", actor, principal, seat)

    def release(self, actor: str, seat: Seat) -> None:
        principal = self.turn(actor, seat)
        need(seat.origin == "pool" and seat.role and seat.person == (principal or actor))
        seat.person = None
        self.done("release", actor, principal, seat)

    def _may_join(self, person: str, actor: str, principal: str | None) -> None:
        need(person not in (actor, principal) and person not in self.gone)
        need(all(s.person != person or s.state in ("cancelled", "recused") for s in self.visit.seats))
        need(not self.recused(person, self.at))

    def transfer(self, actor: str, seat: Seat, to: str) -> None:
        principal = self.turn(actor, seat)
        need(seat.origin != "consulted")
        self._may_join(to, actor, principal)
        seat.person, seat.origin, seat.role = to, "given", ""
        self.done("transfer", actor, principal, seat)

    def consult(self, actor: str, seat: Seat, to: str) -> None:
        principal = self.turn(actor, seat)
        need(seat.origin != "consulted")
        self._may_join(to, actor, principal)
        seat.person = seat.person or principal or actor
        asked = Seat(to, "consulted")
        self.visit.seats.append(asked)
        self.visit.chained, seat.state, seat.after = True, "parked", asked
        self.done("consult", actor, principal, seat)

    def advise(self, actor: str, seat: Seat) -> None:
        principal = self.turn(actor, seat)
        need(seat.origin == "consulted")
        self._close(seat, principal or actor, "advise")
        self.done("advise", actor, principal, seat)
        self._follow(seat)

    def add_signer(self, actor: str, seat: Seat, to: str, where: str) -> None:
        principal = self.turn(actor, seat)
        need(self.at in REVIEWS and seat.origin != "consulted")
        self._may_join(to, actor, principal)
        seat.person = seat.person or principal or actor
        added = Seat(
            to, "added", state="parked" if where == "after" else "open", after=seat if where == "after" else None
        )
        self.visit.seats.append(added)
        self.visit.chained = True
        if where == "before":
            seat.state, seat.after = "parked", added
        self.done("add_signer", actor, principal, seat)

    def remove_signer(self, actor: str, seat: Seat, other: Seat) -> None:
        principal = self.turn(actor, seat)
        need(seat.origin != "consulted" and other is not seat)
        need(other in self.visit.seats and other.origin == "added" and other.state in ("open", "parked"))
        self.done("remove_signer", actor, principal, seat)
        other.state, other.removed = "cancelled", True
        if other.after is not None and other.after.origin == "consulted" and other.after.state == "open":
            other.after.state = "cancelled"  # nobody waits for that opinion any more
        self._follow(other)
        self.settle(self.verdict(self.visit))

    def hold(self, actor: str, seat: Seat) -> None:
        principal = self.turn(actor, seat)
        need(seat.origin != "consulted")
        seat.person = seat.person or principal or actor
        self.held = True
        self.done("hold", actor, principal, seat)

    # Beside a turn. -------------------------------------------------------------------------------------------------

    def _beside(self, seats: set[str], actor: str) -> str | None:
        if actor in seats:
            return None
        absent = next((p for p in self.stands_in_for(actor) if p in seats), None)
        need(absent)
        return absent

    def sees(self, person: str) -> bool:
        """Whoever it concerns, who has or had a part in it, who is posted or holds a role there, and substitutes."""
        if self.at == "arrangement" or person in self.neighbours | self.parties | self.copies | self.handled:
            return True
        if any(person in held for held in self.roles.values()) or any(d.actor == person for d in self.record):
            return True
        waiting = [s for s in self.visit.seats if s.state in ("open", "parked")]
        return any(s.person == p or (s.person is None and self._holds(p, s))
                   for s in waiting for p in self.stands_in_for(person))  # fmt: skip

    def releasers(self) -> set[str]:
        """Whoever stopped it this time and has the role still, whoever has a task there, and the pool of a free one."""
        last = next(d for d in reversed(self.record) if d.verb == "hold")
        assert last.seat is not None
        found = {last.hand} if self._holds(last.hand, last.seat) else set()
        for seat in self.visit.seats:
            if seat.state in ("open", "parked"):
                found |= {seat.person} if seat.person else self._pool(seat.role)
        role = ROLE_OF.get(self.at, "")
        return found if found - self.gone or not role else found | self._pool(role)

    def _pool(self, role: str) -> set[str]:
        return {p for p in self.roles[role] if not self.recused(p, self.at)}

    def resume(self, actor: str) -> None:
        need(self.held and self.sees(actor))
        principal = self._beside(self.releasers(), actor)
        self.held = False
        self.done("resume", actor, principal, None)

    def urge(self, actor: str) -> None:
        need(self.at not in ENDS and not self.held and not self.visit.urged)
        need(actor in self.parties or any(d.actor == actor for d in self.record))
        self.visit.urged = True
        self.done("urge", actor, None, None)

    def copy(self, actor: str, to: str) -> None:
        need(self.at not in ENDS and to != actor and to not in self.gone and self.sees(actor))
        principal = None if actor in self.parties else self._beside(self.handled, actor)
        need(to not in self.copies)
        self.copies.add(to)
        self.done("copy", actor, principal, None)

    def withdraw(self, actor: str) -> None:
        need(actor == self.author and self.at not in (*ENDS, "rejection", "arrangement"))
        self.done("withdraw", actor, None, None)
        self.close("withdrawn")
        self.held = False
        self.visit = Visit("closed:withdrawn", ONE)

    def take_back(self, actor: str) -> None:
        need(self.at not in ENDS and not self.held)
        last = self._last_of(actor)
        need(last and last.seat)
        assert last is not None and last.seat is not None
        principal = last.principal if last.principal != actor else None
        need(self._holds(principal or actor, last.seat))
        if last.visit is self.visit:
            return self._reopen(actor, principal, last)
        newer = self.record[self.record.index(last) + 1 :]
        need(all(d.verb in NO_ACT for d in newer))
        need(not any(s.state == "done" and s.origin != "carried" for s in self.visit.seats))
        last.taken_back, last.seat.choice = True, ""
        self.done("take_back", actor, principal, None)
        self.close("taken_back")
        before = last.visit
        self.enter(before.node, returned_by=before.returned_by, resume_at=before.resume_at, resumes=before)
        return None

    def _last_of(self, actor: str) -> Done | None:
        """One's own, or what a substitute decided in one's seat; a substitute's own only while standing in."""
        absent = self.stands_in_for(actor)
        for d in reversed(self.record):
            if d.verb in TAKEN_BACK and (
                d.principal == actor or (d.actor == actor and (d.principal is None or d.principal in absent))
            ):
                return d
        return None

    def _reopen(self, actor: str, principal: str | None, last: Done) -> None:
        seat = last.seat
        assert seat is not None
        need(not last.taken_back)
        need(not any(s.after is seat and s.state not in ("parked", "cancelled") for s in self.visit.seats))
        last.taken_back, seat.state, seat.choice = True, "open", ""
        self.done("take_back", actor, principal, seat)
