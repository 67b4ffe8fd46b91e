"""Is it still the one who signed in? Asked again before what cannot be taken back and before second factors change.

For a form of any app: put `{% include "organisation/reauthenticate.html" %}` into it, and in its view, **before** any
transaction (a failure has to be counted even where nothing else happens):

    reauthenticate(request, request.POST.get("password", ""))
"""

from __future__ import annotations

import time

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workflows.organisation import lockout
from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.signin import passkeys

CONFIRMED_AT = "confirmed_at"
HOLDS_FOR = 600  # seconds, for changes of one's own second factors only


def reauthenticate(request: KnownRequest, password: str) -> None:
    """Raise Refused, at the field "password", unless the signed-in person's password or passkey came with the form.

    The passkey's answer is read from the form's hidden field "passkey". Failures count like failed sign-ins.
    """
    number = request.user.employee_no
    if lockout.is_shut(request, number):
        raise Refused(_("There were too many failed attempts. Wait a quarter of an hour."), "password")
    answer = request.POST.get("passkey", "")
    if answer and passkeys.proven(request, passkeys.CONFIRM, answer, request.user):
        return
    if answer:
        lockout.count_failure(request, number)
        raise Refused(_("The passkey did not open. Try again, or use your password."), "password")
    if not password:
        raise Refused(_("Enter your password, or use a passkey."), "password")
    person = authenticate(request, username=number, password=password)  # counts a failure itself
    if person is None or person.pk != request.user.pk:
        raise Refused(_("This is not your present password."), "password")


def mark_confirmed(request: HttpRequest) -> None:
    request.session[CONFIRMED_AT] = int(time.time())


def lately_confirmed(request: HttpRequest) -> bool:
    return time.time() - request.session.get(CONFIRMED_AT, 0) < HOLDS_FOR
