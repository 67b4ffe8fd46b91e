"""What the product itself writes as a reason, of a hold, its release, a re-check or a graver severity."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from workflows.notices import sentences

CRITICAL = _("Critical finding %(number)s")
OVERDUE = _("Rectification overdue %(number)s")
SETTLED_BEFORE = _("Settled before the finding could hold it")
WITHDRAWN = _("Finding withdrawn: %(reason)s")
NOT_CONFIRMED = _("It was not confirmed.")
APPROVED = _("Rectified, re-checked and approved: %(number)s")
NOT_PASSED = _("It was not passed.")
FAILED = _("%(count)s re-checks failed")
FOUND_AGAIN = _("Found again by tier %(tier)s")


def register() -> None:
    sentences.register(CRITICAL, OVERDUE, SETTLED_BEFORE, WITHDRAWN, NOT_CONFIRMED, APPROVED, NOT_PASSED, FAILED,
                       FOUND_AGAIN)  # fmt: skip
