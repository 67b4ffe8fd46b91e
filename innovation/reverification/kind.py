"""What the engine asks about re-verifications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.reverification import course, forms, rules
from innovation.reverification.flow import ReverificationFlow
from innovation.reverification.models import Reverification
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line, Text
from workflows.engine.models import Case, Step
from workflows.engine.schema_rules import rules_of
from workflows.organisation.models import Person, Role


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    """One statement."""
    found = Reverification.objects.filter(case__in=case_ids).select_related("proposal__case__author", "case__unit")
    return {
        row.case_id: Line(
            row.proposal.get_category_display(), row.booked, row.proposal.case.author.name, row.case.unit.name
        )
        for row in found
    }


def content(case: Case, person: Person) -> dict[str, Any]:
    related = ("proposal__case__author", "proposal__case__unit", "verified_by")
    row = Reverification.objects.select_related(*related).get(case=case)
    row.case = case
    case.reverification = row  # type: ignore[attr-defined]
    award = course.award_of(row.proposal)
    return {
        "row": row,
        "tolerance": rules.rules_of(case).tolerance_percent,
        "award": award,
        "would_take": course.would_take(case) if row.benefit is not None and row.taken_back is None else {},
    }


def consequence(case: Case, step: Step) -> Text:
    """The words on the primary button."""
    return _("Take it back") if step.node == "review" else _("Confirm the year")


def register() -> None:
    kinds.register(
        CaseKind(
            name="reverification",
            opens_itself=True,
            label=_("Re-verification"),
            prefix="FY",
            waived_by=Role.INNOVATION_OFFICER,
            business="reverification",
            flow=ReverificationFlow,
            step_rule=rules.step_rule,
            **rules_of(rules.ReverificationRules),
            stations={
                "file": pgettext_lazy("station", "Due"),
                "report": pgettext_lazy("station", "Report the year"),
                "finance_check": _("Verify"),
                "review": pgettext_lazy("station", "Review"),
            },
            standings={
                "": (_("Under way"), "waiting"),
                "held": (_("Effect held"), "accepted"),
                "short": (_("Short, nothing to take back"), "none"),
                "kept": (_("Short, award kept"), "none"),
                "clawed_back": (_("Short, award taken back"), "late"),
            },
            lines=lines,
            content_template="reverification/_content.html",
            content=content,
            aside_template="reverification/_review.html",
            forms={"report": forms.YearForm},
            consequence=consequence,
            may_withdraw=lambda case: False,
            may_move=lambda case, node: False,
        )
    )
