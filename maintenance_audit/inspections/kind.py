"""What the engine asks about inspections and adjudications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.inspections import page
from maintenance_audit.inspections.flow import AdjudicationFlow, InspectionFlow
from maintenance_audit.inspections.models import Adjudication, Inspection
from maintenance_audit.inspections.rules import step_rule
from maintenance_audit.lots.rules import LotRules
from maintenance_audit.register.models import Form
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line

JOB = "drawn_job__lot_job__job"
LOT = "lot"


def inspection_lines(case_ids: Iterable[int]) -> dict[int, Line]:
    found = Inspection.objects.filter(case__in=case_ids).select_related(f"{JOB}__section")
    return {
        one.case_id: Line(category=Form(one.form).label, unit=one.drawn_job.lot_job.job.section.name) for one in found
    }


def adjudication_lines(case_ids: Iterable[int]) -> dict[int, Line]:
    found = Adjudication.objects.filter(case__in=case_ids).select_related(f"{JOB}__section", f"{JOB}__contractor")
    return {one.case_id: _line(one.drawn_job.lot_job.job) for one in found}


def _line(job: Any) -> Line:
    return Line(author=job.contractor.name if job.contractor else "", unit=job.section.name)


def register() -> None:
    kinds.register(
        CaseKind(
            name="inspection",
            opens_itself=True,
            label=pgettext_lazy("kind", "Inspections"),
            prefix="JC",
            business="inspection",
            bound_by=LOT,
            flow=InspectionFlow,
            rules_schema=LotRules,
            step_rule=step_rule,
            stations={"file": _("Drawn"), "recording": _("Record"), "hand_in": pgettext_lazy("station", "Compare")},
            standings={
                "": (_("To be recorded"), "waiting"),
                "sealed": (pgettext_lazy("inspection", "Sealed"), "sealed"),
                "replaced": (_("Somebody else inspects"), "none"),
            },
            lines=inspection_lines,
            content_template="inspections/_content.html",
            content=page.content,
            elsewhere={"recording": "inspection"},
            may_withdraw=lambda case: False,
            may_move=lambda case, node: False,
        )
    )
    kinds.register(
        CaseKind(
            name="adjudication",
            opens_itself=True,
            label=pgettext_lazy("kind", "Adjudications"),
            prefix="CD",
            business="adjudication",
            bound_by=LOT,
            flow=AdjudicationFlow,
            rules_schema=LotRules,
            step_rule=step_rule,
            stations={"file": _("Differ"), "ruling": pgettext_lazy("station", "Rule"), "conclude": _("Concluded")},
            standings={
                "": (_("To be ruled"), "disputed"),
                "ruled": (pgettext_lazy("adjudication", "Ruled"), "accepted"),
            },
            lines=adjudication_lines,
            content_template="inspections/_ruled.html",
            content=page.ruled,
            elsewhere={"ruling": "adjudicate"},
            may_withdraw=lambda case: False,
            may_move=lambda case, node: False,
        )
    )
