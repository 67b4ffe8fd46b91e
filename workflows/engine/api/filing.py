"""Filing a case of any kind whose filing is a form: the one that its page shows."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from ninja import Field, Path, Router, Schema, Status

from workflows.engine import filing, kinds
from workflows.engine.api.acting import typed
from workflows.engine.errors import NoSuchThing
from workflows.organisation.api import REFUSALS, Refusal, Refused, actor_of

router = Router(tags=["cases"])


class CaseFiling(Schema):
    token: UUID = Field(description="made by you; the same one again is the same case")
    form: dict[str, Any] = Field({}, description="the fields of the kind's filing page")


class CaseFiled(Schema):
    number: str
    url: str


@router.post(
    "/kinds/{kind}/cases", response={200: CaseFiled, 201: CaseFiled, REFUSALS: Refused}, operation_id="file_case"
)
def file_case(
    request: HttpRequest, kind: Annotated[str, Path(pattern=r"^[a-z_]{1,30}$")], body: CaseFiling
) -> Status[CaseFiled]:
    """File a case: 201, or 200 when this token has been filed before.

    Its photos come first: upload them with the holder `filing:{token}` and the purpose `before`.
    """
    known = {described.name: described for described in kinds.all_kinds()}.get(kind)
    if known is None or known.filing is None:
        raise NoSuchThing
    person = actor_of(request)
    form = known.filing(typed(body.form), MultiValueDict(), person=person)
    if not form.is_valid():
        fields = {f"form.{name}": str(errors[0]) for name, errors in form.errors.items()}
        field, message = next(iter(fields.items()))
        raise Refusal(400, "invalid", message, field=field, fields=fields)
    try:
        filed = filing.file(actor=person, kind=kind, token=body.token, form=form)
    except filing.TokenTaken:
        raise Refusal(409, "token_taken", filing.taken(), field="token")
    answer = CaseFiled(number=filed.case.number, url=reverse("case", args=[filed.case.number]))
    return Status(201 if filed.created else 200, answer)
