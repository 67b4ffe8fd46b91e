"""What the plant decides about looking again at a verified effect."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.models.step import Mode
from workflows.engine.schema_rules import Words

Hours = Annotated[int, Field(ge=1, le=2000)]
Percent = Annotated[int, Field(ge=1, le=100)]
PARTS = (("proportional", _("The part that is missing")), ("all", _("All of it")))
MODES = tuple((mode, Mode(mode).label) for mode in ("vote", "all", "any", "one"))


class Review(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Annotated[Literal["vote", "all", "any", "one"], Words(_("How it is signed"), MODES)] = "vote"
    quorum_percent: Annotated[Percent, Words(_("Quorum of a vote (percent)"))] = 60
    pass_percent: Annotated[Percent, Words(_("A vote passes at (percent)"))] = 67
    part: Annotated[Literal["proportional", "all"], Words(_("What is taken back"), PARTS)] = "proportional"


class ReverificationRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tolerance_percent: Annotated[int, Field(ge=0, le=100), Words(_("Shortfall that is let pass (percent)"))] = 10
    report_hours: Annotated[Hours, Words(_("To report the year (working hours)"))] = 80
    verify_hours: Annotated[Hours, Words(_("To verify (working hours)"))] = 40
    review_hours: Annotated[Hours, Words(_("To review (working hours)"))] = 40
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8
    review: Annotated[Review, Words(_("Review of a shortfall"))] = Review()


HOURS = {"report": "report_hours", "finance_check": "verify_hours", "review": "review_hours"}


def read(content: Any) -> ReverificationRules:
    return ReverificationRules.model_validate(content)


def rules_of(case: Case) -> ReverificationRules:
    assert case.rules is not None
    return read(case.rules.content)


def step_rule(content: object, node: str, case: Case | None) -> StepRule:
    rules = read(content)
    hours = getattr(rules, HOURS[node]) if node in HOURS else None
    if node != "review":
        return StepRule(deadline_hours=hours, escalate_hours=rules.escalate_hours)
    review = rules.review
    return StepRule(
        mode=review.mode, deadline_hours=hours, escalate_hours=rules.escalate_hours,
        quorum=Fraction(review.quorum_percent, 100), pass_share=Fraction(review.pass_percent, 100),
    )  # fmt: skip
