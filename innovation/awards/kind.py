"""What the engine asks about award rounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.awards import rules, step_forms
from innovation.awards.board import Board
from innovation.awards.clauses import clauses
from innovation.awards.flow import AwardRoundFlow
from innovation.awards.models import AwardRound
from innovation.awards.rules_form import AwardRulesForm
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Line
from workflows.engine.models import Case, Step
from workflows.organisation.models import Person, Role


def lines(case_ids: Iterable[int]) -> dict[int, Line]:
    found = AwardRound.objects.filter(case__in=case_ids).select_related("workshop")
    return {one.case_id: Line(category=f"{one.month:%Y-%m}", unit=one.workshop.name) for one in found}


def content(case: Case, person: Person) -> dict[str, Any]:
    round = AwardRound.objects.select_related("workshop", "checkpoint").get(case=case)
    round.case = case
    return {"round": round, "board": Board(round)}


STANDINGS: dict[str, tuple[Any, str]] = {
    "": (_("Under way"), "waiting"),
    "published": (pgettext_lazy("round", "Published"), "accepted"),
    "empty": (_("No candidates"), "none"),
}
AT = {
    "selection": (_("Candidates are checked"), "waiting", "hourglass"),
    "scoring": (_("Scoring"), "sealed", "lock"),
    "substitution": (_("Judges are lacking"), "soon", "users"),
    "ranking": (_("Ranking is checked"), "waiting", "hourglass"),
    "publicity": (_("Hangs out"), "waiting", "eye"),
    "confirmation": (_("Waits to be confirmed"), "waiting", "hourglass"),
    "payout": (_("To be paid out"), "waiting", "hourglass"),
}


def chip_of(round: AwardRound, step: Step | None) -> dict[str, Any]:
    """Where the round stands, as a word, a state and a shape."""
    if round.case.state == Case.State.HELD:
        return {"words": _("On hold"), "state": "held", "icon": "pause"}
    if round.case.state == Case.State.CLOSED or step is None:
        words, state = STANDINGS.get(round.case.standing, STANDINGS[""])
        return {"words": words, "state": state, "icon": "check" if state == "accepted" else "minus"}
    words, state, icon = AT.get(step.node, (_("Under way"), "waiting", "hourglass"))
    return {"words": words, "state": state, "icon": icon}


def register() -> None:
    kinds.register(
        CaseKind(
            name="award_round",
            opens_itself=True,
            label=_("Monthly award"),
            prefix="PJ",
            waived_by=Role.INNOVATION_OFFICER,
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
            standings=STANDINGS,
            lines=lines,
            content_template="awards/_content.html",
            content=content,
            forms=step_forms.FORMS,
            elsewhere={"scoring": "score_candidates"},
            clauses=clauses,
            rules_form=AwardRulesForm,
            first_rules=rules.DEFAULT_RULES,
            may_withdraw=lambda case: False,
            may_move=lambda case, node: False,
        )
    )
