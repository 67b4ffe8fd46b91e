"""What somebody decided, as a timeline says it: a mark, a person, a verb, the reason, the ledger's entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.engine.history import BESIDE, History, Visit
from workflows.engine.models import Decision
from workflows.engine.models.step import Mode
from workflows.organisation.models import Person, Role

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
    "transfer": ("waiting", "chevron"),
    "consult": ("waiting", "users"),
    "advise": ("waiting", "edit"),
    "add_signer": ("waiting", "plus"),
    "remove_signer": ("none", "minus"),
    "hold": ("held", "pause"),
    "resume": ("waiting", "clock"),
    "urge": ("none", "nudge"),
    "copy": ("none", "copy"),
    "take_back": ("returned", "return"),
    "remind": ("soon", "clock"),
    "overdue": ("late", "late"),
    "escalate": ("late", "chevron"),
    "recount": ("none", "clock"),
    "ask_correction": ("disputed", "dispute"),
    "drop_correction": ("none", "minus"),
    "correct": ("returned", "wrench"),
    "reassign": ("waiting", "users"),
    "restart": ("waiting", "sync"),
}

# They name somebody by employee number in the decision's data.
NAMING = {"transfer", "consult", "add_signer", "remove_signer", "copy", "reassign", "correct"}
# The clock's: they name everybody whom they told.
CLOCK = {"overdue", "escalate"}


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
    if mode in (Mode.PAUSE, Mode.EACH) and decision.verb == "lapse":
        return _("What it waited for has come about") if decision.data else _("The period is over")
    if decision.verb == "pass_up" and decision.data.get("lent"):
        return _("Nobody here or above may decide; somebody of another unit was borrowed")
    said = {
        "approve": _("approved"),
        "reject": _("rejected"),
        "return": _("returned"),
        "abstain": _("abstained"),
        "withdraw": _("withdrew"),
        "done": pgettext("step", "done"),
        "appeal": _("appealed"),
        "file": _("filed"),
        "lapse": _("The time for it has passed"),
        "conclude": _("The vote has closed"),
        "pass_up": _("Nobody here may decide; passed to the level above"),
        "reseat": _("The task went to another holder of the role"),
        "transfer": _("handed the task on"),
        "consult": _("asked for an opinion"),
        "advise": _("gave an opinion"),
        "add_signer": _("added a signer"),
        "remove_signer": _("removed a signer"),
        "hold": _("put on hold"),
        "resume": _("resumed"),
        "urge": _("nudged"),
        "copy": _("sent a copy"),
        "take_back": _("took back the decision"),
        "remind": _("Reminder sent"),
        "overdue": _("The deadline has passed; nobody stands above to be told"),
        "escalate": _("Escalated, but nobody stands above"),
        "recount": _("The year's calendar came in; the deadline was counted anew"),
        "ask_correction": _("asked for a correction"),
        "drop_correction": _("declined the correction"),
        "correct": _("confirmed a correction"),
        "reassign": _("gave the task to another holder"),
        "restart": _("started the case again"),
    }
    return said.get(decision.verb, decision.verb)


def _with_name(decision: Decision, name: str) -> str:
    """The verbs that name somebody: 加签 顾澄，在本人之前."""
    key = decision.verb if decision.verb != "add_signer" else decision.data.get("where", "")
    said = {
        "transfer": _("handed the task to %(name)s"),
        "consult": _("asked %(name)s for an opinion"),
        "before": _("added %(name)s as a signer, to decide first"),
        "beside": _("added %(name)s as a signer, beside"),
        "after": _("added %(name)s as a signer, to decide afterwards"),
        "remove_signer": _("removed the signer %(name)s"),
        "copy": _("sent %(name)s a copy"),
        "reassign": _("gave the task to %(name)s"),
    }
    return said[key] % {"name": name} if key in said and name else ""


def sentence(
    decision: Decision, visit: Visit | None, titles: dict[str, str], names: Mapping[str, str] | None = None
) -> str:
    """The verb with its step: 会签同意, 退回 班组评审, 补好直接回来."""
    if decision.verb in ("ask_correction", "correct"):
        return _corrected(decision, titles, names or {})
    if decision.verb in CLOCK and (told := _clock_told(decision, names or {})):
        return told
    if decision.verb in NAMING and (told := _with_name(decision, (names or {}).get(named_in(decision), ""))):
        return told
    said = words(decision, mode=visit.step.mode if visit else "")
    if decision.verb == "return":
        to = titles.get(str(decision.data.get("to")), "")
        if decision.data.get("then") == "resume":
            return _("returned to “%(step)s”; comes straight back") % {"step": to}
        return _("returned to “%(step)s”; walks the levels again") % {"step": to}
    if visit is None or decision.verb in BESIDE | {"file", "withdraw"}:
        return said
    return f"{visit.title} · {said}"


def _corrected(decision: Decision, titles: dict[str, str], names: Mapping[str, str]) -> str:
    """Where to, and at whose request: both names stand in the history."""
    to = titles.get(str(decision.data.get("to")), "")
    if decision.verb == "ask_correction":
        return _("asked for a correction: to “%(step)s”") % {"step": to} if to else _("asked to close the case")
    told = {"step": to, "name": names.get(named_in(decision), named_in(decision))}
    if not to:
        return _("closed the case by a correction that %(name)s had asked for") % told
    return _("corrected to “%(step)s”, as %(name)s had asked") % told


def _clock_told(decision: Decision, names: Mapping[str, str]) -> str:
    """期限已过，已告知 沈砚; 已升级，沈砚 也可以办."""
    who = _(", ").join(names[number] for number in _told_by_clock(decision) if number in names)
    if not who:
        return ""
    if decision.verb == "overdue":
        return _("The deadline has passed; %(names)s was told") % {"names": who}
    if decision.data.get("may_act"):
        return _("Escalated: from now on %(names)s may act, too") % {"names": who}
    return _("Late for long; %(names)s was told again") % {"names": who}


def _told_by_clock(decision: Decision) -> list[str]:
    return list(decision.data.get("people", []))


def role_words(decision: Decision) -> str:
    return str(dict(Role.choices).get(decision.role, "")) if decision.role else ""


def named_in(decision: Decision) -> str:
    key = {"remove_signer": "from", "correct": "requested_by"}.get(decision.verb, "to")
    return str(decision.data.get(key, ""))


def names_of(history: History, decisions: list[Decision]) -> dict[str, str]:
    """Names of those whom decisions name. Most of them sit in the case; one statement for the rest, if any."""
    seated = (item.person for visit in history.visits for item in visit.items if item.person is not None)
    known = {person.employee_no: person.name for person in seated}
    named = {named_in(d) for d in decisions if d.verb in NAMING}
    named |= {number for d in decisions if d.verb in CLOCK for number in _told_by_clock(d)}
    missing = named - known.keys()
    if missing:
        known |= dict(Person.objects.filter(employee_no__in=missing).values_list("employee_no", "name"))
    return known


def entries(history: History, decisions: Iterable[Decision], titles: dict[str, str]) -> list[Entry]:
    visits = {visit.step.pk: visit for visit in history.visits}
    subject = f"case:{history.case.pk}"
    found, told = [], list(decisions)
    names = names_of(history, told)
    for decision in told:
        look, icon = LOOKS.get(decision.verb, ("none", "edit"))
        visit = visits.get(decision.step_id or 0)
        said = sentence(decision, visit, titles, names)
        found.append(Entry(decision, look, icon, said, role_words(decision), subject))
    return found
