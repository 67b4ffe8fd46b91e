"""The invented life of a case: visit by visit, on the plant's calendar, cut off at the present. No database.

It follows the review as the flow does (innovation.proposals.flow), so that seeded rows read like lived ones; a test
walks both and compares.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from config.demo import words
from workflows.engine.working_hours import PlantCalendar

LEVELS = ("team_review", "section_review", "workshop_review")


@dataclass
class Act:
    """A decision: who (an index into the visit's signers, None = by rule), what, why, when (plant time, naive)."""

    who: int | None
    verb: str
    at: datetime
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Visit:
    node: str
    opened: datetime
    closed: datetime | None = None
    outcome: str = ""
    acts: list[Act] = field(default_factory=list)
    resume_at: str = ""
    returned_by: int | None = None
    resumes: int | None = None
    via: tuple[str, ...] = ()  # machine steps that led here


@dataclass
class Life:
    filed: datetime
    visits: list[Visit] = field(default_factory=list)
    status: str = "filed"
    accepted_level: str = ""
    ended: tuple[str, ...] = ()  # machine steps after the last visit, the end included
    closed: datetime | None = None
    planned_on: datetime | None = None
    implemented: datetime | None = None
    reported: bool = False
    verified: datetime | None = None


@dataclass(frozen=True)
class Setting:
    """What the case brings along: the level it starts at, where authority suffices, and how many sign."""

    start: str
    authority: dict[str, bool]
    signers: dict[str, int]
    hours: Mapping[str, float]
    needs_finance: bool


class Writer:
    """Writes one life up to `present`. `stay`: the case is to be found waiting at this node at present."""

    def __init__(self, chance: random.Random, calendar: PlantCalendar, present: datetime, setting: Setting) -> None:
        self.chance, self.calendar, self.present, self.setting = chance, calendar, present, setting

    def write(self, filed: datetime, stay: str = "", troubled: bool = True) -> Life:
        self.life, self.stay, self.troubled = Life(filed), stay, troubled
        node, moment = self.setting.start, filed
        via: tuple[str, ...] = ("enter",)
        extra: dict[str, Any] = {}
        while node:
            visit = Visit(node, moment, via=via, **extra)
            self.life.visits.append(visit)
            node, via, extra = self._live(visit)
            if visit.closed is None:
                break
            moment = visit.closed
        return self.life

    # Each returns the next node ("" = none), the machine steps on the way, and what the next visit must know.

    def _live(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        if visit.node == self.stay and visit.returned_by is None:
            self._sign_some(visit)
            return "", (), {}
        if visit.node in LEVELS:
            return self._review(visit)
        return getattr(self, f"_{visit.node}")(visit)

    def _delay(self, node: str, moment: datetime) -> datetime:
        hours = self.setting.hours.get(node, 16)
        share = self.chance.triangular(0.05, 1.0, 0.35) if self.chance.random() > 0.1 else self.chance.uniform(1, 1.8)
        return self.calendar.add(moment, max(0.3, hours * share))

    def _happens(self, moment: datetime) -> bool:
        return moment < self.present

    def _review(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        count = self.setting.signers[visit.node]
        vote = visit.node == "workshop_review"
        trouble = self.chance.random() if self.troubled else 1.0
        moments = sorted(self._delay(visit.node, visit.opened) for _ in range(count))
        if trouble < 0.12 and not vote and len(self.life.visits) < 5:
            return self._return(visit, moments)
        rejects = trouble > 0.93 and self.troubled
        voters = self._voters(visit)
        for who, moment in zip(voters, moments, strict=False):
            if not self._happens(moment):
                return "", (), {}
            no = rejects and (vote or who == voters[-1])
            reason = self.chance.choice(words.REJECTIONS if no else words.APPROVALS)
            visit.acts.append(Act(who, "reject" if no else "approve", moment, reason))
            if no and not vote:
                break
        visit.closed, visit.outcome = visit.acts[-1].at, "rejected" if rejects else "approved"
        if rejects:
            self.life.status = "rejected"
            return "rejection", ("reject", "appealable"), {}
        return self._onward(visit)

    def _voters(self, visit: Visit) -> list[int]:
        """Who still has to sign; of a vote's five four are enough, and before the fourth it is open."""
        count = self.setting.signers.get(visit.node, 1)
        enough = min(count, 4) if visit.node == "workshop_review" else count
        standing = approvals_that_stand(self.life, visit)
        return [who for who in range(enough) if who not in standing]

    def _return(self, visit: Visit, moments: list[datetime]) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        *others, who = self._voters(visit)
        for index, moment in zip(others, moments, strict=False):
            if not self._happens(moment):
                return "", (), {}
            visit.acts.append(Act(index, "approve", moment, self.chance.choice(words.APPROVALS)))
        if not self._happens(moments[-1]):
            return "", (), {}
        target = "revision"
        reason = self.chance.choice(words.RETURNS)
        visit.acts.append(Act(who, "return", moments[-1], reason, {"to": target, "then": "resume"}))
        visit.closed, visit.outcome = moments[-1], "returned"
        return target, (), {"returned_by": len(self.life.visits) - 1, "resume_at": visit.node}

    def _onward(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        gate = {"team_review": ("team_authority",), "section_review": ("section_authority",)}.get(visit.node, ())
        if visit.node == "workshop_review" or self.setting.authority[visit.node]:
            self.life.status, self.life.accepted_level = "accepted", visit.node.removesuffix("_review")
            return "arrangement", (*gate, "accept"), {}
        return LEVELS[LEVELS.index(visit.node) + 1], gate, {}

    def _work(self, visit: Visit, moment: datetime, reason: str = "") -> bool:
        if not self._happens(moment):
            return False
        visit.acts.append(Act(0, "done", moment, reason))
        visit.closed, visit.outcome = moment, "done"
        return True

    def _revision(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        if not self._work(visit, self._delay("revision", visit.opened), "已补。"):
            return "", (), {}
        returning = visit.returned_by
        assert returning is not None
        before = self.life.visits[returning]
        return (
            visit.resume_at,
            (),
            {"resumes": returning, "resume_at": before.resume_at, "returned_by": before.returned_by},
        )

    def _rejection(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        lapse = self.calendar.add(visit.opened, self.setting.hours["rejection"])
        if not self._happens(lapse):
            return "", (), {}
        visit.acts.append(Act(None, "lapse", lapse))
        visit.closed, visit.outcome = lapse, "lapsed"
        self.life.ended, self.life.closed = ("rejected",), lapse
        return "", (), {}

    def _arrangement(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        if not self._work(visit, self._delay("arrangement", visit.opened)):
            return "", (), {}
        assert visit.closed is not None
        self.life.status, self.life.planned_on = "implementing", visit.closed
        return "implementation", (), {}

    def _implementation(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        moment = self.calendar.add(visit.opened + timedelta(days=self.chance.randint(4, 55)), 2)
        if not self._work(visit, moment, self.chance.choice(words.DONE)):
            return "", (), {}
        self.life.status, self.life.implemented = "implemented", moment
        return "effect_report", (), {}

    def _effect_report(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        if not self._work(visit, self._delay("effect_report", visit.opened), self.chance.choice(words.MEASURED)):
            return "", (), {}
        self.life.reported = True
        return "finance_check" if self.setting.needs_finance else "chief_check", ("effect_size",), {}

    def _check(self, visit: Visit) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        moment = self._delay(visit.node, visit.opened)
        if not self._happens(moment):
            return "", (), {}
        visit.acts.append(Act(0, "approve", moment, self.chance.choice(words.APPROVALS)))
        visit.closed, visit.outcome = moment, "approved"
        self.life.status, self.life.verified = "verified", moment
        self.life.ended, self.life.closed = ("verify", "verified"), moment
        return "", (), {}

    _finance_check = _chief_check = _check

    def _sign_some(self, visit: Visit) -> None:
        """Others have signed already; the visit stays open."""
        voters = self._voters(visit)
        for who in self.chance.sample(voters, self.chance.randint(0, len(voters) - 1)):
            moment = self._delay(visit.node, visit.opened)
            if self._happens(moment):
                visit.acts.append(Act(who, "approve", moment, self.chance.choice(words.APPROVALS)))
        visit.acts.sort(key=lambda act: act.at)


def approvals_that_stand(life: Life, visit: Visit) -> set[int]:
    """Signers whose approval stands: the section resumes what it returned, once or again, on unchanged content."""
    if visit.resumes is None or visit.node != "section_review":
        return set()
    before = life.visits[visit.resumes]
    approved = {act.who for act in before.acts if act.verb == "approve" and act.who is not None}
    return approved | approvals_that_stand(life, before)
