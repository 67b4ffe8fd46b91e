"""Who may knock at a URL at all. Deny by default: a view that says nothing is refused to everybody.

Every view carries one of `public`, `signed_in` or `holding(role, …)`; the middleware enforces it before the view
runs, and a test walks the resolver so that an unclassified URL fails. What a person sees *behind* the door is the
business of `visible_to`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """`public`: anybody. Otherwise signed in, and if `roles` is not empty, holding one of them somewhere."""

    public: bool = False
    roles: tuple[str, ...] = ()


def _classify(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    return _classify(view, Access(public=True))


def signed_in(view: View) -> View:
    return _classify(view, Access())


def holding(*roles: str) -> Callable[[View], View]:
    return lambda view: _classify(view, Access(roles=tuple(roles)))


class AccessMiddleware:
    """Refuses before the view runs: strangers go to sign-in, people without the role get 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        access: Access | None = getattr(view, "access", None)
        if access is None:
            raise PermissionDenied("unclassified URL")
        if access.public:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if access.roles:
            from workflows.organisation.roles import held_by

            if not {held.role for held in held_by(request.user)} & set(access.roles):
                raise PermissionDenied("needs a role")
        return None
