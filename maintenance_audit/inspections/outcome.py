"""Who is told that rulings of a drawn job stand: findings register here."""

from __future__ import annotations

from collections.abc import Callable

from maintenance_audit.lots.models import DrawnJob

OnCompared = Callable[[DrawnJob], None]
_hooks: list[OnCompared] = []


def register(on_compared: OnCompared) -> None:
    """`on_compared(drawn_job)` runs in the transaction that compares, and again in each that adds a ruling. It must be
    safe to call twice."""
    if on_compared not in _hooks:
        _hooks.append(on_compared)


def tell(drawn_job: DrawnJob) -> None:
    for hook in _hooks:
        hook(drawn_job)
