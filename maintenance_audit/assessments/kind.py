"""What the engine asks about monthly checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.assessments import clauses, forms, rules
from maintenance_audit.assessments.flow import AssessmentFlow
from maintenance_audit.assessments.models import Assessment, Mark
from maintenance_audit.assessments.rules_form import AssessmentRulesForm
from workflows.documents.models import Document
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line, Text
from workflows.engine.models import Case, Step
from workflows.organisation.models import Person


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    """One statement."""
    found = Assessment.objects.filter(case__in=case_ids).select_related("unit")
    return {row.case_id: Line(f"{row.month:%Y-%m}", None, "", row.unit.name) for row in found}


def content(case: Case, person: Person) -> dict[str, Any]:
    row = Assessment.objects.select_related("unit", "workshop").get(case=case)
    row.case = case
    papers = list(Document.objects.for_holder(f"case:{case.pk}"))
    marks = list(Mark.objects.filter(assessment=row).select_related("job"))
    return {
        "assessment": row,
        "marks": [(mark, [paper for paper in papers if paper.digest_kept in mark.digests]) for mark in marks],
        "shortfalls": row.shortfalls.select_related("finding__case", "job"),  # type: ignore[attr-defined]
        "documents": [paper for paper in papers if all(paper.digest_kept not in mark.digests for mark in marks)],
    }


def consequence(case: Case, step: Step) -> Text:
    return _("Put right, close it") if step.node == "verification" else _("Confirm, publish the score")


def refusal(case: Case, step: Step) -> Text:
    return _("Not put right yet…") if step.node == "verification" else ""


def register() -> None:
    kinds.register(
        CaseKind(
            name="assessment",
            opens_itself=True,
            label=_("Monthly checks"),
            prefix="KH",
            business="assessment",
            flow=AssessmentFlow,
            rules_schema=rules.AssessmentRules,
            step_rule=rules.step_rule,
            rules_form=AssessmentRulesForm,
            clauses=clauses.clauses,
            first_rules=rules.DEFAULT_RULES,
            stations={
                "file": pgettext_lazy("assessment", "Planned"),
                "scoring": pgettext_lazy("station", "Score"),
                "reply": pgettext_lazy("station", "Answer"),
                "confirmation": pgettext_lazy("station", "Confirm"),
                "rectification": _("Rectify"),
                "verification": pgettext_lazy("station", "Check"),
            },
            standings={
                "": (_("Under way"), "waiting"),
                "closed": (_("Assessed and put right"), "accepted"),
            },
            lines=lines,
            content_template="assessments/_content.html",
            content=content,
            forms={"scoring": forms.ScoringForm, "reply": forms.AnswerForm, "rectification": forms.SettlingForm},
            consequence=consequence,
            refusal=refusal,
            may_withdraw=lambda case: False,
            hears=(),
        )
    )
