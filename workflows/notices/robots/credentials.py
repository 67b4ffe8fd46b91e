"""What a vendor gave for a robot: sealed under the key outside the database, opened to send and never to show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from workflows.ledger import sealing
from workflows.notices.models import Robot


@dataclass(frozen=True)
class Credential:
    token: str
    secret: str = ""

    def __repr__(self) -> str:
        return "Credential(…)"


def seal(uuid: UUID, credential: Credential) -> bytes:
    """Bound to its robot: moved to another row it does not open."""
    return sealing.seal("", json.dumps([credential.token, credential.secret]), f"robot:{uuid}")


def open_for(robot: Robot) -> Credential:
    _salt, body = sealing.open_sealed(bytes(robot.credential), f"robot:{robot.uuid}")
    return Credential(*json.loads(body))
