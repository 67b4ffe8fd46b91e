"""From "this is who they say" to a session: the second step where there is one, and what must be done first."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from workflows.organisation.models import Person, SignedInBy
from workflows.organisation.signin import devices, factors, policy, reauthentication

BACKEND = "workflows.organisation.backends.EmployeeBackend"
PENDING = "sign_in_pending"
# In the session: how the person came in, and that a second factor has to be set up before anything else.
BY, MUST_ENROL = "signed_in_by", "must_enrol"
THE_SECOND_STEP_WAITS = 600  # seconds
ELSEWHERE = {SignedInBy.OIDC, SignedInBy.LDAP}


@dataclass(frozen=True)
class Pending:
    """Somebody who has passed the first step."""

    person: Person
    by: str
    onward: str


def proceed(request: HttpRequest, person: Person, *, by: str, onward: str) -> HttpResponse:
    """After the first step: sign in, or ask for the second factor. `onward` is an address checked to be ours."""
    if factors.has_any(person) and not _done_elsewhere(by):
        request.session[PENDING] = {
            "person": person.pk, "by": by, "onward": onward, "at": int(time.time()),
            "hash": person.get_session_auth_hash(),
        }  # fmt: skip
        return redirect("second_step")
    return enter(request, person, by=by, onward=onward)


def _done_elsewhere(by: str) -> bool:
    return by == SignedInBy.OIDC and settings.OIDC_BRINGS_SECOND_FACTOR


def pending(request: HttpRequest) -> Pending | None:
    """Who waits at the second step; nobody once ten minutes are over or the password has changed."""
    kept = request.session.get(PENDING)
    if not kept or time.time() - kept["at"] > THE_SECOND_STEP_WAITS:
        return None
    person = Person.objects.active().select_related("unit").filter(pk=kept["person"]).first()
    if person is None or not constant_time_compare(kept["hash"], person.get_session_auth_hash()):
        return None
    return Pending(person, kept["by"], kept["onward"])


def enter(request: HttpRequest, person: Person, *, by: str, onward: str) -> HttpResponse:
    """Every step is passed: begin the session."""
    request.session.pop(PENDING, None)
    login(request, person, backend=BACKEND)
    request.session[BY] = by
    reauthentication.mark_confirmed(request)
    if not _done_elsewhere(by) and policy.requires_of(person) and not factors.has_any(person):
        request.session[MUST_ENROL] = True
    devices.note(request, person, by)
    return redirect(onward)
