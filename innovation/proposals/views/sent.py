"""What a request brings, made safe to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.http.request import RawPostDataException

from innovation.proposals.typed_form import NAMES, ROWS
from workflows.organisation.models import Person

MOST_VALUES = 100


def person_of(request: HttpRequest) -> Person:
    """The door has seen to it that there is one."""
    return cast(Person, request.user)


def json_of(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RawPostDataException):  # no JSON, or a form where JSON was due
        return {}
    return found if isinstance(found, dict) else {}


def typed_of(value: Any) -> dict[str, list[str]]:
    return only_known(value) if isinstance(value, dict) else {}


def only_known(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """The filing page's own fields as lists of strings, whatever else was sent."""
    known = {name: fields[name] for name in (*NAMES, *ROWS) if isinstance(fields.get(name), list)}
    return {
        name: [_kept(v) for v in values[:MOST_VALUES] if isinstance(v, str | int)] for name, values in known.items()
    }


def _kept(value: str | int) -> str:
    """Without what no database keeps: NUL, and half an emoji, as a phone cuts one at a field's limit."""
    return str(value).replace("\x00", "").encode("utf-8", "ignore").decode()


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
