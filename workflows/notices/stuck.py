"""What did not get through: shown to the administrators of whom it was for, tried again, or discarded with a reason.

They see that something is stuck and why, never what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.ledger import clock
from workflows.ledger.entries import append
from workflows.notices import reasons, wording
from workflows.notices.models import Delivery, Outbox, RobotPost, State
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person

SHOWN = 100
MAIL, ROBOT = "mail", "robot"


@dataclass(frozen=True)
class Line:
    """One stuck message. `kind` and `pk` name it in addresses."""

    kind: str
    pk: int
    addressee: str
    topic: str
    row: Delivery

    @property
    def reason(self) -> str:
        return reasons.explained(self.row.last_error)

    @property
    def given_up(self) -> bool:
        return self.row.state == State.FAILED


def of(person: Person) -> list[Line]:
    """The newest of each kind, given-up ones first."""
    lines = [*_lines(MAIL, person), *_lines(ROBOT, person)]
    return sorted(lines, key=lambda line: (not line.given_up, -line.row.created_at.timestamp()))


def _lines(kind: str, person: Person) -> Iterator[Line]:
    return (line_of(kind, row) for row in _rows(kind, person).order_by("-pk")[:SHOWN])


def line_of(kind: str, row: Delivery) -> Line:
    return Line(kind, row.pk, _addressee(row), str(wording.of(row.event).topic.label), row)


def _addressee(row: Any) -> str:
    if isinstance(row, RobotPost):
        return f"{row.robot.name} · {row.robot.unit.name}"
    return f"{row.recipient.name} · {row.recipient.email}"


def _rows(kind: str, person: Person) -> Any:
    if kind == ROBOT:
        return RobotPost.objects.visible_to(person).stuck().select_related("robot__unit")
    return Outbox.objects.visible_to(person).stuck().select_related("recipient__unit")


def count(person: Person) -> int:
    return sum(_rows(kind, person)[: SHOWN + 1].count() for kind in (MAIL, ROBOT))


def find(person: Person, kind: str, pk: int) -> Delivery | None:
    """The stuck row, if the person may deal with it."""
    return _rows(kind, person).filter(pk=pk).first() if kind in (MAIL, ROBOT) else None


def retry(*, actor: Person, kind: str, pk: int) -> bool:
    """As if it had never failed: all its tries again, the first one now. False when it has gone meanwhile."""
    return bool(_rows(kind, actor).filter(pk=pk).update(**_fresh()))


def retry_all(*, actor: Person) -> int:
    """Everything that was given up and what still waits for its next try."""
    return sum(type_.objects.filter(pk__in=ids).update(**_fresh()) for type_, ids in _ids(actor))


def _ids(actor: Person) -> Iterator[tuple[Any, list[int]]]:
    for kind, type_ in ((MAIL, Outbox), (ROBOT, RobotPost)):
        yield type_, list(_rows(kind, actor).values_list("pk", flat=True))


def _fresh() -> dict[str, Any]:
    return {"state": State.WAITING, "tries": 0, "next_try_at": clock.now(), "last_error": ""}


@transaction.atomic
def discard(*, actor: Person, kind: str, pk: int, reason: str) -> bool:
    """Never send it. Recorded on the chain of the unit it was for. False when it has gone meanwhile."""
    if not reason.strip():
        raise Refused(_("Say why."), "reason")
    row = _rows(kind, actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        return False
    type(row).objects.filter(pk=row.pk).update(state=State.DROPPED)
    unit = row.robot.unit_id if kind == ROBOT else row.recipient.unit_id
    facts = {"kind": kind, "message": row.pk, "told": row.event, "key": row.key, "tries": row.tries}
    append(
        subject=f"unit:{unit}", event="notices.discarded",
        payload={"actor": actor.pk, "reason": reason.strip(), "error": row.last_error, **facts},
    )  # fmt: skip
    return True
