"""What the product itself writes as a reason where whoever sent a job gave none."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from workflows.notices import sentences

NONE_GIVEN = _("The source says no reason.")


def register() -> None:
    sentences.register(NONE_GIVEN)
