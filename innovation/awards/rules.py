"""What a version of the award rules says. Sums and shares are strings in JSON, so that they stay exact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case

Over = Literal["scale", "wait"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Part):
    key: str = Field(pattern=r"^[a-z_]{1,20}$")
    label: str = Field(min_length=1, max_length=20)
    weight: int = Field(ge=0, le=1000)  # zero is looked at and does not count


class Grade(_Part):
    name: str = Field(min_length=1, max_length=20)
    minimum: Decimal = Field(ge=0, le=100)
    places: int | None = Field(default=None, ge=1)  # None: as many as reach the minimum
    amount: Decimal = Field(ge=0, decimal_places=2)


class AwardRules(_Part):
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    grades: tuple[Grade, ...] = Field(min_length=1)  # the best first
    quorum: int = Field(default=3, ge=1)  # marks that a candidate needs to have a score
    ceiling: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    over: Over = "scale"
    again: bool = True  # scored once and given no grade: a candidate again
    publicity_days: int = Field(default=5, ge=1, le=30)  # working days
    select_hours: int = Field(default=16, ge=1)
    score_hours: int = Field(default=40, ge=1)
    substitute_hours: int = Field(default=16, ge=1)
    rank_hours: int = Field(default=16, ge=1)
    confirm_hours: int = Field(default=16, ge=1)
    pay_hours: int = Field(default=40, ge=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if not sum(criterion.weight for criterion in self.criteria):
            raise ValueError("at least one criterion has a weight")
        for parts in ([c.key for c in self.criteria], [g.name for g in self.grades]):
            if len(set(parts)) != len(parts):
                raise ValueError("criteria and grades are named once")
        minima = [grade.minimum for grade in self.grades]
        if minima != sorted(minima, reverse=True):
            raise ValueError("grades stand from the best down")
        return self


HOURS = {
    "selection": "select_hours",
    "scoring": "score_hours",
    "substitution": "substitute_hours",
    "ranking": "rank_hours",
    "confirmation": "confirm_hours",
    "payout": "pay_hours",
}


def read(content: Mapping[str, Any]) -> AwardRules:
    return AwardRules.model_validate(content)


def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
    """The hours of a step; publicity ends by its own moment."""
    name = HOURS.get(node)
    return StepRule(deadline_hours=getattr(read(content), name) if name else None)


DEFAULT_RULES: dict[str, Any] = {
    "criteria": [
        {"key": "benefit", "label": "效益", "weight": 35},
        {"key": "novelty", "label": "创新性", "weight": 25},
        {"key": "practicality", "label": "实用性", "weight": 20},
        {"key": "spread", "label": "推广价值", "weight": 10},
        {"key": "safety", "label": "安全环保", "weight": 10},
    ],
    "grades": [
        {"name": "一等奖", "minimum": "90", "places": 1, "amount": "3000.00"},
        {"name": "二等奖", "minimum": "80", "places": 2, "amount": "2000.00"},
        {"name": "三等奖", "minimum": "70", "places": 3, "amount": "1000.00"},
        {"name": "鼓励奖", "minimum": "60", "places": None, "amount": "300.00"},
    ],
    "quorum": 3,
    "ceiling": None,
    "over": "scale",
    "again": True,
    "publicity_days": 5,
    "select_hours": 16,
    "score_hours": 40,
    "substitute_hours": 16,
    "rank_hours": 16,
    "confirm_hours": 16,
    "pay_hours": 40,
}
