"""Words that several pages of the measures say, each in its own sense."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

FOUND = pgettext_lazy("findings", "Found")
REPEATS = pgettext_lazy("measure", "Repeats")
SCORE = pgettext_lazy("scorecard", "Score")
CLOSED = pgettext_lazy("findings", "Closed")
FINDINGS = pgettext_lazy("measure", "Findings")
CLAIMS = pgettext_lazy("measure", "Claims")
ACCEPTED = pgettext_lazy("lot decision", "Accepted")
WITHDRAWN = pgettext_lazy("findings", "Withdrawn")
UNDER_WAY = pgettext_lazy("findings", "Under way")
REFUSED = pgettext_lazy("lot decision", "Not accepted")
CLAIM = pgettext_lazy("measure", "Claim")


def decided(accepted: bool | None) -> str:
    """Of a lot."""
    return "—" if accepted is None else str(ACCEPTED if accepted else REFUSED)
