"""What the engine asks about lots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.lots import independence, rules, step_forms
from maintenance_audit.lots.flow import LotFlow
from maintenance_audit.lots.models import Lot
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line
from workflows.engine.models import Case
from workflows.engine.schema_rules import rules_of
from workflows.organisation.models import Person, Role


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    found = Lot.objects.filter(case__in=case_ids).select_related("contractor", "workshop")
    return {one.case_id: Line(category=one.contractor.name, unit=one.workshop.name) for one in found}


def content(case: Case, person: Person) -> dict[str, Any]:
    lot = Lot.objects.select_related("workshop", "contractor", "resubmits__case").get(case=case)
    lot.case = case
    return {"lot": lot}


STATIONS: dict[str, Any] = {
    "freezing": pgettext_lazy("station", "Freeze"),
    "contractor_commitment": pgettext_lazy("station", "Commit"),
    "contractor_reveal": pgettext_lazy("station", "Reveal"),
    "drawing": pgettext_lazy("station", "Draw"),
    "inspecting": pgettext_lazy("station", "Inspect"),
    "decision": pgettext_lazy("station", "Decide"),
}
STANDS_AT = {
    "lead_commitment": "contractor_commitment",
    "workshop_commitment": "contractor_commitment",
    "union_commitment": "contractor_commitment",
    "workshop_reveal": "contractor_reveal",
    "union_reveal": "contractor_reveal",
}


def register() -> None:
    kinds.register(
        CaseKind(
            name="lot",
            opens_itself=True,
            label=_("Lots and draws"),
            prefix="PC",
            business="lot",
            flow=LotFlow,
            step_rule=rules.step_rule,
            **rules_of(rules.LotRules),
            stations=STATIONS,
            stands_at=STANDS_AT,
            standings={
                "": (_("Under way"), "waiting"),
                "decided": (pgettext_lazy("lot", "Decided"), "accepted"),
                "void": (pgettext_lazy("lot", "Void"), "none"),
            },
            lines=lines,
            content_template="lots/_content.html",
            content=content,
            forms=step_forms.FORMS,
            waived_by=Role.AUDIT_LEAD,
            bars=independence.bars,
            may_withdraw=lambda case: False,
            may_move=lambda case, node: False,
        )
    )
