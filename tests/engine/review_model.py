"""The three-level review as a plain Python model, without a database: who sits where, who may act, where it leads.

People are employee numbers. It is written from product.md §2 and §6, to be held against the engine act by act. What
people do is in `review_verbs`; here is what a step is, how it is decided and what follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

ONE, ANY, ALL, VOTE = "one", "any", "all", "vote"
LEVELS = ("team_review", "section_review", "workshop_review")
REVIEWS = (*LEVELS, "appeal_panel")
ROLE_OF = {
    "team_review": "team_leader",
    "section_review": "section_chief",
    "workshop_review": "workshop_reviewer",
    "appeal_panel": "workshop_reviewer",
    "arrangement": "section_chief",
}
PASSES_UP = {"team_review": "section_review", "section_review": "workshop_review"}
QUORUM, PASS_SHARE = Fraction(4, 5), Fraction(2, 3)
DECIDED = ("approve", "reject", "abstain")
# The model goes no further than these.
ENDS = ("implementation", "closed:rejected", "closed:withdrawn")


@dataclass(eq=False)
class Seat:
    """One signer's part; without a person the pool's."""

    person: str | None
    origin: str = "named"
    role: str = ""
    state: str = "open"
    after: Seat | None = None
    choice: str = ""
    removed: bool = False


@dataclass(eq=False)
class Visit:
    """One stay at a step."""

    node: str
    mode: str
    seats: list[Seat] = field(default_factory=list)
    digest: int = 0
    resume_at: str = ""
    returned_by: Visit | None = None
    resumes: Visit | None = None
    chained: bool = False
    urged: bool = False
    rung: bool = False  # its clock has come to the deadline
    outcome: str = ""

    def living(self) -> list[Seat]:
        return [s for s in self.seats if s.state in ("open", "parked", "done")]


@dataclass(eq=False)
class Done:
    """A decision on record: what, by whom, in whose seat, at which visit and seat."""

    verb: str
    actor: str
    principal: str | None
    visit: Visit
    seat: Seat | None
    digest: int
    taken_back: bool = False
    machine: bool = False

    @property
    def hand(self) -> str:
        return self.principal or self.actor


class State:
    """The case, the people and what has happened.

    `modes`: how the signers of each review decide. `neighbours`: who reads the case because of where they are posted.
    """

    def __init__(
        self, roles: dict[str, set[str]], author: str, parties: Iterable[str], authority: dict[str, bool],
        modes: dict[str, str], neighbours: Iterable[str],
    ) -> None:  # fmt: skip
        self.roles, self.author, self.parties = roles, author, set(parties)
        self.authority, self.modes, self.neighbours = authority, modes, set(neighbours)
        self.ties: set[frozenset[str]] = set()
        self.away: dict[str, str] = {}
        self.held_once: set[tuple[str, str]] = set()
        self.gone: set[str] = set()
        self.digest, self.held, self.appealed, self.rejected_at = 0, False, False, ""
        self.record: list[Done] = []
        self.copies: set[str] = set()
        self.barred: set[str] = set()
        self.visits: list[Visit] = []
        self.visit = Visit("", ONE)
        self.enter("team_review")

    # Independence. --------------------------------------------------------------------------------------------------

    def recused(self, person: str, node: str) -> bool:
        if person in self.parties or any(frozenset((person, other)) in self.ties for other in self.parties):
            return True
        fresh = node == "appeal_panel" or (self.appealed and node in ("section_review", "workshop_review"))
        return fresh and person in self.barred

    # Coming to a step. ----------------------------------------------------------------------------------------------

    @property
    def at(self) -> str:
        return self.visit.node

    def enter(self, node: str, *, returned_by: Visit | None = None, resume_at: str = "",
              resumes: Visit | None = None) -> None:  # fmt: skip
        mode = self.modes.get(node, ONE)
        visit = Visit(node, mode, digest=self.digest, returned_by=returned_by, resume_at=resume_at, resumes=resumes)
        self.visit = visit
        self.visits.append(visit)
        if node not in ROLE_OF:
            main, _parts = self.by_hand(resumes, node)
            visit.seats = [] if node in ENDS else [Seat(main.person, "given") if main else Seat(self.author)]
            return
        role = ROLE_OF[node]
        eligible = [p for p in sorted(self.roles[role]) if not self.recused(p, node)]
        main, parts = self.by_hand(resumes, node)
        signers = main or (mode != ONE and any(s.origin != "added" for s in parts))
        if not eligible and not signers and node in PASSES_UP:
            visit.outcome = "passed_up"
            self.machine("pass_up")
            self.enter(PASSES_UP[node])
        else:
            self._seat(visit, role, eligible)

    def by_hand(self, before: Visit | None, node: str) -> tuple[Seat | None, list[Seat]]:
        """Who has the step's own task by transfer, and who else sat in it by name: they sit in it again."""
        found: dict[str, Seat] = {}
        for seat in before.seats if before else ():
            if seat.person and not seat.role and seat.origin in ("given", "added", "carried") and not seat.removed:
                found[seat.person] = seat
        seats = list(found.values())
        own = before is None or any(s.origin in ("pool", "named") for s in before.seats)
        main = None if own else next((s for s in seats if s.origin == "given"), None)
        may = [s for s in seats if s.person not in self.gone and not self.recused(s.person or "", node)]
        if before is not None and before.mode != ONE:
            return None, may
        return (main if main in may else None), [s for s in may if s is not main]

    def passed_on(self, before: Visit) -> set[str | None]:
        away = {d.hand for d in self.record if d.verb == "transfer" and d.visit.node == before.node}
        return away - {s.person for s in before.seats}

    def claimed_by(self, visit: Visit) -> str | None:
        if visit.resumes and (pool := next((s for s in visit.resumes.seats if s.origin == "pool"), None)):
            return pool.person or self.last_hand(visit.node)
        return self.last_hand(visit.node) if visit.returned_by or visit.resumes else None

    def _seat(self, visit: Visit, role: str, eligible: list[str]) -> None:
        main, parts = self.by_hand(visit.resumes, visit.node)
        visit.chained = bool(parts)
        if visit.mode == ONE:
            first = self.claimed_by(visit)
            visit.seats = [Seat(first if first in eligible else None, "pool", role)]
            if main:
                visit.seats = [Seat(main.person, "given")]
            visit.seats += [Seat(s.person, s.origin) for s in parts if s.person != visit.seats[0].person]
            visit.chained = len(visit.seats) > 1
            return
        if visit.resumes:
            eligible = [p for p in eligible if p not in self.passed_on(visit.resumes)]
        standing = self.standing(visit.resumes, visit.mode) if visit.resumes else {}
        for person in eligible:
            if person in standing:
                visit.seats.append(Seat(person, "carried", role, "done", choice=standing[person]))
            else:
                visit.seats.append(Seat(person, "named", role))
        for seat in parts:
            if seat.person not in eligible and seat.person in standing:
                visit.seats.append(Seat(seat.person, "carried", "", "done", choice=standing[seat.person]))
            elif seat.person not in eligible:
                visit.seats.append(Seat(seat.person, "given" if seat.origin == "carried" else seat.origin))
        visit.chained = any(s.person not in eligible for s in parts)
        out = [p for p in sorted(self.roles[role]) if self.recused(p, visit.node)]
        visit.seats += [Seat(p, "named", role, "recused") for p in out]

    def standing(self, before: Visit, mode: str) -> dict[str, str]:
        """All-of: approvals of unchanged content stand. A vote is only come back to by who takes back: all others'."""
        if mode not in (ALL, VOTE) or (mode == ALL and before.digest != self.digest):
            return {}
        stays = ("approve",) if mode == ALL else DECIDED
        return {s.person: s.choice for s in before.seats if s.state == "done" and s.person and s.choice in stays}

    def last_hand(self, node: str) -> str | None:
        hands = (d for d in reversed(self.record) if d.visit.node == node and d.verb in ("approve", "return", "done"))
        return next((d.hand for d in hands), None)

    @property
    def handled(self) -> set[str]:
        """Whoever has a part in any of its steps."""
        return {s.person for visit in self.visits for s in visit.seats if s.person}

    # Leaving it. ----------------------------------------------------------------------------------------------------

    def machine(self, verb: str) -> None:
        self.record.append(Done(verb, "", None, self.visit, None, self.digest, machine=True))

    def close(self, outcome: str) -> Visit:
        visit = self.visit
        for seat in visit.seats:
            if seat.state in ("open", "parked"):
                seat.state = "cancelled"
        visit.outcome = outcome
        return visit

    def settle(self, verdict: str | None) -> None:
        if verdict is None:
            return
        visit = self.close("approved" if verdict == "passed" else "rejected")
        if verdict == "failed":
            self.rejected_at = visit.node
            self.enter("closed:rejected" if self.appealed else "rejection")
        elif not self.resumed(visit):
            self.enter(self.natural_next(visit.node))

    def resumed(self, visit: Visit) -> bool:
        """A step that exists because of a return leads back to the returner, if so said."""
        back = visit.returned_by
        if not visit.resume_at or back is None:
            return False
        self.enter(visit.resume_at, returned_by=back.returned_by, resume_at=back.resume_at, resumes=back)
        return True

    def natural_next(self, node: str) -> str:
        if node in ("workshop_review", "appeal_panel") or self.authority.get(node, False):
            return "arrangement"
        return LEVELS[LEVELS.index(node) + 1]

    # How signers decide together. -----------------------------------------------------------------------------------

    def verdict(self, visit: Visit, *, closing: bool = False) -> str | None:
        seats = [s for s in visit.living() if s.origin not in ("consulted", "escalated")]
        if visit.mode == VOTE:
            return count([s.choice for s in seats], closing=closing)
        if visit.mode == ANY:
            own = [s.choice for s in seats if s.origin != "added"]
            added = [s.choice for s in seats if s.origin == "added"]
            first = next((c for c in own if c in ("approve", "reject")), "")
            of_added = all_of(added) if added else "passed"
            if first == "reject" or of_added == "failed":
                return "failed"
            return "passed" if first == "approve" and of_added == "passed" else None
        return all_of([s.choice for s in seats])


def all_of(choices: list[str]) -> str | None:
    if "reject" in choices:
        return "failed"
    return "passed" if choices and all(c == "approve" for c in choices) else None


def count(choices: list[str], *, closing: bool) -> str | None:
    cast = [c for c in choices if c]
    if not choices or Fraction(len(cast), len(choices)) < QUORUM:
        return None
    yes, no = cast.count("approve"), cast.count("reject")
    out = 0 if closing else len(choices) - len(cast)
    if yes and Fraction(yes, yes + no + out) >= PASS_SHARE:
        return "passed"
    possible = yes + out > 0 and Fraction(yes + out, yes + out + no) >= PASS_SHARE
    return None if possible else "failed"
