"""The three-level review as a plain Python model, without a database: what random people may do, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

LEVELS = ("team_review", "section_review", "workshop_review")
ONE, ALL, VOTE = "one", "all", "vote"
MODES = {"team_review": ONE, "section_review": ALL, "workshop_review": VOTE, "appeal_panel": VOTE}


@dataclass
class Visit:
    node: str
    signers: set[str]
    votes: dict[str, str] = field(default_factory=dict)
    resume_at: str = ""
    returned_by: Visit | None = None
    digest: int = 0


class Model:
    """People are names. `holders` says who holds the role of each deciding node; `parties` never decide."""

    def __init__(
        self, holders: dict[str, set[str]], author: str, parties: set[str], authority: dict[str, bool]
    ) -> None:
        self.holders, self.author, self.parties, self.authority = holders, author, parties, authority
        self.digest = 0
        self.been: list[str] = []
        self.deciders: set[str] = set()
        self.appealed = False
        self.barred: set[str] = set()
        self.rejected_at = ""
        self.visit = Visit("", set())
        self.enter("team_review")

    @property
    def at(self) -> str:
        return self.visit.node

    def enter(self, node: str, **extra: object) -> None:
        if node in MODES:
            seats = self.holders[node] - self.parties
            if (self.appealed and node != "team_review") or node == "appeal_panel":
                seats = seats - self.barred
            if not seats and node in ("team_review", "section_review"):
                return self.enter(LEVELS[LEVELS.index(node) + 1])
        else:
            seats = {self.author} if node in ("revision", "rejection") else set()
        self.visit = Visit(node, set(seats), digest=self.digest, **extra)  # type: ignore[arg-type]
        return None

    def may(self, person: str, verb: str, target: str = "") -> bool:
        visit = self.visit
        if person not in visit.signers or person in visit.votes:
            return False
        if visit.node == "revision":
            return verb == "complete"
        if visit.node == "rejection":
            return verb == "complete"
        if visit.node not in MODES:
            return False
        if verb in ("approve", "reject"):
            return True
        if verb == "abstain":
            return MODES[visit.node] == VOTE
        if verb == "return_to":
            return MODES[visit.node] != VOTE and (target == "revision" or target in self.been) and target != visit.node
        return False

    def act(self, person: str, verb: str, target: str = "", then: str = "resume", changes: bool = False) -> None:
        visit = self.visit
        if verb == "complete":
            self.digest += changes
            if visit.node == "rejection":
                return self._appeal()
            return self._go_on(visit, "team_review")
        if verb in ("approve", "reject", "abstain"):
            self.deciders.add(person)
        if verb == "return_to":
            data = {"returned_by": visit, "resume_at": visit.node if then == "resume" else ""}
            return self.enter(target, **data)
        visit.votes[person] = verb
        verdict = self._verdict(visit)
        if verb == "approve" and visit.node in MODES:
            self.been.append(visit.node)
        if verdict == "passed":
            return self._go_on(visit, self._natural_next(visit.node))
        if verdict == "failed":
            self.rejected_at = visit.node
            if self.appealed:
                return self.enter("closed:rejected")
            return self.enter("rejection")
        return None

    def _natural_next(self, node: str) -> str:
        if node in ("workshop_review", "appeal_panel") or self.authority[node]:
            return "arrangement"
        return LEVELS[LEVELS.index(node) + 1]

    def _go_on(self, visit: Visit, natural: str) -> None:
        if not visit.resume_at:
            return self.enter(natural)
        returning = visit.returned_by
        assert returning is not None
        self.enter(visit.resume_at, resume_at=returning.resume_at, returned_by=returning.returned_by)
        stands = returning.votes.items() if MODES.get(self.at) == ALL and returning.digest == self.digest else ()
        self.visit.votes |= {p: "approve" for p, v in stands if v == "approve" and p in self.visit.signers}
        return None

    def _appeal(self) -> None:
        self.appealed = True
        self.barred = set(self.deciders)
        up = {"team_review": "section_review", "section_review": "workshop_review"}
        self.enter(up.get(self.rejected_at, "appeal_panel"))

    def _verdict(self, visit: Visit) -> str | None:
        mode, votes = MODES[visit.node], list(visit.votes.values())
        if mode == ONE or ("reject" in votes and mode == ALL):
            return "failed" if "reject" in votes else "passed"
        if mode == ALL:
            return "passed" if len(votes) == len(visit.signers) else None
        return self._count(visit, votes)

    def _count(self, visit: Visit, votes: list[str]) -> str | None:
        total, out = len(visit.signers), len(visit.signers) - len(votes)
        if Fraction(len(votes), total) < Fraction(4, 5):
            return None
        yes, no = votes.count("approve"), votes.count("reject")
        if yes and Fraction(yes, yes + no + out) >= Fraction(2, 3):
            return "passed"
        if yes + out == 0 or Fraction(yes + out, yes + out + no) < Fraction(2, 3):
            return "failed"
        return None
