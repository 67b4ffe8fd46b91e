"""Who opens the check of a drawn job, and who ends one that somebody else does now. Inspections register here."""

from __future__ import annotations

from collections.abc import Callable

from maintenance_audit.lots.models import Assignment, DrawnJob

OpenCheck = Callable[[Assignment], None]
EndCheck = Callable[[Assignment, str], None]

_opening: list[OpenCheck] = []
_ending: list[EndCheck] = []


def register(open_check: OpenCheck, end_check: EndCheck | None = None) -> None:
    """`open_check(assignment)` opens the case in which its person records; `end_check(assignment, why)` closes that of
    an assignment that has ended. Both inside the lot's transaction, under the lock of its case."""
    if open_check not in _opening:
        _opening.append(open_check)
    if end_check is not None and end_check not in _ending:
        _ending.append(end_check)


def open_for(assignment: Assignment) -> None:
    for open_check in _opening:
        open_check(assignment)


def end_for(assignment: Assignment, why: str) -> None:
    for end_check in _ending:
        end_check(assignment, why)


__all__ = ["DrawnJob", "end_for", "open_for", "register"]
