"""What the plant decides about lots: how strictly they are sampled, how large upper tiers are, how long each has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from maintenance_audit.lots.sampling import AQLS, LEVELS
from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.schema_rules import Words

Hours = Annotated[int, Field(ge=1, le=2000)]
Percent = Annotated[int, Field(ge=1, le=100)]
Least = Annotated[int, Field(ge=1, le=50)]
Aql = Literal[
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0",
    "6.5", "10",
]  # fmt: skip
Level = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]


class Sampling(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    aql: Annotated[Aql, Words(_("AQL (nonconforming jobs per hundred)"), tuple((str(a), str(a)) for a in AQLS))] = "2.5"
    level: Annotated[Level, Words(_("Inspection level"), tuple((level, level) for level in LEVELS))] = "II"


class Tiers(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    section_percent: Annotated[Percent, Words(_("Section re-draws, per cent of the teams' draw"))] = 20
    section_least: Annotated[Least, Words(_("Section re-draws at least"))] = 3
    workshop_percent: Annotated[Percent, Words(_("Workshop re-draws, per cent of the sections' draw"))] = 20
    workshop_least: Annotated[Least, Words(_("Workshop re-draws at least"))] = 2


class LotRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sampling: Annotated[Sampling, Words(_("Sampling plan (GB/T 2828.1)"))] = Sampling()
    tiers: Annotated[Tiers, Words(_("Upper tiers"))] = Tiers()
    freeze_hours: Annotated[Hours, Words(_("To freeze (working hours)"))] = 16
    commit_hours: Annotated[Hours, Words(_("To commit (working hours)"))] = 8
    reveal_hours: Annotated[Hours, Words(_("To reveal (working hours)"))] = 4
    draw_hours: Annotated[Hours, Words(_("To draw (working hours)"))] = 4
    record_hours: Annotated[Hours, Words(_("To inspect and seal (working hours)"))] = 40
    rule_hours: Annotated[Hours, Words(_("To rule what two forms differ in (working hours)"))] = 16
    decide_hours: Annotated[Hours, Words(_("To decide (working hours)"))] = 16
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8


HOURS = {
    "freezing": "freeze_hours",
    "commitment": "commit_hours",
    "reveal": "reveal_hours",
    "drawing": "draw_hours",
    "decision": "decide_hours",
}


def read(content: Mapping[str, Any]) -> LotRules:
    return LotRules.model_validate(content)


def rules_of(case: Case) -> LotRules:
    assert case.rules is not None
    return read(case.rules.content)


def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
    """`contractor_commitment` and `union_commitment` have the hours of committing, and so on."""
    name = HOURS.get(node.rpartition("_")[2])
    rules = read(content)
    return StepRule(deadline_hours=getattr(rules, name) if name else None, escalate_hours=rules.escalate_hours)
