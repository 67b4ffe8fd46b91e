"""Per request: the person's language, and what has to be done before anything else: the first password, a factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from workflows.organisation.access import access_of, speaks_json
from workflows.organisation.signin import entering

# What somebody with a first password may reach: to change it, to leave, to read the page in their language.
BEFORE_THE_FIRST_CHANGE = {"change_password", "sign_out", "set_language"}
# What somebody who must set up a second factor may reach.
BEFORE_ENROLLING = BEFORE_THE_FIRST_CHANGE | {
    "security", "confirm_identity", "confirm_question", "factor_app", "factor_passkey", "passkey_options",
}  # fmt: skip


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
        request.user = get_user(request)  # asked for here at the latest; each look through a lazy one costs again
        if not request.user.is_authenticated:
            return None
        speak_to(request)
        name = (request.resolver_match.url_name if request.resolver_match else None) or ""
        if _knows_only_a_first_password(request) and name not in BEFORE_THE_FIRST_CHANGE:
            return _first(request, "change_password", _("Change your first password before anything else."))
        if request.session.get(entering.MUST_ENROL) and name not in BEFORE_ENROLLING:
            return _first(request, "security", _("Set up a second factor before anything else."))
        return None


def _knows_only_a_first_password(request: HttpRequest) -> bool:
    """Who came in by the plant's own sign-in need not know the first password at all."""
    return request.user.must_change_password and request.session.get(entering.BY) not in entering.ELSEWHERE  # type: ignore[union-attr]


def speak_to(request: HttpRequest) -> None:
    """The profile's language goes before cookie and browser."""
    translation.activate(request.user.language)  # type: ignore[union-attr]
    request.LANGUAGE_CODE = translation.get_language()  # type: ignore[assignment]


def _first(request: HttpRequest, page: str, words: str) -> HttpResponse:
    if speaks_json(request):
        return JsonResponse({"code": "not_yours", "message": words}, status=403)
    return redirect(page)
