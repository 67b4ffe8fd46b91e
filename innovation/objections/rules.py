"""What the plant decides about objections: how the panel decides, how much is needed, how long each step takes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.schema_rules import Words

MODES = (("vote", _("Weighted vote")), ("all", _("All of the signers")), ("one", _("One of the pool")))
SHARES = (("1/2", "1/2"), ("2/3", "2/3"), ("3/4", "3/4"), ("1", "1"))
Hours = Annotated[int, Field(ge=1, le=2000)]


class ObjectionRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Annotated[Literal["vote", "all", "one"], Words(_("How the panel decides"), MODES)] = "vote"
    quorum: Annotated[Literal["1/2", "2/3", "3/4", "1"], Words(_("Quorum of a vote"), SHARES)] = "2/3"
    upheld_from: Annotated[
        Literal["1/2", "2/3", "3/4", "1"], Words(_("Share in favour that upholds an objection"), SHARES)
    ] = "2/3"
    panel_hours: Annotated[Hours, Words(_("To decide (working hours)"))] = 24
    mend_hours: Annotated[Hours, Words(_("To say more (working hours)"))] = 16
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8


def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
    rules = ObjectionRules.model_validate(content)
    if node == "revision":
        return StepRule(deadline_hours=rules.mend_hours)
    vote = rules.mode == "vote"
    return StepRule(
        mode=rules.mode,
        deadline_hours=rules.panel_hours,
        escalate_hours=rules.escalate_hours,
        quorum=Fraction(rules.quorum) if vote else None,
        pass_share=Fraction(rules.upheld_from) if vote else None,
    )
