"""What every contestant writes beside moving its process: the decision, its ledger entry, and who is to be told."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from workflows.ledger.canonical import canonical
from workflows.organisation.models import Person, Unit

APPEND = "SELECT seq, digest FROM ledger_append(%s, 'engine.case.approved', now(), %s, %s, NULL, NULL)"
DECIDE = """
INSERT INTO engine_decision (case_id, step_id, item_id, actor_id, role, verb, reason, data, content_digest, decided_at,
                             ledger_seq, ledger_digest)
VALUES (%s, %s, %s, %s, %s, 'approve', %s, '{}', %s, now(), %s, %s) RETURNING id"""
TELL_HOLDERS = """
INSERT INTO notices_outbox (event, key, recipient_id, channel, subject, context, url, created_at, state, tries,
                            next_try_at, last_error)
SELECT 'engine.task.waiting', %s, h.person_id, c.channel, %s, %s, %s, now(), 'waiting', 0, now(), ''
FROM organisation_roleholding h CROSS JOIN (VALUES ('in_product'), ('mail')) c(channel)
WHERE h.role = %s AND h.unit_id = %s AND h.ends_at IS NULL"""
TELL_PARTIES = """
INSERT INTO notices_outbox (event, key, recipient_id, channel, subject, context, url, created_at, state, tries,
                            next_try_at, last_error)
SELECT 'engine.case.approve', %s, p.person_id, c.channel, %s, %s, %s, now(), 'waiting', 0, now(), ''
FROM engine_caseparty p CROSS JOIN (VALUES ('in_product'), ('mail')) c(channel)
WHERE p.case_id = %s AND p.person_id <> %s"""


def one(query: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()


def do(query: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)


@dataclass(frozen=True)
class Facts:
    """The case at the step that is being approved."""

    case: int
    number: str
    title: str
    digest: str
    node: str
    place: int
    role: str

    def decided(self, actor: Person, reason: str, *, step: int | None = None, item: int | None = None) -> int:
        """The entry and the decision that carries its stamp; the decision's id."""
        body = canonical(
            {"actor": actor.employee_no, "case": self.number, "content": self.digest, "data": {}, "for": None,
             "node": self.node, "place": self.place, "reason": reason, "role": self.role, "verb": "approve"}
        )  # fmt: skip
        seq, entry = one(APPEND, f"case:{self.case}", secrets.token_hex(16), body)
        row = (self.case, step, item, actor.pk, self.role, reason, self.digest, seq, entry)
        return int(one(DECIDE, *row)[0])

    def tell_holders(self, key: str, role: str, unit: int) -> None:
        context = json.dumps({"number": self.number, "title": self.title})
        do(TELL_HOLDERS, key, f"case:{self.case}", context, f"/cases/{self.number}/", role, unit)

    def tell_parties(self, decision: int, actor: Person, reason: str) -> None:
        said = {"number": self.number, "title": self.title, "reason": reason, "who": actor.name, "step": self.node}
        url = f"/cases/{self.number}/"
        do(TELL_PARTIES, f"decision:{decision}", f"case:{self.case}", json.dumps(said), url, self.case, actor.pk)


@dataclass(frozen=True)
class Next:
    """Where the approval leads: the machine step on the way, then the people's step, its role and unit."""

    way: str
    way_type: str
    node: str
    role: str
    unit: Unit
    accepted_under: Unit | None = None


Act = Callable[[], Any]
