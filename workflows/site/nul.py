"""NUL, which nobody can type and PostgreSQL cannot hold: refused at the door, so that no query has to think of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from workflows.site.errors import problem

NUL = "\x00"


class NulMiddleware:
    """In the address: there is no such thing. In what was asked or sent: it cannot be read. The API checks its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if _holds_nul(map(str, kwargs.values())):
            return problem(request, 404)
        return problem(request, 400) if any(_holds_nul(_texts(sent)) for sent in (request.GET, request.POST)) else None


def _texts(sent: QueryDict) -> Iterable[str]:
    return (text for name, values in sent.lists() for text in (name, *map(str, values)))


def _holds_nul(texts: Iterable[str]) -> bool:
    return any(NUL in text for text in texts)
