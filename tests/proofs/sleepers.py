"""Cases that nobody acts on, whose steps are moved into the past so that their clocks ring."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from tests.proofs.load import PROPOSAL
from tests.proofs.running import Running

RUNG = """
SELECT s.id, array_agg(d.verb::text ORDER BY d.id) FILTER (WHERE d.verb IN ('remind', 'overdue', 'escalate'))
FROM engine_step s LEFT JOIN engine_decision d ON d.step_id = s.id WHERE s.id = ANY(%s) GROUP BY s.id"""
# The moment falls `before` ago, and everything else of the step with it.
MOVE = """
UPDATE engine_step SET opened_at = opened_at - span, due_at = due_at - span, remind_at = remind_at - span,
    escalate_at = escalate_at - span, rings_at = rings_at - span
FROM (SELECT id AS pk, {moment} - now() + interval %s AS span FROM engine_step) m
WHERE id = pk AND id = ANY(%s) AND closed_at IS NULL RETURNING id"""
# In the product, since a moment.
TOLD = """
SELECT n.subject, n.recipient_id, n.event FROM notices_notice n JOIN notices_outbox o ON o.id = n.occurrence_id
WHERE n.subject = ANY(%s) AND o.created_at > to_timestamp(%s)"""


@dataclass
class Sleepers:
    plant: Running
    steps: dict[int, int]  # step: case

    @classmethod
    def file(cls, plant: Running, count: int) -> Sleepers:
        numbers = [_file(plant) for _ in range(count)]
        query = """SELECT s.id, c.id FROM engine_step s JOIN engine_case c ON c.id = s.case_id
                   WHERE s.closed_at IS NULL AND c.number = ANY(%s)"""
        steps = dict(plant.ask(query, numbers))
        assert len(steps) == count
        return cls(plant, steps)

    def move(self, moment: str, *, before: str = "1 second") -> None:
        """Let remind_at, due_at or escalate_at of all of them be past."""
        assert len(self.plant.ask(MOVE.format(moment=moment), before, list(self.steps))) == len(self.steps)

    def rung(self) -> list[list[str]]:
        return [verbs or [] for _step, verbs in self.plant.ask(RUNG, list(self.steps))]

    def all_have(self, *verbs: str) -> bool:
        return all(rung == list(verbs) for rung in self.rung())

    def told_since(self, moment: float) -> list[list[tuple[int, str]]]:
        """Of each case, who was told what."""
        told: dict[str, list[tuple[int, str]]] = {f"case:{case}": [] for case in self.steps.values()}
        for subject, person, event in self.plant.ask(TOLD, list(told), moment):
            told[subject].append((person, event))
        return list(told.values())


def _file(plant: Running) -> str:
    title = f"放渣口观察窗 {uuid4().hex[:8]}"
    filed = plant.load._act(plant.ground["author"], "/api/proposals", PROPOSAL | {"title": title, "new_problem": title})
    return str(filed["number"])
