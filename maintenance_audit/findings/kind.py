"""What the engine asks about findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.findings import forms, holding, page, parties, rules, seats
from maintenance_audit.findings.flow import FindingFlow
from maintenance_audit.findings.models import Finding
from maintenance_audit.register.models import Severity
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line, Text
from workflows.engine.models import Case, Step
from workflows.engine.schema_rules import rules_of
from workflows.organisation.models import Person


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    """One statement: how grave, what money it is about, whose work, where."""
    found = Finding.objects.filter(case__in=case_ids).select_related("job", "contractor", "case__unit")
    return {
        row.case_id: Line(
            row.get_severity_display(), row.job.settled_amount or row.job.estimate, row.contractor.name,
            row.case.unit.name,
        )
        for row in found
    }  # fmt: skip


def content(case: Case, person: Person) -> dict[str, Any]:
    return page.content(page.of(case), person)


def in_category(name: str) -> Any:
    return Finding.objects.filter(severity=name).values("case_id")


def consequence(case: Case, step: Step) -> Text:
    if step.node != "release_approval":
        return pgettext_lazy("finding", "Passed, close it")
    return _("Approve, end this hold") if holding.others(seats.row_of(case)) else _("Approve, release the settlement")


def refusal(case: Case, step: Step) -> Text:
    words = {"confirmation": _("Withdraw the finding…"), "recheck": _("Not passed, reopen it…")}
    return words.get(step.node, "")


def register() -> None:
    kinds.register(
        CaseKind(
            name="finding",
            opens_itself=True,
            label=_("Findings"),
            prefix="WT",
            business="finding",
            flow=FindingFlow,
            step_rule=rules.step_rule,
            **rules_of(rules.FindingRules),
            stations={
                "file": pgettext_lazy("finding", "Found"),
                "reply": pgettext_lazy("station", "Reply"),
                "confirmation": pgettext_lazy("station", "Confirm"),
                "rectification": _("Rectify"),
                "recheck": pgettext_lazy("finding", "Re-check"),
                "release_approval": pgettext_lazy("station", "Release"),
            },
            stands_at={"release_request": "release_approval"},
            standings={
                "": (_("Under way"), "waiting"),
                "closed": (_("Rectified and closed"), "accepted"),
                "dropped": (pgettext_lazy("finding", "Withdrawn"), "none"),
            },
            lines=lines,
            categories=Severity.choices,
            in_category=in_category,
            content_template="findings/_content.html",
            content=content,
            forms={
                "reply": forms.ReplyForm,
                "confirmation": forms.ConfirmationForm,
                "rectification": forms.RectificationForm,
                "recheck": forms.RecheckForm,
                "release_request": forms.RequestForm,
            },
            consequence=consequence,
            refusal=refusal,
            may_withdraw=lambda case: False,
            hears=parties.HEARS,
        )
    )
