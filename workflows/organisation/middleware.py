"""Per request: the person's language, and the first password must be changed before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from workflows.organisation.access import access_of, speaks_json

# What somebody with a first password may reach: to change it, to leave, to read the page in their language.
BEFORE_THE_FIRST_CHANGE = {"change_password", "sign_out", "set_language"}


class KnownPersonMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        access = access_of(view)
        if access and access.public:
            # Public pages without a reader (health, service worker) do not touch the session.
            return None
        if not request.user.is_authenticated:
            return None
        speak_to(request)
        name = request.resolver_match.url_name if request.resolver_match else None
        if request.user.must_change_password and name not in BEFORE_THE_FIRST_CHANGE:
            return _change_first(request)
        return None


def speak_to(request: HttpRequest) -> None:
    """The profile's language goes before cookie and browser."""
    translation.activate(request.user.language)  # type: ignore[union-attr]
    request.LANGUAGE_CODE = translation.get_language()  # type: ignore[assignment]


def _change_first(request: HttpRequest) -> HttpResponse:
    if speaks_json(request):
        return JsonResponse({"detail": _("Change your first password before anything else.")}, status=403)
    return redirect("change_password")
