"""The judge's page: read a case, mark each criterion, keep, and in the end seal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def score_candidates(request: HttpRequest, number: str) -> HttpResponse:
    raise NotImplementedError
