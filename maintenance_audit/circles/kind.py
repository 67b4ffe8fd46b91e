"""What the engine asks about circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.circles import course, forms, tally
from maintenance_audit.circles.flow import CircleFlow
from maintenance_audit.circles.models import Circle
from maintenance_audit.circles.rules import CircleRules, step_rule
from workflows.documents.models import Document
from workflows.engine import kinds
from workflows.engine.kinds import CaseKind, Text
from workflows.engine.models import Case, Decision, Step
from workflows.engine.row_pages import row_of
from workflows.engine.schema_rules import rules_of
from workflows.organisation.models import Person

STAGE_WORDS = {
    "planning": pgettext_lazy("circle", "Plan"),
    "doing": pgettext_lazy("circle", "Do"),
    "checking": pgettext_lazy("circle", "Check"),
    "acting": pgettext_lazy("circle", "Act"),
}
PLAIN = row_of(Circle, category="theme")


@dataclass(frozen=True)
class Stage:
    """One of plan, do, check and act as it was handed in last, and what the section said to it."""

    title: Text
    shown: Decision | None
    documents: list[Document]
    word: Decision | None


def content(case: Case, person: Person) -> dict[str, Any]:
    found = PLAIN["content"](case, person)
    marks = course.marks_of(case)
    mean = tally.mean(sum(one.mark for one in marks), len(marks))
    members = found["circle"].members.select_related("person")
    return found | {"stages": stages(case), "marks": marks, "mean": tally.shown(mean), "members": members}


def stages(case: Case) -> list[Stage]:
    """Two statements."""
    papers = {paper.digest_kept: paper for paper in Document.objects.for_holder(f"case:{case.pk}")}
    last: dict[tuple[str, str], Decision] = {}
    acts = Decision.objects.filter(case=case, step__isnull=False, verb__in=("done", "approve", "return"))
    for act in acts.select_related("step", "actor").order_by("pk"):
        last[act.step.node, act.verb] = act  # type: ignore[union-attr]
    return [_stage(node, last, papers) for node in course.STAGES]


def _stage(node: str, last: dict[tuple[str, str], Decision], papers: dict[str, Document]) -> Stage:
    shown, review = last.get((node, "done")), f"{node}_review"
    said = [act for verb in ("approve", "return") if (act := last.get((review, verb))) is not None]
    word = max(said, key=lambda act: act.pk, default=None)
    digests = shown.data.get("documents", []) if shown else []
    return Stage(STAGE_WORDS[node], shown, [papers[d] for d in digests if d in papers], word)


def consequence(case: Case, step: Step) -> Text:
    if step.node == "registration":
        return _("Register the theme")
    return "" if step.node == "result" else _("Approve, on to the next stage")


def register() -> None:
    kinds.register(
        CaseKind(
            name="circle",
            label=_("Quality circles"),
            prefix="ZZ",
            business="circle",
            flow=CircleFlow,
            step_rule=step_rule,
            **rules_of(CircleRules),
            **PLAIN | {"content": content},
            stations={
                "file": pgettext_lazy("circle", "Register"),
                **STAGE_WORDS,
                "presentation": pgettext_lazy("circle", "Present"),
                "result": pgettext_lazy("circle", "Result"),
            },
            stands_at={"registration": "file", "revision": "file", **{f"{node}_review": node for node in STAGE_WORDS}},
            standings={
                "": (_("Under way"), "waiting"),
                "accepted": (_("Result accepted"), "accepted"),
                "declined": (_("Not registered"), "none"),
                "ended": (_("Ended without a result"), "none"),
                "withdrawn": (_("Withdrawn"), "none"),
            },
            content_template="circles/_content.html",
            forms={
                "revision": forms.RegistrationForm,
                "planning": forms.PlanningForm,
                "doing": forms.DoingForm,
                "checking": forms.CheckingForm,
                "acting": forms.ActingForm,
                "presentation": forms.MarkForm,
                "result": forms.ResultForm,
            },
            consequence=consequence,
            may_withdraw=lambda case: case.circle.accepted_on is None,  # type: ignore[attr-defined]
            filing=forms.RegistrationForm,
            counted_at="circle_figures",
        )
    )
