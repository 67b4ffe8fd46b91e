"""What the engine asks about proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line, StepRule, Text, Unsent
from workflows.engine.models import Case, Step
from workflows.organisation.models import Person, Role
from workflows.store.prepared import Given, IsOneOf, Prepared

MOST_UNSENT = 3
HOURS = {
    "revision": "revise_hours",
    "rejection": "appeal_hours",
    "arrangement": "arrange_hours",
    "effect_report": "implement_report_hours",
    "finance_check": "verify_hours",
    "chief_check": "verify_hours",
}


def step_rule(content: Mapping[str, Any], node: str, case: Case | None = None) -> StepRule:
    """The pinned rule of a step, from the rule version's JSON; the same for every case."""
    from innovation.proposals import rules

    read = rules.read(dict(content))
    if node == "appeal_panel":
        node = "workshop_review"
    for level in read.levels:
        if level.node == node:
            remind = level.deadline_hours - level.remind_hours
            return StepRule(
                level.mode, level.role, level.deadline_hours, remind, level.quorum, level.pass_share, batch=level.batch,
                escalate_hours=level.escalate_hours,
            )  # fmt: skip
    hours = getattr(read, HOURS[node]) if node in HOURS else None
    return StepRule(deadline_hours=hours, remind_hours=read.work_remind_hours, escalate_hours=read.work_escalate_hours)


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    """What a queue's rows say of these cases: category and forecast. One statement."""
    from innovation.proposals.models import Category

    words = {value: str(label) for value, label in Category.choices}
    rows = _LINES(cases=list(case_ids))
    return {row.case_id: Line(words.get(row.category, row.category), row.forecast_benefit) for row in rows}


def _lines():  # type: ignore[no-untyped-def]
    from innovation.proposals.models import Proposal

    rows = Proposal.objects.filter(IsOneOf(F("case_id"), Given("cases")))
    return rows.only("case_id", "category", "forecast_benefit").order_by()


_LINES: Prepared[Any] = Prepared(_lines)


def consequence(case: Case, step: Step) -> Text:
    """The words on the primary button."""
    from innovation.proposals import course

    above = {
        "team_review": _("Approve and pass to the section"),
        "section_review": _("Approve and pass to the workshop"),
    }
    if step.node in above:
        return _("Approve and accept") if course.within(case, course.LEVEL_OF[step.node]) else above[step.node]
    if step.node in ("finance_check", "chief_check"):
        return _("Confirm the effect")
    return _("Approve")


def in_category(name: str) -> Any:
    from innovation.proposals.models import Proposal

    return Proposal.objects.filter(category=name).values("case_id")


def content(case: Case, person: Person) -> dict[str, Any]:
    from innovation.proposals.models import Proposal

    # Read whole, with what the pages name of it, and known to the case from here on.
    proposal = Proposal.objects.select_related("problem", "implementer").get(case=case)
    proposal.case = case
    return {"proposal": proposal}


def unsent(person: Person) -> list[Unsent]:
    """The newest drafts, each with the page that goes on with it. One statement."""
    from innovation.proposals.models import Draft

    page, untitled = reverse("file_proposal"), str(_("Without a title yet"))
    return [
        Unsent((draft.content.get("title") or [""])[0] or untitled, draft.saved_at, f"{page}?draft={draft.token}")
        for draft in Draft.objects.visible_to(person)[:MOST_UNSENT]
    ]


def may_withdraw(case: Case) -> bool:
    return case.proposal.status == "filed"  # type: ignore[attr-defined]


OPEN_AT = {
    "arrangement": ("accepted", "implementing", "implemented"),
    "implementation": ("implementing", "implemented"),
    "effect_report": ("implemented",),
    "finance_check": ("implemented",),
    "chief_check": ("implemented",),
    "rejection": ("rejected",),
}


def may_move(case: Case, node: str) -> bool:
    """Each step needs the proposal in the status that its work begins from; reviews need it filed."""
    from innovation.proposals import course
    from innovation.proposals.models import Proposal

    proposal = Proposal.objects.get(case=case)
    if node == "appeal_panel" and not course.appealed(case):
        return False
    reported = node not in ("finance_check", "chief_check") or proposal.saving is not None
    return proposal.status in OPEN_AT.get(node, ("filed",)) and reported


def register() -> None:
    """Tell the engine about this kind."""
    from innovation.proposals import clauses, replaying, rules_form, step_forms
    from innovation.proposals.flow import ProposalFlow
    from innovation.proposals.models import Category
    from innovation.proposals.rules import DEFAULT_RULES, ProposalRules

    kinds.register(
        CaseKind(
            name="proposal",
            label=_("Proposal"),
            prefix="TA",
            waived_by=Role.INNOVATION_OFFICER,
            business="proposal",
            flow=ProposalFlow,
            rules_schema=ProposalRules,
            step_rule=step_rule,
            stations={
                "file": _("Filed"),
                "team_review": _("Team"),
                "section_review": _("Section"),
                "workshop_review": _("Workshop"),
                "implementation": pgettext_lazy("station", "Apply"),  # must fit a sixth of a phone
                "finance_check": _("Verify"),
            },
            standings={
                "": (_("Under review"), "waiting"),
                "accepted": (_("Accepted"), "accepted"),
                "rejected": (_("Rejected"), "late"),
                "withdrawn": (_("Withdrawn"), "none"),
                "implementing": (_("Being implemented"), "waiting"),
                "implemented": (_("Implemented"), "accepted"),
                "verified": (_("Effect verified"), "accepted"),
            },
            lines=lines,
            content_template="proposals/_content.html",
            content=content,
            aside_template="proposals/steps/_limits.html",
            facts_template="proposals/steps/_facts.html",
            categories=Category.choices,
            in_category=in_category,
            forms=step_forms.FORMS,
            clauses=clauses.of,
            rules_form=rules_form.ProposalRulesForm,
            what_if=replaying.paths,
            first_rules=DEFAULT_RULES,
            elsewhere={"revision": "revise_proposal"},
            consequence=consequence,
            may_withdraw=may_withdraw,
            may_move=may_move,
            unsent=unsent,
            withdrawn=lambda case: case.proposal.withdraw(),  # type: ignore[attr-defined]
        )
    )
