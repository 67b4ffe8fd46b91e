"""What the plant decides about hazards: at which level each severity is handled, and how much time each step has."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.schema_rules import Words

LEVELS = (("section", _("Section")), ("workshop", _("Workshop")))
STEPS = {"assignment": "assign_hours", "rectification": "rectify_hours", "verification": "verify_hours"}
Hours = Annotated[int, Field(ge=1, le=2000)]


class Grade(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Annotated[Literal["section", "workshop"], Words(_("Handled by"), LEVELS)] = "section"
    assign_hours: Annotated[Hours, Words(_("To assign (working hours)"))] = 8
    rectify_hours: Annotated[Hours, Words(_("To rectify, at most (working hours)"))] = 40
    verify_hours: Annotated[Hours, Words(_("To re-check (working hours)"))] = 16
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8


class HazardRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    general: Annotated[Grade, Words(_("General hazard"))] = Grade()
    larger: Annotated[Grade, Words(_("Larger hazard"))] = Grade(assign_hours=4, rectify_hours=24, verify_hours=8)
    major: Annotated[Grade, Words(_("Major hazard"))] = Grade(
        level="workshop", assign_hours=1, rectify_hours=8, verify_hours=4, escalate_hours=2
    )
    mend_hours: Annotated[Hours, Words(_("To mend a report (working hours)"))] = 16
    appeal_hours: Annotated[Hours, Words(_("To appeal (working hours)"))] = 16


def grade_of(case: Case) -> Grade:
    """What the pinned rules say of a hazard as grave as this one."""
    assert case.rules is not None
    grade: Grade = getattr(HazardRules.model_validate(case.rules.content), case.hazard.severity)  # type: ignore[attr-defined]
    return grade


def step_rule(content: object, node: str, case: Case | None) -> StepRule:
    """The hours of a step: `section_assignment` and `workshop_assignment` have the grade's for assigning."""
    if case is None:
        return StepRule()
    step = STEPS.get(node.rpartition("_")[2])
    if step is not None:
        grade = grade_of(case)
        return StepRule(deadline_hours=getattr(grade, step), escalate_hours=grade.escalate_hours)
    rules = HazardRules.model_validate(content)
    return StepRule(deadline_hours=rules.mend_hours if node == "revision" else rules.appeal_hours)
