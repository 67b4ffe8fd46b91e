"""More time for a rectification, for programs. Acts at steps are the engine's."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from maintenance_audit.findings import extending
from maintenance_audit.findings.models import Extension
from workflows.engine.models import Case
from workflows.organisation.api import REFUSALS, Moment, Number, PersonRef, Refused, actor_of
from workflows.organisation.models import Person

router = Router(tags=["findings"])
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", min_length=1, max_length=2000, strip_whitespace=True)]


class Ask(Schema):
    reason: Words
    wanted: date = Field(description="a day after the one that was ordered, within the rules")


class Answer(Schema):
    granted: bool
    words: Words = Field(description="why")
    until: date | None = Field(None, description="where it is granted: the new day")


class ExtensionShown(Schema):
    number: str
    before: date
    wanted: date
    reason: str
    asked_by: PersonRef
    asked_at: Moment
    granted: bool | None = Field(description="null: not answered yet")
    until: date | None
    answer: str
    answered_by: PersonRef | None
    answered_at: Moment | None


@router.post(
    "/findings/{number}/extension", response={200: ExtensionShown, REFUSALS: Refused}, operation_id="ask_extension"
)
def ask(request: HttpRequest, number: Number, body: Ask) -> ExtensionShown:
    """Ask for more time: whoever puts it right, once a round, before the day is over. The same again is the same."""
    person = actor_of(request)
    return _shown(
        number, extending.ask(actor=person, case=_case(person, number), reason=body.reason, wanted=body.wanted)
    )


@router.post(
    "/findings/{number}/extension/answer",
    response={200: ExtensionShown, REFUSALS: Refused},
    operation_id="answer_extension",
)
def answer(request: HttpRequest, number: Number, body: Answer) -> ExtensionShown:
    """Grant more time until a new day, or refuse it: whoever ordered the rectification."""
    person = actor_of(request)
    said = {"granted": body.granted, "words": body.words, "until": body.until}
    return _shown(number, extending.answer(actor=person, case=_case(person, number), **said))  # type: ignore[arg-type]


def _case(person: Person, number: str) -> Case:
    return get_object_or_404(Case.objects.visible_to(person), number=number, kind="finding")


def _shown(number: str, one: Extension) -> ExtensionShown:
    asked_by = PersonRef.of(one.asked_by)
    assert asked_by is not None
    return ExtensionShown(
        number=number, before=one.before, wanted=one.wanted, reason=one.reason, asked_by=asked_by,
        asked_at=one.asked_at, granted=one.granted, until=one.until, answer=one.answer,
        answered_by=PersonRef.of(one.answered_by), answered_at=one.answered_at,
    )  # fmt: skip
