"""What the plant decides about scorecards: the weight of each part, and what a grave finding counts for."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from workflows.engine.models import RuleVersion
from workflows.engine.schema_rules import Words, rules_of

KIND = "scorecard"
Weight = Annotated[int, Field(ge=0, le=100)]


class ScorecardRules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    claims: Annotated[Weight, Words(_("Weight: claims that conform"))] = 40
    severity: Annotated[Weight, Words(_("Weight: severity of findings"))] = 20
    repeats: Annotated[Weight, Words(_("Weight: no repeat repairs"))] = 20
    lateness: Annotated[Weight, Words(_("Weight: jobs completed in time"))] = 20
    minor_points: Annotated[int, Field(ge=0, le=100), Words(_("A minor finding counts"))] = 1
    major_points: Annotated[int, Field(ge=0, le=100), Words(_("A major finding counts"))] = 3
    critical_points: Annotated[int, Field(ge=0, le=100), Words(_("A critical finding counts"))] = 10
    points_a_job: Annotated[int, Field(ge=1, le=100), Words(_("Of so many points for each job checked"))] = 3
    fewest_claims: Annotated[int, Field(ge=1, le=1000), Words(_("Fewer claims checked are too few to compare"))] = 30

    @model_validator(mode="after")
    def _something_counts(self) -> ScorecardRules:
        if not self.claims + self.severity + self.repeats + self.lateness:
            raise ValueError("at least one part has a weight")
        return self


class _Rules:
    """What the rules pages ask."""

    name, label = KIND, _("Scorecards")

    def __init__(self) -> None:
        vars(self).update(rules_of(ScorecardRules))

    rules_schema: Any
    rules_form: Any
    clauses: Any
    first_rules: Any


RULES = _Rules()


def in_force(path: str) -> tuple[ScorecardRules, RuleVersion | None]:
    """The version that binds the unit of this path, else the product's own."""
    ids = [int(part) for part in path.strip("/").split("/") if part.isdigit()]
    version = RuleVersion.objects.in_force(KIND, ids)
    return ScorecardRules.model_validate(version.content if version else {}), version
