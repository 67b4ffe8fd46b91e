"""Several tasks and one verb: each is done or refused by itself, and answered by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from workflows.engine import batch
from workflows.engine.batch import Outcome
from workflows.engine.models import Case, WorkItem
from workflows.organisation.api import REFUSALS, Refused, Typed, actor_of
from workflows.organisation.models import Person

router = Router(tags=["cases"])

Item = Annotated[int, Field(ge=1, lt=2**63)]


Answer = Callable[[HttpRequest, Exception], HttpResponse]


_answers: list[Answer] = []


def answer_with(answer: Answer) -> None:
    """For the API that knows every refusal's answer, and stands above the engine."""
    _answers[:] = [answer]


class BatchVerb(StrEnum):
    APPROVE = "approve"
    CLAIM = "claim"
    RELEASE = "release"


class Batch(Schema):
    token: UUID = Field(description="made by you; the same one again does nothing twice")
    verb: BatchVerb
    items: list[Item] = Field(min_length=1, max_length=batch.MOST)
    reason: Typed = Field("", description="approve: one opinion for all of them")


class Became(Schema):
    item: int
    number: str = Field(description="empty where you may not know of it")
    done: bool
    again: bool = Field(description="not done, and sending the same once more may do it")
    refused: Refused | None = None


class BatchDone(Schema):
    done: int
    left: int
    items: list[Became]


@router.post("/queue/batch", response={200: BatchDone, REFUSALS: Refused}, operation_id="batch")
def batch_of_tasks(request: HttpRequest, body: Batch) -> BatchDone:
    """Approve, claim or release up to 50 tasks: each its own decision and ledger entry; one refused stops no other.

    Approving is for steps whose rules let them be decided together; others answer `alone`.
    """
    person = actor_of(request)
    asked = list(dict.fromkeys(body.items))
    tokens = batch.tokens(body.token, body.verb.value, asked)
    outcomes = list(batch.run(actor=person, verb=body.verb.value, tokens=tokens, reason=body.reason))
    numbers = _numbers(person, asked)
    items = [_became(request, outcome, numbers.get(outcome.item_id, "")) for outcome in outcomes]
    done = sum(1 for item in items if item.done)
    return BatchDone(done=done, left=len(items) - done, items=items)


def _numbers(person: Person, asked: list[int]) -> dict[int, str]:
    visible = Case.objects.visible_to(person).values("pk")
    found = WorkItem.objects.filter(pk__in=asked, case__in=visible)
    return dict(found.order_by().values_list("pk", "case__number"))


def _became(request: HttpRequest, outcome: Outcome, number: str) -> Became:
    refused = _as_alone(request, outcome.refusal) if outcome.refusal is not None else None
    return Became(item=outcome.item_id, number=number, done=outcome.done, again=outcome.again, refused=refused)


def _as_alone(request: HttpRequest, refusal: Exception) -> Refused:
    """In the words that it would have been refused with by itself."""
    return Refused(**json.loads(_answers[0](request, refusal).content))
