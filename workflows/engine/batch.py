"""Several tasks and one verb 批量: each is a turn of its own, with its own transaction, token and ledger entry.

Nothing is decided for all of them together: one that cannot be done says why, and the others are done.

Returning and rejecting are no batch verbs: their reason is about one case and its author reads it. Work is handed in
by its own form. Approving is one where the rules say that the step may be decided unopened (`StepRule.batch`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from workflows.engine import kinds
from workflows.engine.contention import Busy, plainly
from workflows.engine.errors import Alone, Late, NoSuchThing, Refusal
from workflows.engine.models import Case, Decision, RuleVersion, WorkItem
from workflows.engine.turn import Turn, turn
from workflows.organisation.models import Person

VERBS = ("approve", "claim", "release")
MOST = 50
PATIENCE = 20.0  # seconds: what is not begun by then is left for the next go, before a server gives up on the request


class NotReached(Refusal):
    """The go was over before its turn came; nothing happened to it (409)."""

    code = "not_reached"


@dataclass(frozen=True)
class Outcome:
    """What became of one task. `turn` while it was done just now, None where it had been done before."""

    item_id: int
    refusal: Refusal | None = None
    turn: Turn | None = None

    @property
    def done(self) -> bool:
        return self.refusal is None

    @property
    def again(self) -> bool:
        """Sending it once more may do it."""
        return isinstance(self.refusal, Busy | NotReached)


def tokens(batch: UUID, verb: str, items: Sequence[int]) -> dict[int, UUID]:
    """Each task's own token, made of the form's: the same form twice does each once."""
    return {item: uuid5(batch, f"{verb}:{item}") for item in items}


def run(*, actor: Person, verb: str, tokens: Mapping[int, UUID], reason: str = "") -> Iterator[Outcome]:
    """Do them one after the other, each committed before the next begins."""
    ends = monotonic() + PATIENCE
    cases = dict(WorkItem.objects.filter(pk__in=tokens).order_by().values_list("pk", "case_id"))
    done = set(_done(actor, verb, tokens.values()))
    for item_id, token in tokens.items():
        if token in done:
            yield Outcome(item_id)
        elif monotonic() > ends:
            yield Outcome(item_id, NotReached())
        else:
            yield _one(actor, verb, item_id, cases.get(item_id), token, reason)


def _done(actor: Person, verb: str, asked: Any) -> Iterator[UUID | None]:
    found = Decision.objects.filter(token__in=list(asked), actor=actor, verb=verb)
    return iter(found.order_by().values_list("token", flat=True))


def _one(actor: Person, verb: str, item_id: int, case_id: int | None, token: UUID, reason: str) -> Outcome:
    try:
        if case_id is None:
            raise NoSuchThing
        with plainly(actor, token), turn(actor=actor, case_id=case_id, item_id=item_id, token=token) as t:
            _do(t, verb, reason)
    except Late as late:
        # The same form came twice at once, and the other one has done it.
        return Outcome(item_id, None if token in set(_done(actor, verb, [token])) else late)
    except Refusal as refused:
        return Outcome(item_id, refused)
    return Outcome(item_id, turn=t)


def _do(t: Turn, verb: str, reason: str) -> None:
    assert t.case.rules is not None
    rule = t.kind.step_rule(t.case.rules.content, t.step.node, t.case)
    if why := hindrance(t.item, verb, unopened=rule.batch):
        raise Alone(why)
    if verb == "approve":
        t.approve(reason)
    else:
        {"claim": t.claim, "release": t.release}[verb]()


# What may be picked. -------------------------------------------------------------------------------------------------


def hindrance(item: WorkItem, verb: str, *, unopened: bool) -> str:
    """Why this task is none for a batch with this verb, or nothing. Roles and independence are asked in the turn."""
    pool = item.origin == WorkItem.Origin.POOL and bool(item.role)
    if item.case.state == Case.State.HELD:
        return _("It is on hold.")
    if verb == "claim":
        return "" if pool else _("It is somebody's by name; there is nothing to claim.")
    if verb == "release":
        return "" if pool and item.person_id else _("It cannot go back to a pool.")
    if item.origin == WorkItem.Origin.CONSULTED:
        return _("It asks for an opinion in your own words.")
    if item.step.node in kinds.kind_of(item.case).forms and item.origin != WorkItem.Origin.ADDED:
        return _("Its own page asks for more than a yes.")
    if not _node(item).deciding:
        return _("It is work to be done; its own page asks for what was done.")
    return "" if unopened else _("By its rules it is opened and decided by itself.")


def open_to(item: WorkItem, *, substitute: bool = False) -> tuple[str, ...]:
    """The verbs that the task may be picked for, as its row knows it; reads no more than the row did."""
    if item.case.state == Case.State.HELD:
        return ()
    found = [] if hindrance(item, "approve", unopened=unopened(item)) else ["approve"]
    if not substitute and item.origin == WorkItem.Origin.POOL and item.role:
        found.append("release" if item.person_id else "claim")
    return tuple(found)


def unopened(item: WorkItem) -> bool:
    """Do the case's rules let this step be decided together with others? `case.rules` has been read with its digest."""
    rules = item.case.rules
    return rules is not None and _rule_says(item.case.kind, rules.digest, item.step.node)


@lru_cache(maxsize=1024)
def _rule_says(kind: str, digest: str, node: str) -> bool:
    """Kept for good: the digest names the content. Where the case itself decides, the turn asks again."""
    versions = RuleVersion.objects.filter(kind=kinds.ruled_by(kind), digest=digest)
    content = versions.values_list("content", flat=True)[0]
    return kinds.get(kind).step_rule(content, node, None).batch


def _node(item: WorkItem) -> Any:
    return kinds.kind_of(item.case).flow.instance.node(item.step.node)
