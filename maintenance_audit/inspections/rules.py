"""How long a record and an adjudication may take. Both are bound by the rules of the lot that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maintenance_audit.lots.rules import read
from workflows.engine.kinds import StepRule
from workflows.engine.models import Case

HOURS = {"recording": "record_hours", "ruling": "rule_hours"}


def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
    """A record that is late stays its inspector's: nobody above has a part in it."""
    rules = read(content)
    hours = getattr(rules, HOURS[node]) if node in HOURS else None
    return StepRule(deadline_hours=hours, escalate_hours=None if node == "recording" else rules.escalate_hours)
