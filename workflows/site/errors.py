"""Plain answers when something is wrong: in the person's language, inside the shell where there is one."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404
from django.utils.translation import gettext as _

from workflows.organisation.access import public, speaks_json
from workflows.organisation.api import plain_words
from workflows.store.away import BACK_IN, is_away

log = logging.getLogger(__name__)


def problem(request: HttpRequest, status: int, template: str = "", **context: Any) -> HttpResponse:
    """The error page of `status`; JSON for those who speak JSON, a fragment for htmx."""
    if speaks_json(request):
        return _for_programs(status, str(context.get("message") or context.get("sentence") or ""))
    layout = "site/bare.html" if getattr(request, "htmx", False) and not request.htmx.boosted else "base.html"  # type: ignore[attr-defined]
    return render(request, template or f"{status}.html", {"layout": layout, **context}, status=status)


# What the API calls the plain refusals that happen before any operation of its own.
CODES = {400: "unreadable", 403: "not_yours", 404: "absent", 413: "too_large", 429: "too_often"}


def _for_programs(status: int, words: str) -> HttpResponse:
    code = {405: "method", 409: "late"}.get(status) or CODES.get(status, "refused")
    plain = plain_words(CODES[status]) if status in CODES else _("This address does not take that method.")
    return JsonResponse({"code": code, "message": words or plain}, status=status)


def method_not_allowed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Django's and Ninja's bare 405, in words for those who speak JSON."""
    if not speaks_json(request) or answer.content.startswith(b"{"):
        return answer
    said = problem(request, 405)
    said["Allow"] = answer.headers.get("Allow", "")
    return said


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return problem(request, 413)
    return problem(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A mistyped address is one thing, a row that is not for you another; the second says no more than it must."""
    return problem(request, 404, wrong_address=isinstance(exception, Resolver404))


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: no shell, no database, no session. The number is in the log beside the trace."""
    if is_away(sys.exc_info()[1]):
        return database_away(request)
    number = f"E-{secrets.token_hex(2).upper()}"
    log.error("answered 500 as %s at %s", number, request.path)
    return HttpResponse(render_to_string("500.html", {"number": number}), status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """It will be back; whoever asked too early is told when to ask again."""
    log.error("answered 503 at %s: the database is away", request.path)
    if speaks_json(request):
        said: HttpResponse = JsonResponse({"code": "away", "message": plain_words("away")}, status=503)
    else:
        said = HttpResponse(render_to_string("503.html"), status=503)
    said["Retry-After"] = str(BACK_IN)
    return said


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = _("The page was open too long. Read it again and send it once more.")
    return problem(
        request, 403, "403_csrf.html", message=message, typed=typed_by(request), again=request.get_full_path()
    )


def typed_by(request: HttpRequest) -> list[str]:
    """Running text in the refused form, so that nobody types it twice. Never a password or a token."""
    fields = ((name, value) for name, values in request.POST.lists() for value in values)
    return [value for name, value in fields if _is_prose(name, str(value))]


def _is_prose(name: str, value: str) -> bool:
    if "csrf" in name or "token" in name or "password" in name or len(value) < 4:
        return False
    try:
        UUID(value)
    except ValueError:
        return " " in value or not value.isascii()
    return False
