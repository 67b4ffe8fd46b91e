"""The REST API: what each app's operations have in common, and what a refusal looks like whoever utters it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.docs import Swagger
from psycopg2 import errorcodes
from viewflow.fsm import TransitionNotAllowed
from viewflow.workflow.exceptions import FlowLockFailed

from innovation.proposals.api import router as proposals
from maintenance_audit.findings.api import router as findings
from maintenance_audit.inspections.api import router as inspections
from maintenance_audit.jobs.api import router as jobs
from maintenance_audit.lots.api import router as lots
from workflows.documents.api import router as documents
from workflows.documents.refusal import RefusedFile
from workflows.engine.api import router as engine
from workflows.engine.api import together
from workflows.engine.batch import NotReached
from workflows.engine.contention import Busy
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, Overtaken, Recused, RoleEnded
from workflows.notices.api import router as notices
from workflows.organisation.access import by_token, classified, signed_in
from workflows.organisation.api import Bearer, PersonRef, Refusal, plain_words
from workflows.organisation.api import router as organisation
from workflows.reports.api import router as analytics
from workflows.site.errors import database_away
from workflows.site.moments import machine
from workflows.site.refusals import ended_words, late_words, recused_words, words_of
from workflows.store.away import is_away

api = NinjaAPI(
    title="试金 · Assay",
    version="1",
    description=(
        "Sign in with `POST /api/token`, then send `Authorization: Bearer …` with every call. Everything that a page "
        "does goes through the same services, so the same rules hold here. Times are ISO 8601 with offset, amounts "
        "are strings in yuan. A `token` in a body is a UUID that you make: the same one again is the same act."
    ),
    auth=Bearer(),
    # The default would fetch a badge from an outside address.
    docs=Swagger(settings={"validatorUrl": None}),
    docs_url="/docs",
    docs_decorator=signed_in,
)
for router in (organisation, engine, proposals, jobs, lots, inspections, findings, documents, notices, analytics):
    api.add_router("", router)

LOCKED = {errorcodes.LOCK_NOT_AVAILABLE, errorcodes.DEADLOCK_DETECTED, errorcodes.SERIALIZATION_FAILURE}


def said(request: HttpRequest, status: int, code: str, message: str = "", **more: Any) -> HttpResponse:
    content = {"code": code, "message": str(message or plain_words(code)), **{k: v for k, v in more.items() if v}}
    return api.create_response(request, content, status=status)


def _person(person: Any) -> dict[str, str] | None:
    found = PersonRef.of(person)
    return found.dict() if found else None


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return said(request, refusal.status, **refusal.content)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = said(request, 401, "no_token")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Throttled)
def too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    return said(request, 429, "too_often")


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the fields. An address that cannot be anything's is one that nothing is at."""
    if any(e["loc"][0] == "path" for e in error.errors):
        return said(request, 404, "absent")
    required = str(Field.default_error_messages["required"])
    fields = {_field(e["loc"]): required if e["type"] == "missing" else plain_words("invalid") for e in error.errors}
    field, message = next(iter(fields.items()))
    return said(request, 400, "invalid", message, field=field, fields=fields if len(fields) > 1 else None)


def _field(loc: tuple[Any, ...]) -> str:
    """("body", "body", "lines", 0, "label") → lines.0.label: neither source nor argument is the caller's word."""
    parts = [str(part) for part in loc[1:]]
    return ".".join(parts[1:] if loc[0] in ("body", "query", "form") and len(parts) > 1 else parts)


@api.exception_handler(HttpError)
def refused_by_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
    too_big = isinstance(error.__context__, RequestDataTooBig)
    return said(request, 413, "too_large") if too_big else said(request, error.status_code, "unreadable")


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    return said(request, 400, "unreadable")


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return said(request, 413, "too_large")


@api.exception_handler(Http404)
@api.exception_handler(NoSuchThing)
def absent(request: HttpRequest, error: Exception) -> HttpResponse:
    return said(request, 404, "absent")


@api.exception_handler(PermissionDenied)
@api.exception_handler(NotYours)
def not_yours(request: HttpRequest, error: Exception) -> HttpResponse:
    return said(request, 403, "not_yours")


@api.exception_handler(Recused)
def recused(request: HttpRequest, error: Recused) -> HttpResponse:
    return said(request, 403, error.code, recused_words(error), what=error.relation)


@api.exception_handler(BadMove)
def bad_move(request: HttpRequest, error: BadMove) -> HttpResponse:
    return said(request, 400, error.code, error.message, field=error.field)


@api.exception_handler(RefusedFile)
def refused_file(request: HttpRequest, error: RefusedFile) -> HttpResponse:
    return said(request, error.status, "refused_file", error.message, field=error.field)


@api.exception_handler(Late)
def late(request: HttpRequest, error: Late) -> HttpResponse:
    when = machine(error.when) if error.when else None
    return said(request, 409, error.code, late_words(error), who=_person(error.actor), what=error.verb, when=when)


@api.exception_handler(RoleEnded)
def role_ended(request: HttpRequest, error: RoleEnded) -> HttpResponse:
    when = machine(error.when) if error.when else None
    now_with = [_person(person) for person in error.now_with]
    return said(request, 409, error.code, ended_words(error), what=error.role, when=when, now_with=now_with)


@api.exception_handler(Busy)
@api.exception_handler(NotReached)
@api.exception_handler(Overtaken)
def not_now(request: HttpRequest, error: Busy | NotReached | Overtaken) -> HttpResponse:
    return said(request, 409, error.code, words_of(error))


@api.exception_handler(FlowLockFailed)
@api.exception_handler(TransitionNotAllowed)
def busy(request: HttpRequest, error: Exception) -> HttpResponse:
    return said(request, 409, "busy")


@api.exception_handler(OperationalError)
def database(request: HttpRequest, error: OperationalError) -> HttpResponse:
    if getattr(error.__cause__, "pgcode", None) in LOCKED:
        return said(request, 409, "busy")
    if is_away(error):
        return database_away(request)
    raise error


together.answer_with(api.on_exception)

urls = api.urls
# Every operation answers 401 to whoever brings no token; the docs page asks for a session and said so above.
classified(urls[0], by_token)
