"""The browsers in which a person is signed in: noted, listed, ended."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from workflows.ledger.clock import now
from workflows.organisation import lockout, record
from workflows.organisation.models import Device, Person


def note(request: HttpRequest, person: Person, by: str) -> None:
    """Remember this browser. Rows that are older than any session go, so that the table stays as small as its use."""
    moment = now()
    old = moment - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    Device.objects.filter(person=person, signed_in_at__lte=old).delete()
    Device.objects.create(
        person=person, session_key=_key(request), address=lockout.address_of(request)[:45],
        agent=_plain(request.headers.get("User-Agent", "")), by=by, signed_in_at=moment,
    )  # fmt: skip


def _key(request: HttpRequest) -> str:
    if not request.session.session_key:
        request.session.save()
    return request.session.session_key or ""


def _plain(agent: str) -> str:
    return agent.replace("\0", "")[:200]


@transaction.atomic
def end(*, actor: Person, device: Device) -> None:
    if Device.objects.filter(pk=device.pk, person=actor, ended_at=None).update(ended_at=now()):
        record.on_person(actor, "session.ended", actor=actor, device=device.pk)
        transaction.on_commit(lambda: forget(device.session_key))


def leave(request: HttpRequest) -> None:
    """This browser signs out."""
    if key := request.session.session_key:
        Device.objects.filter(session_key=key, ended_at=None).update(ended_at=now())


@transaction.atomic
def end_others(request: HttpRequest, *, actor: Person) -> None:
    """Everything but this browser, also what was signed in before browsers were noted."""
    stop_all(actor)
    record.on_person(actor, "session.others_ended", actor=actor)
    keep_this(request, actor)


def stop_all(person: Person) -> None:
    """Part of something that has its own ledger entry."""
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    person.refresh_from_db(fields=["session_round"])
    forget_all(person)


def forget_all(person: Person) -> None:
    """The sessions have stopped (password, round or account): they leave the list."""
    Device.objects.filter(person=person, ended_at=None).update(ended_at=now())


def keep_this(request: HttpRequest, person: Person) -> None:
    """After the password or the round changed, this browser goes on under a new session key."""
    before = request.session.session_key
    update_session_auth_hash(request, person)
    Device.objects.filter(session_key=before or "").update(session_key=_key(request), ended_at=None)


def forget(key: str) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore(key).delete()
