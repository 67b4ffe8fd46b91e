"""What the engine says when it will not. Each has one plain answer on a page and in the API."""

from __future__ import annotations

from datetime import datetime

from workflows.organisation.models import Person


class Refusal(Exception):
    """The act did not happen and nothing changed."""

    code = "refused"


class NoSuchThing(Refusal):
    """It does not exist, or the person may not see it: the two are told alike (404)."""

    code = "absent"


class NotYours(Refusal):
    """The person may see it but may not do this (403)."""

    code = "not_yours"


class Recused(NotYours):
    """Independence forbids it. `relation` names the rule: author, co_author, tie, earlier_decider, earlier_actor."""

    code = "recused"

    def __init__(self, relation: str) -> None:
        super().__init__(relation)
        self.relation = relation


class BadMove(Refusal):
    """The verb does not fit here (400). `field` is where the form should say so."""

    code = "bad_move"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Alone(BadMove):
    """This task is none for a batch: it is opened and decided by itself (400)."""

    code = "alone"


class StandsStill(BadMove):
    """The case is on hold, or the task waits for somebody else's part first (400)."""


class Late(Refusal):
    """A colleague was faster, or the person was: who did what and when (409)."""

    code = "late"

    def __init__(self, verb: str, actor: Person | None, when: datetime | None, *, by_oneself: bool = False) -> None:
        super().__init__(verb)
        self.verb, self.actor, self.when, self.by_oneself = verb, actor, when, by_oneself


class Overtaken(Refusal):
    """What the form was read from has changed meanwhile (409); `message` says what."""

    code = "late"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RoleEnded(Refusal):
    """The person held the role when the task came, and holds it no more (409)."""

    code = "role_ended"

    def __init__(self, role: str, when: datetime | None, now_with: list[Person]) -> None:
        super().__init__(role)
        self.role, self.when, self.now_with = role, when, now_with
