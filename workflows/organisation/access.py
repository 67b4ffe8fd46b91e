"""Who may knock at a URL at all. Deny by default: a view that says nothing is refused to everybody.

Every view carries one of `public`, `signed_in` or `holding(role, …)`; the middleware enforces it before the view
runs, and a test walks the resolver so that an unclassified URL fails. What a person sees *behind* the door is the
business of `visible_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from workflows.organisation.models import Person

    class KnownRequest(HttpRequest):
        """A request that has passed the middleware below at a door that is not public."""

        user: Person  # type: ignore[assignment]
else:
    KnownRequest = HttpRequest

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """`public`: anybody. Otherwise signed in, and if `roles` is not empty, holding one of them somewhere.

    `by_token`: the view itself answers 401 to whoever brings neither a token nor a session.
    """

    public: bool = False
    roles: tuple[str, ...] = ()
    by_token: bool = False


def _classify(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    return _classify(view, Access(public=True))


def signed_in(view: View) -> View:
    return _classify(view, Access())


def holding(*roles: str) -> Callable[[View], View]:
    return lambda view: _classify(view, Access(roles=tuple(roles)))


def by_token(view: View) -> View:
    return _classify(view, Access(by_token=True))


def unwatched(view: View) -> View:
    """No line in the log and no count names who comes here: for what may be done without a name."""
    view.unwatched = True  # type: ignore[attr-defined]
    return view


def classified(patterns: Iterable[URLPattern | URLResolver], mark: Callable[[Any], Any]) -> None:
    """Classify the views of a third party's URLs, as `classified(api.urls[0], by_token)`; ours are left alone."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            classified(pattern.url_patterns, mark)
        elif access_of(pattern.callback) is None:
            mark(pattern.callback)


# Third-party views that cannot carry the mark themselves, by dotted name. Empty is the best state.
THIRD_PARTY: dict[str, Access] = {}


def access_of(view: Callable[..., Any]) -> Access | None:
    access: Access | None = getattr(view, "access", None)
    return access or THIRD_PARTY.get(f"{view.__module__}.{getattr(view, '__qualname__', '')}")


class AccessMiddleware:
    """Refuses before the view runs: strangers go to sign-in, people without the role get 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        access = access_of(view)
        if access is None:
            raise PermissionDenied("unclassified URL")
        if access.public or access.by_token:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if access.roles:
            from workflows.organisation.roles import held_by

            if not {held.role for held in held_by(request.user)} & set(access.roles):
                raise PermissionDenied("needs a role")
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if speaks_json(request):
        return JsonResponse({"code": "no_token", "message": _("Sign in first.")}, status=401)
    # A form sent after the session ended cannot be sent again by following a link to it.
    return redirect_to_login(request.get_full_path() if request.method in {"GET", "HEAD"} else "/")


def speaks_json(request: HttpRequest) -> bool:
    """Programs get answers they can read; the description of the interface is a page for people."""
    if request.path == "/api/docs":
        return False
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")
