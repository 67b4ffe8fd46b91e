"""Who may read which chain, and what it is called. Other apps say so for their subjects; the rest nobody reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import Http404

from workflows.ledger.models import Entry


class About(NamedTuple):
    """What people call the subject, and the page where it lives."""

    name: str
    url: str = ""


MayRead = Callable[[Any, str], bool]
MayOpen = Callable[[Any, Entry], bool]
Describe = Callable[[str], About]


def unless_sealed(person: Any, entry: Entry) -> bool:
    return entry.payload.sealed is None


@dataclass(frozen=True)
class Subject:
    may_read: MayRead
    may_open: MayOpen
    about: Describe


_subjects: dict[str, Subject] = {}
_events: dict[str, Any] = {}
_withheld: dict[str, MayOpen] = {}


def register_subject(
    prefix: str, may_read: MayRead, *, may_open: MayOpen = unless_sealed, about: Describe = About
) -> None:
    """Answer for subjects that begin with `prefix:`; of several, the longest prefix decides.

    `may_read(person, subject)`: the chain at all. `may_open(person, entry)`: one payload in it, by default each that
    is not sealed. `about(subject)`: its name and page.
    """
    _subjects[prefix] = Subject(may_read, lambda person, entry: _told(person, entry) and may_open(person, entry), about)


def withhold(event: str, *, unless: MayOpen) -> None:
    """Payloads of this event, in whatever chain, are shown only where `unless(person, entry)` says so, too."""
    _withheld[event] = unless


def _told(person: Any, entry: Entry) -> bool:
    asked = _withheld.get(entry.event)
    return asked is None or asked(person, entry)


def register_events(words: Mapping[str, Any]) -> None:
    """What people read instead of the event's code, as lazy translations."""
    _events.update(words)


def event_words(event: str) -> str:
    """The event in the reader's language, or its code where nobody registered words."""
    return str(_events.get(event, event))


def subject_for(person: Any, subject: str) -> Subject:
    """Who answers for this subject. Raises Http404 if nobody does, or the person may not read it."""
    parts = subject.split(":")
    prefixes = [":".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
    found = next((_subjects[prefix] for prefix in prefixes if prefix in _subjects), None)
    if found is None or not found.may_read(person, subject):
        raise Http404(subject)
    return found
