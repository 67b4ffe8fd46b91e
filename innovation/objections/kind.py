"""What the engine asks about objections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.objections import course, forms
from innovation.objections.flow import ObjectionFlow
from innovation.objections.models import Objection
from innovation.objections.rules import ObjectionRules, step_rule
from workflows.documents.models import Document
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line
from workflows.engine.models import Case
from workflows.engine.schema_rules import rules_of
from workflows.organisation.models import Person, Role

UPHOLD, DISMISS = _("Upheld, void this award"), _("Not upheld")


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    found = Objection.objects.filter(case__in=case_ids).select_related("candidate__round__workshop")
    return {
        one.case_id: Line(
            category=one.candidate.grade, amount=one.candidate.amount, unit=one.candidate.round.workshop.name
        )
        for one in found
    }


def content(case: Case, person: Person) -> dict[str, Any]:
    rows = Objection.objects.select_related("candidate__proposal__case", "candidate__round__case")
    return {
        "objection": rows.get(case=case),
        "documents": Document.objects.for_holder(f"case:{case.pk}"),
    }


def register() -> None:
    kinds.register(
        CaseKind(
            name="award_objection",
            label=_("Objections"),
            prefix="YY",
            waived_by=Role.INNOVATION_OFFICER,
            business="objection",
            flow=ObjectionFlow,
            step_rule=step_rule,
            **rules_of(ObjectionRules),
            stations={
                "file": pgettext_lazy("station", "Object"),
                "panel": pgettext_lazy("station", "Panel"),
            },
            stands_at={"revision": "file"},
            standings={
                "": (_("Under way"), "waiting"),
                "upheld": (_("Upheld, the award is void"), "disputed"),
                "dismissed": (_("Dismissed"), "none"),
                "withdrawn": (_("Withdrawn"), "none"),
            },
            lines=lines,
            content_template="objections/_content.html",
            content=content,
            forms={"panel": forms.UpholdForm, "revision": forms.ObjectionForm},
            consequence=lambda case, step: UPHOLD if step.node == "panel" else "",
            refusal=lambda case, step: DISMISS,
            withdrawn=course.withdrawn,
            filing=forms.ObjectionForm,
        )
    )
