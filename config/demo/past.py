"""Awards from before the product, brought in from a spreadsheet as plants do: the officer looks, then confirms."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from config.demo import words
from config.demo.people import Plant
from innovation.history import applying, plan
from innovation.history.sheets.layout import AWARDS, PROBLEMS, Layout
from workflows.ledger.clock import injected
from workflows.organisation.models import Person, Role, Unit
from workflows.reports.spreadsheet import Column, Sheet, workbook_of

MONTHS = 24
GRADES = (("一等奖", 3000, 1), ("二等奖", 2000, 3), ("三等奖", 1000, 6))
EACH_MONTH = (0, 1, 1, 2)


class Archivist:
    def __init__(self, chance: random.Random, plant: Plant, since: datetime) -> None:
        self.chance, self.plant, self.since = chance, plant, since
        self.sections = {section.code.removeprefix("RL-"): section for section in plant.sections}
        self.awards: list[list[str]] = []
        self.problems: list[list[str]] = []

    def bring_in(self) -> None:
        """In the product's first days. What the preview named is brought in, and all of it can be read."""
        for back in range(MONTHS, 0, -1):
            month = self.since - timedelta(days=30 * back)
            for _ in range(self.chance.choice(EACH_MONTH)):
                self._award(month)
        officer = self.plant.holder(Role.INNOVATION_OFFICER, self.plant.workshop)[0]
        content = workbook_of([_sheet(AWARDS, self.awards), _sheet(PROBLEMS, self.problems)])
        with injected(self.since + timedelta(days=2)):
            kept = applying.upload(actor=officer, workshop=self.plant.workshop, name="历年获奖.xlsx", content=content)
            looked_at = plan.compute(kept)
            assert not looked_at.faults, looked_at.faults
            applying.apply(actor=officer, upload=kept, digest=looked_at.digest)

    def _award(self, month: datetime) -> None:
        idea = self.chance.choice(words.TOLD)
        unit = self.chance.choice(self.plant.teams[self.sections[idea.section].pk])
        grade, amount, _weight = self.chance.choices(GRADES, [weight for *_, weight in GRADES])[0]
        number = f"HJ-{month:%y%m}-{len(self.awards) + 1:03d}"
        problem = f"NT-A-{len(self.problems) + 1:02d}"
        title = f"{idea.title}（{month:%Y} 年）"
        self.problems.append([problem, idea.problem, idea.present, unit.code, "已解决"])
        self.awards.append(
            [number, title, f"{month:%Y-%m}", unit.code, self._authors(unit), grade, f"{amount}.00", problem,
             f"{round(idea.saving * self.chance.uniform(0.5, 1), -2):.2f}", idea.method]
        )  # fmt: skip

    def _authors(self, unit: Unit) -> str:
        members: list[Person] = self.plant.members[unit.pk]
        chosen = self.chance.sample(members, min(len(members), self.chance.randint(1, 3)))
        return "；".join(f"{p.name}/{p.employee_no}:{self.chance.randint(1, 5)}" for p in chosen)


def _sheet(layout: Layout, rows: list[list[str]]) -> Sheet:
    return Sheet(layout.names[0], [Column(names[0]) for names in layout.columns.values()], rows)
