"""What the product itself writes as a reason, of a hold, its release, a borrowed inspector or a check that ended."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from workflows.notices import sentences

CHECKED = _("The lot %(number)s is being checked.")
LOT_ACCEPTED = _("The lot %(number)s was accepted.")
JOB_CHECKED = _("Checked in the lot %(number)s.")
TOO_FEW = _("Only %(n)s independent inspectors at home.")
NOT_SHOWN = _("It could not be shown.")
BARRED = _("May no longer check this job.")


def register() -> None:
    sentences.register(CHECKED, LOT_ACCEPTED, JOB_CHECKED, TOO_FEW, NOT_SHOWN, BARRED)
