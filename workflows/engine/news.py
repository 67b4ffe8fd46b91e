"""The words of the engine's notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.engine import broadcast
from workflows.notices.wording import register as say

WORDS = {
    "engine.task.waiting": _("Waits for you: %(number)s %(title)s"),
    "engine.rules.drafted": _("A draft waits to be published by you: rules v%(number)s"),
    "engine.calendar.missing": _("The plant calendar of %(year)s is missing: bring it in"),
    "engine.rules.sent_back": _("%(who)s sent your draft of rules v%(number)s back"),
    "engine.task.unmanned": _("Nobody may act on %(number)s at the step “%(step)s”: give somebody the role"),
    "engine.task.remind": _("Due soon: %(number)s %(title)s, %(step)s"),
    "engine.task.late": _("Late, and waits for somebody below you: %(number)s %(title)s, %(step)s"),
    "engine.task.escalated": _("Escalated to you, you may decide: %(number)s %(title)s, %(step)s"),
    "engine.task.late_for_long": _("Late for long: %(number)s %(title)s, %(step)s"),
    "engine.task.shared": _("Late; the person above may now act, too: %(number)s %(title)s, %(step)s"),
    "engine.task.nobody_above": _("%(number)s is late at the step “%(step)s” and nobody stands above: name a fallback"),
    "engine.case.urge": _("%(who)s asks you to act on %(number)s %(title)s"),
    "engine.case.copy": _("%(who)s sent you a copy of %(number)s %(title)s"),
    "engine.case.approve": _("%(who)s approved %(number)s %(title)s"),
    "engine.case.reject": _("%(who)s rejected %(number)s %(title)s"),
    "engine.case.return": _("%(who)s returned %(number)s %(title)s"),
    "engine.case.abstain": _("A vote was taken on %(number)s %(title)s"),
    "engine.case.done": _("%(who)s completed “%(step)s” of %(number)s %(title)s"),
    "engine.case.appeal": _("%(who)s appealed %(number)s %(title)s"),
    "engine.case.correct": _("%(who)s confirmed a correction of %(number)s %(title)s"),
    "engine.case.withdraw": _("%(who)s withdrew %(number)s %(title)s"),
    "engine.case.conclude": _("The vote on %(number)s %(title)s has closed"),
    "engine.case.pass_up": _("%(number)s %(title)s was passed to the level above"),
    "engine.case.remove_signer": _("%(who)s removed the last signer still out: %(number)s %(title)s goes on"),
    "engine.case.reseat": _("%(number)s %(title)s goes on with those who have signed"),
    "engine.waiver.asked": _("A waiver for %(person)s in %(case)s waits for your answer"),
    "engine.waiver.answered": _("The waiver for %(person)s in %(case)s is answered"),
    "engine.case.lapse": _("The time to act on %(number)s %(title)s has passed"),
}


def register() -> None:
    for event, words in WORDS.items():
        body = "%(reason)s" if event.startswith("engine.case") else ""
        say(event, title=words, body=body, **broadcast.terms(event))
    broadcast.register()
