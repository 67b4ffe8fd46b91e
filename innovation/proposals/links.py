"""Where things are shown."""

from __future__ import annotations

from django.urls import reverse

from workflows.engine.models import Case


def case_url(case: Case) -> str:
    return reverse("case", args=[case.number])
