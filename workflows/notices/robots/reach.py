"""Which groups may hear of a subject. Apps answer for theirs; of a subject nobody answers for, no group hears."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from workflows.organisation.models import Unit


@dataclass(frozen=True)
class Reach:
    """`home`: the path of the unit that the subject belongs to. `shared`: the path under which everybody may read it.

    A group at home or above hears that something moves, by its number. The title is for groups in which everybody may
    read the subject itself: at home, and where it is shared.
    """

    home: str
    shared: str = ""

    def includes(self, unit: Unit) -> bool:
        return self.home.startswith(unit.path) or self.shows_title_to(unit)

    def shows_title_to(self, unit: Unit) -> bool:
        return unit.path == self.home or bool(self.shared and unit.path.startswith(self.shared))


Answer = Callable[[Collection[str]], dict[str, Reach]]
_answers: dict[str, Answer] = {}


def register(prefix: str, answer: Answer) -> None:
    """Answer for subjects that begin with `prefix:`: subject → reach, leaving out what no group may hear of."""
    _answers[prefix] = answer


def of(subjects: Collection[str]) -> dict[str, Reach]:
    found: dict[str, Reach] = {}
    for prefix, answer in _answers.items():
        if mine := [subject for subject in subjects if subject.startswith(f"{prefix}:")]:
            found |= answer(mine)
    return found
