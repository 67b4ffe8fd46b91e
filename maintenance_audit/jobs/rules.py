"""What the plant decides about outsourced jobs: how long each step has, how long a repair has to hold, and when
what was accepted may be settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from maintenance_audit.jobs.repeats import DAYS
from workflows.engine.kinds import StepRule
from workflows.engine.models import Case
from workflows.engine.schema_rules import Words

SETTLING = (
    ("any_time", _("As soon as no hold stands")),
    ("after_month", _("From the month after acceptance on, when the lot may have been frozen")),
)
Hours = Annotated[int, Field(ge=1, le=2000)]
Days = Annotated[int, Field(ge=1, le=1000)]


class JobRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    approval_hours: Annotated[Hours, Words(_("To approve (working hours)"))] = 8
    dispatch_hours: Annotated[Hours, Words(_("To dispatch (working hours)"))] = 8
    hidden_hours: Annotated[Hours, Words(_("To photograph hidden work (working hours)"))] = 8
    acceptance_hours: Annotated[Hours, Words(_("To accept (working hours)"))] = 16
    settlement_hours: Annotated[Hours, Words(_("To settle (working hours)"))] = 80
    mend_hours: Annotated[Hours, Words(_("To mend a request (working hours)"))] = 16
    escalate_hours: Annotated[Hours, Words(_("Escalates when late by (working hours)"))] = 8
    repeat_days: Annotated[Days, Words(_("A repeat repair: same tag and failure within (days of acceptance)"))] = DAYS
    warranty_days: Annotated[Days, Words(_("Warranty (days)"))] = 90
    settling: Annotated[Literal["any_time", "after_month"], Words(_("An accepted job is settled"), SETTLING)] = (
        "any_time"
    )


FIRST = JobRules()


def rules_of(case: Case | None) -> JobRules:
    """The pinned rules; the first ones for a job that is not worked on here."""
    if case is None or case.rules is None:
        return FIRST
    return JobRules.model_validate(case.rules.content)


def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
    """`approval` and `workshop_approval` have the same hours; start and completion are due by the day agreed on."""
    rules = JobRules.model_validate(content)
    name = {"hidden_work": "hidden", "revision": "mend"}.get(node, node.removeprefix("workshop_"))
    return StepRule(
        deadline_hours=getattr(rules, f"{name}_hours", None),
        escalate_hours=rules.escalate_hours,
        batch=name == "approval",
    )
