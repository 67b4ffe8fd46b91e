"""What a request brings, made safe to look at."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.http.request import RawPostDataException

from maintenance_audit.inspections.answers import Sent
from workflows.organisation.models import Person

MOST = 200  # answers in one request


def person_of(request: HttpRequest) -> Person:
    """The door has seen to it that there is one."""
    return cast(Person, request.user)


def json_of(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RawPostDataException):  # no JSON, or a form where JSON was due
        return {}
    return found if isinstance(found, dict) else {}


def uuid_of(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def sent_in(body: dict[str, Any]) -> list[Sent]:
    """Answers that name a question and bring a token; the rest is left out."""
    rows = body.get("answers")
    found = []
    for row in rows[:MOST] if isinstance(rows, list) else []:
        token = uuid_of(row.get("token")) if isinstance(row, dict) else None
        if token is not None and isinstance(row.get("said"), dict):
            found.append(Sent(_plain(row.get("key"))[:30], token, {str(k): _plain(v) for k, v in row["said"].items()}))
    return found


def _plain(value: Any) -> str:
    """Without what no database keeps: NUL, and half an emoji."""
    return str(value).replace("\x00", "").encode("utf-8", "ignore").decode() if isinstance(value, str | int) else ""
