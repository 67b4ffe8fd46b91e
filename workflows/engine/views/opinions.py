"""What somebody decided, as a timeline says it: a mark, a person, a verb, the reason, the ledger's entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.engine.history import History, Visit
from workflows.engine.models import Decision
from workflows.engine.models.step import Mode
from workflows.organisation.models import Role

LOOKS = {
    "approve": ("accepted", "check"),
    "reject": ("late", "x"),
    "return": ("returned", "return"),
    "abstain": ("none", "minus"),
    "withdraw": ("none", "x"),
    "done": ("waiting", "edit"),
    "appeal": ("disputed", "dispute"),
    "file": ("none", "edit"),
    "lapse": ("none", "clock"),
    "conclude": ("waiting", "users"),
    "pass_up": ("none", "chevron"),
    "reseat": ("none", "users"),
}


@dataclass(frozen=True)
class Entry:
    decision: Decision
    state: str
    icon: str
    said: str
    role: str
    subject: str


def state(decision: Decision) -> str:
    return LOOKS.get(decision.verb, ("none", "edit"))[0]


def words(decision: Decision, *, mode: str = "") -> str:
    """The verb as a timeline says it after the name."""
    if mode == Mode.VOTE and decision.verb in ("approve", "reject"):
        return _("voted in favour") if decision.verb == "approve" else _("voted against")
    said = {
        "approve": _("approved"),
        "reject": _("rejected"),
        "return": _("returned"),
        "abstain": _("abstained"),
        "withdraw": _("withdrew"),
        "done": pgettext("step", "done"),
        "appeal": _("appealed"),
        "file": _("filed"),
        "lapse": _("The time to appeal has passed"),
        "conclude": _("The vote has closed"),
        "pass_up": _("Nobody here may decide; passed to the level above"),
        "reseat": _("The task went to another holder of the role"),
    }
    return said.get(decision.verb, decision.verb)


def sentence(decision: Decision, visit: Visit | None, titles: dict[str, str]) -> str:
    """The verb with its step: 会签同意, 退回 班组评审, 补好直接回来."""
    said = words(decision, mode=visit.step.mode if visit else "")
    if decision.verb == "return":
        to = titles.get(str(decision.data.get("to")), "")
        if decision.data.get("then") == "resume":
            return _("returned to “%(step)s”; comes straight back") % {"step": to}
        return _("returned to “%(step)s”; walks the levels again") % {"step": to}
    if visit is None or decision.verb in ("file", "withdraw"):
        return said
    return f"{visit.title} · {said}"


def role_words(decision: Decision) -> str:
    return str(dict(Role.choices).get(decision.role, "")) if decision.role else ""


def entries(history: History, decisions: Iterable[Decision], titles: dict[str, str]) -> list[Entry]:
    visits = {visit.step.pk: visit for visit in history.visits}
    subject = f"case:{history.case.pk}"
    found = []
    for decision in decisions:
        look, icon = LOOKS.get(decision.verb, ("none", "edit"))
        visit = visits.get(decision.step_id or 0)
        said = sentence(decision, visit, titles)
        found.append(Entry(decision, look, icon, said, role_words(decision), subject))
    return found
