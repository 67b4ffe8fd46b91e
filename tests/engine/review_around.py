"""What happens to a case of the model without anybody acting on it, and who finds it in their queue."""

from __future__ import annotations

from tests.engine.review_model import ALL, ENDS, ONE, PASSES_UP, REVIEWS, ROLE_OF, VOTE, Seat, Visit
from tests.engine.review_verbs import Verbs


class Model(Verbs):
    def deadline_passes(self) -> None:
        """Long past the deadline: an unused appeal lapses, a vote with quorum is closed by what is in. Once a visit."""
        visit = self.visit
        visit.urged = False
        if self.held or self.at in ENDS or visit.rung:
            return
        visit.rung = True
        if self.at == "rejection":
            self.machine("lapse")
            self.close("lapsed")
            self.visit = Visit("closed:rejected", ONE)
        elif visit.mode == VOTE and self.at in REVIEWS:
            self._conclude(closing=True)

    def lose_role(self, person: str, role: str) -> None:
        """Somebody holds the role no more: their open parts find another hand, or count no more."""
        self.roles[role].discard(person)
        self.held_once.add((person, role))
        self._gone(person, role)

    def tie(self, person: str) -> None:
        """Declared while the case runs: parts that they hold by a role find another hand, too."""
        self._gone(person)

    def _gone(self, person: str, role: str = "") -> None:
        for seat in list(self._open()):
            if seat.person == person and seat.role and seat.role == (role or seat.role):
                self._vacate(seat)
        self.find_hands()

    def _vacate(self, seat: Seat) -> None:
        visit = self.visit
        if seat.origin == "pool":
            seat.person = None
            self.machine("reseat")
            return
        seat.state = "cancelled"
        self._follow(seat)
        self._reseat(seat.role)
        self.machine("reseat")
        if visit.mode in (ALL, VOTE) and not self.held:
            self._conclude()

    def _reseat(self, role: str) -> None:
        have = {s.person for s in self.visit.seats if s.state != "cancelled"}
        heirs = [p for p in sorted(self.roles[role]) if p not in have and not self.recused(p, self.at)]
        self.visit.seats += [Seat(p, "named", role) for p in heirs]

    def _conclude(self, *, closing: bool = False) -> None:
        verdict = self.verdict(self.visit, closing=closing)
        if verdict is not None:
            self.machine("conclude")
            self.settle(verdict)

    def find_hands(self) -> None:
        """A step at which nobody can act is decided by those who have signed, else it passes up. A held one waits."""
        if self.held or self.at not in ROLE_OF:
            return
        if any(s.person or any(self._free(p) for p in self.roles[s.role]) for s in self._open()):
            return
        visit = self.visit
        if visit.mode in (ALL, VOTE):
            self._conclude()
        if self.visit is visit and visit.node in PASSES_UP:
            self.machine("pass_up")
            self.close("passed_up")
            self.enter(PASSES_UP[visit.node])

    def _free(self, person: str) -> bool:
        return not self.recused(person, "") and not self.sits_by_name(person)

    # Queues. --------------------------------------------------------------------------------------------------------

    def waiting_for(self, person: str) -> set[Seat]:
        """What the person finds in their queue."""
        return {s for s in self._open() if s.person == person or (s.person is None and self._may_take(person, s))}

    def standing_in(self, person: str) -> set[Seat]:
        found: set[Seat] = set()
        for absent in self.stands_in_for(person):
            for seat in self._open():
                own = seat.person is None and self._holds(person, seat)
                theirs = seat.person == absent or (seat.person is None and not own and self._may_take(absent, seat))
                by_name = self.at not in ROLE_OF and not seat.role
                if theirs and (by_name or not any(self.recused(p, self.at) for p in (person, absent))):
                    found.add(seat)
        return found

    def _open(self) -> list[Seat]:
        return [s for s in self.visit.seats if s.state == "open"] if self.at not in ENDS else []

    def _may_take(self, person: str, seat: Seat) -> bool:
        free = not self.recused(person, self.at) and not self.sits_by_name(person)
        return bool(seat.role) and self._holds(person, seat) and free
