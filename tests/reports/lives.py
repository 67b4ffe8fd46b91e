"""Cases that people have worked on at odd hours, through the engine's own verbs, under a clock of the test's."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from innovation.proposals import steps
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine import beside
from workflows.engine.models import Case
from workflows.engine.turn import turn
from workflows.engine.withdrawal import withdraw
from workflows.ledger.clock import injected
from workflows.organisation.models import Person

BEGINNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SIZES = (
    ("100.00", "0.00", "small_improvement"),
    ("400000.00", "1000.00", "technology"),
    ("1860000.00", "236000.00", "technology"),
)
WORK = ("arrangement", "implementation", "effect_report")


class Lives:
    """Each case goes its own way, by chance; `end` is the moment at which everybody looks up."""

    def __init__(self, plant: Plant, seed: int) -> None:
        self.plant, self.chance = plant, random.Random(seed)
        self.moment = self.end = BEGINNING

    def live(self, count: int) -> None:
        for n in range(count):
            self.moment = BEGINNING + timedelta(hours=self.chance.uniform(0, 24 * 80))
            self._one(n)
            self.end = max(self.end, self.moment)
        self.end += timedelta(hours=5)

    def _one(self, n: int) -> None:
        story, plant = Story(self.plant), self.plant
        sums = dict(zip(("benefit", "cost", "category"), self.chance.choice(SIZES), strict=True))
        author = self.chance.choice([plant.author, plant.section_member, plant.stranger])
        together = (plant.coauthor,) if author == plant.author else ()
        with injected(self.moment):
            story.file(**sums, author=author, coauthors=together, title=f"第{n}件")
        for _ in range(self.chance.randint(0, 14)):
            self.moment += timedelta(minutes=self.chance.randint(1, 60 * 50))
            with injected(self.moment):
                if not self._act(story):
                    return

    def _act(self, story: Story) -> bool:
        """One thing happens to the case; False when nothing more can."""
        node, case = story.at(), story.case
        assert case is not None
        if node.startswith("closed:"):
            return False
        if Case.objects.get(pk=case.pk).state == "held":
            keeper = self.keeper
            beside.release_hold(actor=fresh(keeper), case_id=case.pk)
            return True
        if node == "rejection":
            return False
        if node == "revision":
            if self.chance.random() < 0.2:
                withdraw(actor=fresh(case.author), case_id=case.pk, reason="不改了")
                return True
            story.act(case.author, "complete", "已补")
            return True
        return self._work(story, node) if node in WORK else self._judge(story)

    def _judge(self, story: Story) -> bool:
        person = self._holder(story)
        what = self.chance.random()
        if story.step().mode == "vote" or what < 0.66:
            story.act(person, "approve")
        elif what < 0.8:
            earlier = [s.node for s in story.case.steps.exclude(outcome="").filter(outcome="approved")]  # type: ignore[union-attr]
            verbs = ["revision", *(node for node in earlier if node != story.step().node)]
            mendable = story.step().task.flow_task.mendable
            to = self.chance.choice(verbs) if mendable else "effect_report"
            then, reason = self.chance.choice(["resume", "walk"]), f"缺{self.chance.randint(1, 3)}"
            story.act(person, "return_to", to, then=then, reason=reason)
        elif what < 0.87:
            story.act(person, "hold", "等图纸")
            self.keeper = person
        elif what < 0.94 and story.step().task.flow_task._rejected is not None:
            story.act(person, "reject", "重复")
        else:
            story.act(person, "approve")
            self._regret(story, person)
        return True

    def _regret(self, story: Story, person: Person) -> None:
        """Take back what was just approved, if that is still open to the person."""
        assert story.case is not None
        self.moment += timedelta(minutes=7)
        with injected(self.moment):
            if story.case.steps.filter(closed_at=None, place__gt=1).exists():  # type: ignore[attr-defined]
                try:
                    beside.take_back(actor=fresh(person), case_id=story.case.pk)
                except Exception:
                    return

    def _holder(self, story: Story) -> Person:
        item = story.step().items.filter(state="open").order_by("pk").first()  # type: ignore[attr-defined]
        if item.person is not None:
            return item.person
        holders = Person.objects.filter(holdings__role=item.role, holdings__unit=item.unit)
        barred = set(story.case.parties.values_list("person", flat=True))  # type: ignore[union-attr]
        return self.chance.choice([p for p in holders if p.pk not in barred])

    def _work(self, story: Story, node: str) -> bool:
        person = self._holder(story)
        item = story.item(person)
        with turn(actor=fresh(person), case_id=item.case_id, item_id=item.pk, token=uuid4()) as t:
            if node == "arrangement":
                helper = self.plant.teammate
                steps.arrange(t, implementer=helper, due=(self.moment + timedelta(days=30)).date())
            elif node == "implementation":
                steps.implement(t, note="装好了。", photos=[])
            else:
                steps.report_effect(
                    t, saving=Decimal("46080.00"), added_cost=Decimal(0), investment=Decimal(0), note="台账"
                )
        return True


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)
