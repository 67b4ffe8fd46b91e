"""Publicity 公示: what everybody of the workshop may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def publicity(request: HttpRequest, number: str) -> HttpResponse:
    raise NotImplementedError
