"""Who opens the check of a drawn job, and who ends one that somebody else does now. Inspections register here."""

from __future__ import annotations

from collections.abc import Callable, Collection

from maintenance_audit.lots.models import Assignment, Draw, DrawnJob
from workflows.organisation.models import Person

OpenCheck = Callable[[Assignment], None]
EndCheck = Callable[[Assignment, str], None]
Overdue = Callable[[Collection[int]], set[int]]
Compared = Callable[[Person, Collection[int]], dict[int, str]]

_opening: list[OpenCheck] = []
_ending: list[EndCheck] = []
_overdue: list[Overdue] = []
_compared: list[Compared] = []
_all_sealed: list[Callable[[Draw], None]] = []


def register(open_check: OpenCheck, end_check: EndCheck | None = None) -> None:
    """`open_check(assignment)` opens the case in which its person records; `end_check(assignment, why)` closes that of
    an assignment that has ended. Both inside the lot's transaction, under the lock of its case."""
    if open_check not in _opening:
        _opening.append(open_check)
    if end_check is not None and end_check not in _ending:
        _ending.append(end_check)


def register_look(overdue: Overdue, compared: Compared) -> None:
    """`overdue(assignments)`: those not sealed in time. `compared(person, drawn_jobs)`: drawn job → address of both its
    records, where this person may read them."""
    if overdue not in _overdue:
        _overdue.append(overdue)
        _compared.append(compared)


def register_all_sealed(told: Callable[[Draw], None]) -> None:
    """`told(draw)` in the transaction that seals the tier's last record: who checks is shown from then on."""
    if told not in _all_sealed:
        _all_sealed.append(told)


def all_sealed(draw: Draw) -> None:
    for told in _all_sealed:
        told(draw)


def overdue(assignments: Collection[int]) -> set[int]:
    return set().union(*(ask(assignments) for ask in _overdue))


def compared(person: Person, drawn_jobs: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for ask in _compared:
        found |= ask(person, drawn_jobs)
    return found


def open_for(assignment: Assignment) -> None:
    for open_check in _opening:
        open_check(assignment)


def end_for(assignment: Assignment, why: str) -> None:
    for end_check in _ending:
        end_check(assignment, why)


__all__ = [
    "DrawnJob", "all_sealed", "compared", "end_for", "open_for", "overdue", "register", "register_all_sealed",
    "register_look",
]  # fmt: skip
