"""What a version of the proposal rules says. Sums and shares are strings in JSON, so that they stay exact."""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, field_validator, model_validator

from innovation.proposals.authority import Ceiling

LevelName = Literal["team", "section", "workshop"]
CategoryName = Literal["technology", "management", "safety", "energy", "quality", "small_improvement"]
CATEGORIES: tuple[CategoryName, ...] = ("technology", "management", "safety", "energy", "quality", "small_improvement")
Hours = int
ESCALATE = 8  # working hours after a deadline, where a version does not say


def _share(value: Any) -> Fraction:
    """An exact share above 0 and up to 1, written "2/3" or "0.8"."""
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError("a share is written like 2/3 or 0.8") from error
    if not 0 < share <= 1:
        raise ValueError("a share is above 0 and at most 1")
    return share


Share = Annotated[Fraction, BeforeValidator(_share), PlainSerializer(str)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class LevelRule(_Part):
    level: LevelName
    node: str
    role: str
    mode: Literal["one", "any", "all", "vote"]
    deadline_hours: Hours = Field(ge=1)
    remind_hours: Hours = Field(ge=0)  # after the step was opened
    escalate_hours: Hours = Field(default=ESCALATE, ge=0)  # after the deadline
    quorum: Share | None = None
    pass_share: Share | None = None
    batch: bool = False  # several may be approved at once

    @model_validator(mode="after")
    def _vote_says_when_it_passes(self) -> Self:
        if self.mode == "vote" and (self.quorum is None or self.pass_share is None):
            raise ValueError("a vote needs a quorum and a pass share")
        if self.remind_hours >= self.deadline_hours:
            raise ValueError("the reminder comes before the deadline")
        return self


class CeilingRule(_Part):
    """Sums up to and including which a level decides; "none" = no limit."""

    benefit: Decimal | Literal["none"]
    cost: Decimal | Literal["none"]

    @field_validator("benefit", "cost")
    @classmethod
    def _not_negative(cls, value: Decimal | str) -> Decimal | str:
        if isinstance(value, Decimal) and value < 0:
            raise ValueError("a ceiling is not negative")
        return value

    def exact(self) -> Ceiling:
        return Ceiling(
            self.benefit if isinstance(self.benefit, Decimal) else None,
            self.cost if isinstance(self.cost, Decimal) else None,
        )


class ProposalRules(_Part):
    levels: tuple[LevelRule, ...]
    ceilings: dict[LevelName, dict[CategoryName, CeilingRule]]
    finance_threshold: Decimal = Field(ge=0)  # verified by finance above, by the section chief up to here
    investment_years: int = Field(default=3, ge=1)
    reverify_months: int = Field(default=12, ge=1)
    revise_hours: Hours = Field(default=40, ge=1)
    appeal_hours: Hours = Field(default=40, ge=1)
    arrange_hours: Hours = Field(default=24, ge=1)
    implement_report_hours: Hours = Field(default=40, ge=1)
    verify_hours: Hours = Field(default=40, ge=1)
    # Of the steps that are no level's review: before their deadline (None = a quarter of the time), and after it.
    work_remind_hours: Hours | None = Field(default=None, ge=0)
    work_escalate_hours: Hours = Field(default=ESCALATE, ge=0)

    @model_validator(mode="after")
    def _every_level_has_ceilings_and_the_last_has_none(self) -> Self:
        if not self.levels:
            raise ValueError("at least one level decides")
        for rule in self.levels:
            if set(self.ceilings.get(rule.level, {})) != set(CATEGORIES):
                raise ValueError(f"the {rule.level} level needs a ceiling for each category")
        if any(c.exact() != Ceiling(None, None) for c in self.ceilings[self.levels[-1].level].values()):
            raise ValueError("the last level decides everything, its ceilings are none")
        return self

    @cached_property
    def exact_ceilings(self) -> dict[str, dict[str, Ceiling]]:
        return {
            level: {category: ceiling.exact() for category, ceiling in by_category.items()}
            for level, by_category in self.ceilings.items()
        }

    @property
    def level_names(self) -> list[str]:
        return [rule.level for rule in self.levels]

    def level(self, name: str) -> LevelRule:
        return next(rule for rule in self.levels if rule.level == name)


KNOWN = 16
_known: deque[tuple[dict[str, Any], ProposalRules]] = deque(maxlen=KNOWN)


def read(content: dict[str, Any]) -> ProposalRules:
    """The same content is read once: a published version never changes, and each decision asks it."""
    for known, rules in tuple(_known):
        if known == content:
            return rules
    rules = ProposalRules.model_validate(content)
    _known.appendleft((deepcopy(content), rules))
    return rules


def _same_for_all(benefit: str, cost: str) -> dict[str, dict[str, str]]:
    return {name: {"benefit": benefit, "cost": cost} for name in CATEGORIES}


DEFAULT_RULES: dict[str, Any] = {
    "levels": [
        {"level": "team", "node": "team_review", "role": "team_leader", "mode": "one",
         "deadline_hours": 8, "remind_hours": 4, "batch": True},
        {"level": "section", "node": "section_review", "role": "section_chief", "mode": "all",
         "deadline_hours": 24, "remind_hours": 16},
        {"level": "workshop", "node": "workshop_review", "role": "workshop_reviewer", "mode": "vote",
         "deadline_hours": 40, "remind_hours": 32, "quorum": "4/5", "pass_share": "2/3"},
    ],
    "ceilings": {
        "team": _same_for_all("20000.00", "2000.00")
        | {"small_improvement": {"benefit": "50000.00", "cost": "5000.00"}},
        "section": _same_for_all("500000.00", "100000.00"),
        "workshop": _same_for_all("none", "none"),
    },
    "finance_threshold": "50000.00",
    "investment_years": 3,
    "reverify_months": 12,
    "revise_hours": 40,
    "appeal_hours": 40,
    "arrange_hours": 24,
    "implement_report_hours": 40,
    "verify_hours": 40,
}  # fmt: skip
