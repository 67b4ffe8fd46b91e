"""Which cases the invented plant has: what each proposes, who wrote it, and at which node it is to be found."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from config.demo import words
from config.demo.latest import PHOTOGRAPHED
from config.demo.life import Life, Setting, Writer
from config.demo.people import Plant
from innovation.proposals import rules as proposal_rules
from innovation.proposals.authority import decides_here
from innovation.proposals.rules import ProposalRules
from workflows.engine.models import RuleVersion
from workflows.engine.working_hours import PlantCalendar
from workflows.organisation.models import Person, Role, Unit

FEN = Decimal("0.01")
# Where this week's work is to be found: node, how many, up to how many working hours ago it came.
WAITING = (
    ("team_review", 14, 12),
    ("section_review", 12, 30),
    ("workshop_review", 9, 50),
    ("revision", 4, 30),
    ("arrangement", 6, 28),
    ("implementation", 14, 200),
    ("effect_report", 5, 50),
    ("finance_check", 5, 45),
    ("chief_check", 5, 45),
    ("rejection", 3, 30),
)
# What kind of saving is found where: finance sees the large ones, the section what is above a team's authority.
SIZES = {"finance_check": (95_000, 600_000), "chief_check": (0, 30_000), "section_review": (40_000, 10**9)}


@dataclass
class Written:
    """One invented case before it becomes rows."""

    idea: words.Idea
    title: str
    equipment: str
    authors: list[Person]
    shares: list[int]
    unit: Unit
    benefit: Decimal
    quantity: Decimal
    unit_value: Decimal
    cost: Decimal
    rules: RuleVersion
    life: Life
    setting: Setting
    photographed: bool = False


class Author:
    """Writes cases: `count` over the years, and some that wait at each node today."""

    def __init__(
        self, chance: random.Random, plant: Plant, calendar: PlantCalendar, since: datetime, present: datetime
    ) -> None:
        self.chance, self.plant, self.calendar, self.since, self.present = chance, plant, calendar, since, present
        self.read = {version.pk: proposal_rules.read(version.content) for version in plant.rules}
        self.by_section = {s.code.removeprefix("RL-"): s for s in plant.sections}
        # Those who decide and those who came today propose nothing.
        self.silent = {p.pk for people in plant.holders.values() for p in people}
        self.silent |= {p.pk for p in plant.people if p.must_change_password}

    def all(self, count: int) -> Iterator[Written]:
        current = list(self._waiting())
        past = max(0, count - len(current))
        written = [self._past() for _ in range(past)] + current
        written.sort(key=lambda w: w.life.filed)
        for newest in [w for w in written if w.life.closed is None][-PHOTOGRAPHED:]:
            newest.photographed = True
        yield from written

    def _past(self) -> Written:
        """Filed some time in the years; the life goes as far as it has come."""
        span = (self.present - timedelta(days=7) - self.since).total_seconds()
        share = self.chance.random() ** 0.8  # a little more each year
        filed = self._at_work(self.since + timedelta(days=20, seconds=share * (span - 20 * 86400)))
        return self._write(filed)

    def _waiting(self) -> Iterator[Written]:
        teams = itertools.cycle(team for teams in self.plant.teams.values() for team in teams)
        for node, count, hours in WAITING:
            for _ in range(count):
                yield self._stay(node, hours, next(teams) if node == "team_review" else None)

    def _stay(self, node: str, hours: int, team: Unit | None) -> Written:
        """Found at `node` today; filed as long ago as the way there takes."""
        days = {
            "team_review": 1,
            "section_review": 5,
            "workshop_review": 12,
            "revision": 8,
            "rejection": 9,
            "arrangement": 14,
            "implementation": 24,
        }.get(node, 80)
        for attempt in range(240):
            back = timedelta(days=days * self.chance.uniform(0.2, 1.6) * (1 + attempt % 40 / 20))
            written = self._write(self._at_work(self.present - back), stay=node, team=team)
            last = written.life.visits[-1]
            if last.node == node and self.calendar.between(last.opened, self.present) <= timedelta(hours=hours):
                return written
        return written

    def _at_work(self, moment: datetime) -> datetime:
        """A moment of a shift on or after this one, and not ahead of the present."""
        return min(self.calendar.add(moment, self.chance.uniform(0.1, 6)), self.present - timedelta(minutes=40))

    def _write(self, filed: datetime, stay: str = "", team: Unit | None = None) -> Written:
        idea = self._idea_for(stay, team)
        version = max(
            (v for v in self.plant.rules if timezone.make_naive(v.effective_from) <= filed),  # type: ignore[arg-type]
            key=lambda v: v.number,
            default=self.plant.rules[0],
        )
        benefit, quantity, value = self._sum(idea)
        cost = self._vary(idea.cost)
        authors = self._authors(idea, team)
        setting = self._setting(authors[0].unit, idea.category, benefit, cost, self.read[version.pk])
        writer = Writer(self.chance, self.calendar, self.present, setting)
        troubled = stay not in ("team_review", "section_review", "workshop_review", "arrangement")
        tag = f"{idea.equipment}{self.chance.choice('ABC')}" if "-" in idea.equipment else ""
        return Written(
            idea,
            idea.title + self.chance.choice(words.VARIANTS),
            tag,
            authors,
            [self.chance.randint(1, 5) for _ in authors],
            authors[0].unit,
            benefit,
            quantity,
            value,
            cost,
            version,
            writer.write(filed, stay, troubled),
            setting,
        )

    def _idea_for(self, node: str, team: Unit | None) -> words.Idea:
        """Most are small things about one device; some are told in full; what the workshop votes on is large."""
        if node == "workshop_review":
            return self.chance.choice([i for i in words.TOLD if i.saving > 700_000 or i.cost > 120_000])
        ideas = words.TOLD if self.chance.random() < 0.2 else words.MADE
        ideas = [i for i in ideas if team is None or self.by_section[i.section].pk == team.parent_id] or words.MADE
        least, most = SIZES.get(node, (0, 10**9))
        return self.chance.choice([i for i in ideas if least <= i.saving <= most] or ideas)

    def _sum(self, idea: words.Idea) -> tuple[Decimal, Decimal, Decimal]:
        quantity = Decimal(self.chance.choice((12, 24, 48, 52, 72, 96, 120)))
        value = (self._vary(idea.saving) / quantity).quantize(FEN, ROUND_HALF_UP)
        return (quantity * value).quantize(FEN), quantity, value

    def _vary(self, typical: int) -> Decimal:
        return (Decimal(typical) * Decimal(str(round(self.chance.uniform(0.6, 1.5), 2)))).quantize(FEN)

    def _authors(self, idea: words.Idea, team: Unit | None) -> list[Person]:
        section = self.by_section[idea.section]
        team = team or self.chance.choice(self.plant.teams[section.pk])
        members = [p for p in self.plant.members[team.pk] if p.pk not in self.silent]
        if self.chance.random() < 0.06:
            members = [p for p in self.plant.members[section.pk] if p.pk not in self.silent] or members
        count = min(len(members), self.chance.choices((1, 2, 3, 4), (50, 30, 14, 6))[0])
        return self.chance.sample(members, count)

    def _setting(self, unit: Unit, category: str, benefit: Decimal, cost: Decimal, read: ProposalRules) -> Setting:
        section = unit if unit.kind == "section" else unit.parent
        assert section is not None
        ceilings = read.exact_ceilings
        return Setting(
            start="team_review" if unit.kind == "team" else "section_review",
            authority={
                f"{level}_review": decides_here(level, category, benefit, cost, ceilings)
                for level in ("team", "section")
            },
            signers={
                "team_review": 1,
                "section_review": len(self.plant.holder(Role.SECTION_CHIEF, section)),
                "workshop_review": len(self.plant.holder(Role.WORKSHOP_REVIEWER, self.plant.workshop)),
            },
            hours={level.node: level.deadline_hours for level in read.levels}
            | {
                "revision": read.revise_hours,
                "rejection": read.appeal_hours,
                "arrangement": read.arrange_hours,
                "effect_report": read.implement_report_hours,
                "finance_check": read.verify_hours,
                "chief_check": read.verify_hours,
            },
            needs_finance=benefit > read.finance_threshold,
        )
