"""What the plant decides about findings: how long each step has, how being overdue climbs, what raises the severity."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel, ConfigDict, Field

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.schema_rules import Words

Hours = Annotated[int, Field(ge=1, le=2000)]
Days = Annotated[int, Field(ge=1, le=365)]


class Rectify(BaseModel):
    """Calendar days, at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    minor: Annotated[Days, Words(_("A minor finding (days)"))] = 15
    major: Annotated[Days, Words(_("A major finding (days)"))] = 7
    critical: Annotated[Days, Words(_("A critical finding (days)"))] = 3


class Ladder(BaseModel):
    """Calendar days after the day by which it was to be put right."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    section_days: Annotated[Days, Words(_("The section is told (days overdue)"))] = 1
    workshop_days: Annotated[Days, Words(_("The workshop is told (days overdue)"))] = 3
    hold_days: Annotated[Days, Words(_("Settlement is held (days overdue)"))] = 7


class FindingRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reply_days: Annotated[Days, Words(_("To reply (working days)"))] = 3
    confirm_hours: Annotated[Hours, Words(_("To confirm or withdraw (working hours)"))] = 16
    recheck_hours: Annotated[Hours, Words(pgettext_lazy("finding", "To re-check (working hours)"))] = 24
    request_hours: Annotated[Hours, Words(_("To request the release of a settlement (working hours)"))] = 16
    release_hours: Annotated[Hours, Words(_("To approve a release (working hours)"))] = 16
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8
    raise_after: Annotated[int, Field(ge=1, le=9), Words(_("Failed re-checks that raise the severity"))] = 2
    rectify: Annotated[Rectify, Words(_("To rectify, at most"))] = Rectify()
    ladder: Annotated[Ladder, Words(_("When rectification is overdue"))] = Ladder()


HOURS = {
    "confirmation": "confirm_hours",
    "recheck": "recheck_hours",
    "release_request": "request_hours",
    "release_approval": "release_hours",
}


def read(content: Any) -> FindingRules:
    return FindingRules.model_validate(content)


def rules_of(case: Case) -> FindingRules:
    assert case.rules is not None
    return read(case.rules.content)


def step_rule(content: object, node: str, case: Case | None) -> StepRule:
    """Replying and rectifying have days of their own (`flow`); being overdue there climbs by days, not by hours."""
    rules = read(content)
    if node not in HOURS:
        return StepRule(escalate_hours=None)
    return StepRule(deadline_hours=getattr(rules, HOURS[node]), escalate_hours=rules.escalate_hours)
