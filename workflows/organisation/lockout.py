"""Against guessing: what counts as too often, from where, and what the person is told.

Two limits over the last quarter of an hour. Five failures for one number **from one address** stop that address for
that number: guessing from a desk stops, and nobody at one desk can shut a colleague out at another. Fifty failures
for one number **from anywhere** stop the number: that takes ten addresses, it ends by itself, and without it many
addresses together could guess for ever. An address alone is never stopped, because a whole workshop may stand behind
one. While the door is shut attempts are not counted, so it opens when the page says it will.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.organisation.access import speaks_json

FROM_ANYWHERE = 10  # times the limit from one address


def address_of(request: HttpRequest) -> str:
    """The caller's address; behind our own proxy the last one of the list, which the caller cannot write."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")


class LockoutHandler(AxesDatabaseHandler):
    """Axes counts each set of parameters against one limit; the set "number alone" here weighs a tenth."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        here, anywhere = (
            attempts.aggregate(n=Sum("failures_since_start"))["n"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(here, anywhere // FROM_ANYWHERE)


def is_shut(request: HttpRequest, number: str) -> bool:
    """For what is no password: ask before looking at the code. True makes the answer a shut door, whatever it says."""
    if AxesProxyHandler.is_allowed(request, {"username": number}):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]
    request.axes_credentials = {"username": number}  # type: ignore[attr-defined]
    return True


def count_failure(request: HttpRequest, number: str) -> None:
    """A wrong code weighs as much as a wrong password. Never inside a transaction that a refusal rolls back."""
    user_login_failed.send(sender=__name__, credentials={"username": number}, request=request)


def shut_until(username: str | None, request: HttpRequest) -> datetime:
    last = AccessAttempt.objects.filter(username=username, attempt_time__gte=get_cool_off_threshold(request)).aggregate(
        last=Max("attempt_time")
    )["last"]
    return (last or timezone.now()) + get_cool_off(request)


def refuse(request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """What a shut door says: until when, and who can help. The same for numbers that do not exist."""
    username = get_client_username(request, credentials)
    until = timezone.localtime(shut_until(username, request))
    if speaks_json(request):
        words = _("Too many failed attempts. Try again after %(time)s.") % {"time": until.strftime("%H:%M")}
        return JsonResponse({"code": "too_often", "message": words}, status=429)
    return render(request, "organisation/shut.html", {"until": until}, status=429)
