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
