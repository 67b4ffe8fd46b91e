"""What the engine asks about award rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.awards import rules, step_forms
from innovation.awards.clauses import clauses
from innovation.awards.flow import AwardRoundFlow
from innovation.awards.models import AwardRound, Candidate
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line
from workflows.engine.models import Case
from workflows.organisation.models import Person


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    found = AwardRound.objects.filter(case__in=case_ids).select_related("workshop")
    return {one.case_id: Line(category=f"{one.month:%Y-%m}", unit=one.workshop.name) for one in found}


def content(case: Case, person: Person) -> dict[str, Any]:
    round = AwardRound.objects.select_related("workshop", "checkpoint").get(case=case)
    round.case = case
    standing = Candidate.objects.filter(round=round).standing().count()
    return {"round": round, "standing_candidates": standing}


def register() -> None:
    kinds.register(
        CaseKind(
            name="award_round",
            label=_("Monthly award"),
            prefix="PJ",
            business="awardround",
            flow=AwardRoundFlow,
            rules_schema=rules.AwardRules,
            step_rule=rules.step_rule,
            stations={
                "file": pgettext_lazy("station", "Collect"),
                "scoring": pgettext_lazy("station", "Score"),
                "ranking": pgettext_lazy("station", "Rank"),
                "publicity": _("Publicity"),
                "confirmation": pgettext_lazy("station", "Confirm"),
                "payout": pgettext_lazy("station", "Pay out"),
            },
            stands_at={"selection": "file", "substitution": "scoring"},
            standings={
                "": (_("Under way"), "waiting"),
                "published": (_("Published"), "accepted"),
                "empty": (_("No candidates"), "none"),
            },
            lines=lines,
            content_template="awards/_content.html",
            content=content,
            forms=step_forms.FORMS,
            elsewhere={"scoring": "score_candidates"},
            clauses=clauses,
            first_rules=rules.DEFAULT_RULES,
            may_withdraw=lambda case: False,
            may_move=lambda case, node: False,
        )
    )
