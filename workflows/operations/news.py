"""The words of the desk's notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.notices.wording import register as say


def register() -> None:
    say(
        "operations.correction.requested",
        title=_("%(who)s asks you to confirm a correction of %(number)s"),
        body="%(reason)s",
    )
    say("operations.correction.dropped", title=_("%(who)s declined to correct %(number)s"), body="%(reason)s")
