"""Who may read which chain. Other apps say so for their subjects; what nobody registered, nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from workflows.ledger.models import Entry

MayRead = Callable[[Any, str], bool]
MayOpen = Callable[[Any, Entry], bool]


def unless_sealed(person: Any, entry: Entry) -> bool:
    return entry.payload.sealed is None


@dataclass(frozen=True)
class Subject:
    """`may_read(person, subject)`: the chain at all. `may_open(person, entry)`: one payload in it."""

    may_read: MayRead
    may_open: MayOpen


_registered: dict[str, Subject] = {}


def register_subject(prefix: str, may_read: MayRead, may_open: MayOpen = unless_sealed) -> None:
    """Answer for subjects that begin with `prefix:`. The longest registered prefix decides."""
    _registered[prefix] = Subject(may_read, may_open)


def subject_for(person: Any, subject: str) -> Subject:
    """Who answers for this subject. Raises Http404 if nobody does, or the person may not read it."""
    parts = subject.split(":")
    for count in range(len(parts) - 1, 0, -1):
        found = _registered.get(":".join(parts[:count]))
        if found:
            if found.may_read(person, subject):
                return found
            break
    raise Http404(subject)
