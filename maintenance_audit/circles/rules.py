"""What the plant decides about circles: how long each step may take, how many judges, from which mean."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.schema_rules import Words

Hours = Annotated[int, Field(ge=1, le=4000)]


class CircleRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    register_hours: Annotated[Hours, Words(_("To register a theme (working hours)"))] = 16
    stage_hours: Annotated[Hours, Words(_("For each of plan, do, check and act (working hours)"))] = 240
    word_hours: Annotated[Hours, Words(_("For the section's word (working hours)"))] = 24
    mark_hours: Annotated[Hours, Words(_("For the judges to mark (working hours)"))] = 40
    result_hours: Annotated[Hours, Words(_("To accept the result (working hours)"))] = 40
    mend_hours: Annotated[Hours, Words(_("To mend a registration (working hours)"))] = 24
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8
    least_marks: Annotated[int, Field(ge=1, le=20), Words(_("Judges who must have marked, at least"))] = 3
    pass_mark: Annotated[int, Field(ge=0, le=100), Words(_("A result is accepted from a mean of"))] = 60


def rules_of(case: Case) -> CircleRules:
    assert case.rules is not None
    return CircleRules.model_validate(case.rules.content)


def step_rule(content: object, node: str, case: Case | None) -> StepRule:
    rules = CircleRules.model_validate(content)
    hours = {
        "registration": rules.register_hours, "revision": rules.mend_hours, "presentation": rules.mark_hours,
        "result": rules.result_hours,
    }  # fmt: skip
    plain = rules.word_hours if node.endswith("_review") else rules.stage_hours
    return StepRule(deadline_hours=hours.get(node, plain), escalate_hours=rules.escalate_hours)
