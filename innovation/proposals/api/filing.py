"""Filing by API: the page's own reader checks what was sent."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Schema, Status
from ninja.files import UploadedFile
from pydantic import StringConstraints

from innovation.proposals import services
from innovation.proposals.api.router import router
from innovation.proposals.content import NEW_PROBLEM, Reader
from innovation.proposals.links import case_url
from innovation.proposals.models import Problem
from workflows.documents.api import MOST_A_MINUTE, DocumentShown
from workflows.documents.reception import known, receive
from workflows.engine.models import Case
from workflows.organisation.api import REFUSALS, PerMinute, Refusal, Refused, Short, Typed, actor_of, by_person
from workflows.organisation.models import Person

Figure = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=40)]


class LineIn(Schema):
    kind: Literal["saving", "added_cost"] = "saving"
    label: Typed = ""
    unit_value: Figure = Field(description='yuan, e.g. "640.00"')
    quantity: Figure = "1"


class CoauthorIn(Schema):
    number: Short = Field(description="employee number")
    share: Figure = "1"


class Filing(Schema):
    token: UUID = Field(description="made by you; the same one again is the same proposal")
    title: Typed
    category: Short = Field(description="technology, management, safety, energy, quality or small_improvement")
    problem: Short = Field("", description="number of a problem in the ledger, as NT-0012; or write `new_problem`")
    new_problem: Typed = ""
    present_state: Typed
    method: Typed
    equipment: Typed = ""
    cost: Figure = Field("", description='yuan, e.g. "236000.00"')
    own_share: Figure = "1"
    lines: Annotated[list[LineIn], Field(max_length=100)] = Field([], description="the forecast's calculation")
    coauthors: Annotated[list[CoauthorIn], Field(max_length=100)] = []


class Filed(Schema):
    number: str
    url: str


# The reader's names are the page's; these are the API's.
FIELDS = {
    "problem_title": "new_problem",
    "line_kind": "lines.{}.kind",
    "line_label": "lines.{}.label",
    "line_unit_value": "lines.{}.unit_value",
    "line_quantity": "lines.{}.quantity",
    "coauthor": "coauthors.{}.number",
    "coauthor_share": "coauthors.{}.share",
}


@router.post("/proposals", response={200: Filed, 201: Filed, REFUSALS: Refused}, operation_id="file_proposal")
def file_proposal(request: HttpRequest, body: Filing) -> Status[Filed]:
    """File a proposal: 201, or 200 when this token has been filed before. What lies in its draft comes along."""
    person = actor_of(request)
    reader = Reader(typed_from(body, person), person)
    content = reader.read()
    if content is None:
        raise _refused(reader.errors)
    try:
        filed = services.file(actor=person, token=body.token, content=content)
    except services.TokenTaken:
        raise Refusal(409, "token_taken", _("This form belongs to somebody else and was not filed."), field="token")
    return Status(201 if filed.created else 200, Filed(number=filed.case.number, url=case_url(filed.case)))


def typed_from(body: Filing, person: Person) -> dict[str, list[str]]:
    """What the filing page would have sent."""
    plain = ("title", "category", "present_state", "method", "equipment", "cost", "own_share")
    return {name: [getattr(body, name)] for name in plain} | {
        "problem": [_chosen(body, person)],
        "problem_title": [body.new_problem],
        "line_kind": [line.kind for line in body.lines],
        "line_label": [line.label for line in body.lines],
        "line_unit_value": [line.unit_value for line in body.lines],
        "line_quantity": [line.quantity for line in body.lines],
        "coauthor": [other.number for other in body.coauthors],
        "coauthor_share": [other.share for other in body.coauthors],
    }


def _chosen(body: Filing, person: Person) -> str:
    if not body.problem:
        return NEW_PROBLEM if body.new_problem else ""
    found = Problem.objects.visible_to(person).filter(number=body.problem).values_list("pk", flat=True).first()
    return str(found or "")


def _refused(errors: dict[str, str]) -> Refusal:
    fields = {_field(key): str(message) for key, message in errors.items()}
    field, message = next(iter(fields.items()))
    return Refusal(400, "invalid", message, field=field, fields=fields)


def _field(key: str) -> str:
    name, row = re.fullmatch(r"(.+?)(?:-(\d+))?", key).groups()  # type: ignore[union-attr]
    return FIELDS.get(name, name).format(row)


class DraftUpload(Schema):
    uuid: UUID = Field(description="made by you; the same one again is the same file")
    purpose: Literal["before", "after", "calculation", "other"] = "other"


@router.post(
    "/drafts/{token}/documents",
    throttle=PerMinute("upload", MOST_A_MINUTE, by_person),
    response={200: DocumentShown, 201: DocumentShown, REFUSALS: Refused},
    operation_id="upload_to_draft",
)
def upload_to_draft(
    request: HttpRequest, token: UUID, file: File[UploadedFile], form: Form[DraftUpload]
) -> Status[DocumentShown]:
    """Hand in a photo or file before filing, under the token that the proposal will be filed with.

    201, or 200 when it has been here before.
    """
    actor = actor_of(request)
    earlier = known(actor, form.uuid)
    if earlier is not None:
        return Status(200, DocumentShown.of(earlier))
    try:
        services.save_draft(actor=actor, token=token, typed=None)
    except services.TokenTaken:
        raise Http404
    if Case.objects.filter(token=token).exists():
        raise Refusal(409, "filed", _("The proposal was filed without this photo."))
    holder = services.holder_of_draft(token)
    kept = receive(actor=actor, token=form.uuid, holder=holder, purpose=form.purpose, upload=file)
    return Status(201, DocumentShown.of(kept))
