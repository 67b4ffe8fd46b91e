"""What time alone brings about: reminders, lateness, escalation; items whose holder is gone. Driven by beat."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from workflows.engine import at_hand, failures, reseating, ringing
from workflows.engine.locking import locked_by_step
from workflows.engine.models import Case, Step
from workflows.ledger.clock import now

log = logging.getLogger(__name__)

MOST = 500  # items, and steps, that one turn looks after


def turn() -> int:
    """Do what has fallen due. Safe to run twice and beside people: each case is locked and looked at again."""
    began = now()
    moved = _each(fall_due, list(_due().values_list("pk", flat=True)))
    _each(reseating.vacate, _some(reseating.vacated()), "item")
    _each(reseating.man, _some(reseating.unmanned()))
    failures.settle("clocks.", before=began)
    failures.settle_moved()
    return moved


def _each(act: Callable[[int], int | None], ids: Iterable[int], what: str = "step") -> int:
    """One case that cannot be moved now keeps no other waiting; it is tried again at the next turn, and kept for the
    operator until it works."""
    moved = 0
    for one in ids:
        try:
            moved += act(one) or 0
        except Exception as error:
            log.exception("%s failed for %s", act.__name__, one)
            failures.note(f"clocks.{act.__name__.strip('_')}", f"{what}:{one}", error)
    return moved


def _some(found: QuerySet[Any]) -> list[int]:
    """The newest first: what could not be mended in many turns keeps the rest from none."""
    return list(found.order_by("-pk").values_list("pk", flat=True)[:MOST])


def _due() -> QuerySet[Step]:
    """Open steps whose clock has something to do; a held case's clock stands still. One statement, by its index."""
    ringing = Step.objects.filter(closed_at=None, rings_at__lte=now()).exclude(case__state=Case.State.HELD)
    return ringing.order_by("rings_at")


def fall_due(step_id: int) -> int:
    """Whatever is due at this step, in order: after three days without a beat it is late, then escalated, at once."""
    with locked_by_step(step_id) as writing:
        step = at_hand.step_at_hand(step_id, writing=writing)
        if step.closed_at or step.rings_at is None or step.rings_at > now() or step.case.state == Case.State.HELD:
            return 0
        ringing.ring(step)
        return 1
