"""Around every request: its id, its line in the log, its time, and what could not be done in it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse

from workflows.engine import failures
from workflows.engine.errors import Refusal
from workflows.operations import metrics

log = structlog.get_logger("assay.request")

FIT = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
REFUSALS = (Refusal, Http404, PermissionDenied, SuspiciousOperation)
UNWATCHED = ("/static/", "/healthz", "/readyz", "/metrics")


class WatchMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        request_id = _id_of(request)
        structlog.contextvars.bind_contextvars(request=request_id)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if not request.path.startswith(UNWATCHED) and not _unwatched(request):
            _tell(request, response, time.perf_counter() - began)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if getattr(view, "unwatched", False):
            return
        person = getattr(request, "_cached_user", None)  # never read for this alone: a public page has no session
        if person is not None and person.pk:
            structlog.contextvars.bind_contextvars(actor=person.pk)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error, DatabaseError):
            metrics.DATABASE_ERRORS.labels(type(error).__name__).inc()
        case = structlog.contextvars.get_contextvars().get("case")
        if case is not None and not isinstance(error, REFUSALS):
            failures.note("decision", f"case:{case}", error)


def _unwatched(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and getattr(match.func, "unwatched", False)


def _id_of(request: HttpRequest) -> str:
    """The proxy's, so that both logs tell of one request; a stranger's word is nobody's id."""
    brought = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return brought if FIT.match(brought) else uuid4().hex[:16]


def _tell(request: HttpRequest, response: HttpResponse, took: float) -> None:
    match = request.resolver_match
    page = (match.view_name if match else "") or "nowhere"
    method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
    metrics.REQUESTS.labels(page, method, f"{response.status_code // 100}xx").observe(took)
    log.info(
        "request", page=page, method=method, path=request.path, status=response.status_code, ms=round(took * 1e3, 1)
    )
