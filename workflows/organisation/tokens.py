"""Tokens for the API: shown once, kept as a digest, stopped with the account."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction

from workflows.ledger.clock import now
from workflows.organisation import record
from workflows.organisation.models import ApiToken, Person

PREFIX = "assay_"
LIFETIME = timedelta(days=90)
# Writing "last used" on each call would make every read a write.
USE_IS_NOTED_EVERY = timedelta(minutes=5)


def digest_of(raw: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(raw.encode()).hexdigest()


@transaction.atomic
def issue(person: Person, label: str, lifetime: timedelta = LIFETIME) -> str:
    """Make a token and return its text, the only time that anybody sees it."""
    raw = PREFIX + secrets.token_urlsafe(32)
    moment = now()
    token = ApiToken.objects.create(
        person=person, label=label, digest=digest_of(raw), created_at=moment, expires_at=moment + lifetime
    )
    record.on_person(person, "token.issued", actor=person, token=token.pk)
    return raw


def person_of(raw: str) -> Person | None:
    """The person whose live token this is; None for anything else.

    None, too, while something comes first: the first password to be changed, or a second factor that the plant asks.
    """
    if not raw.startswith(PREFIX) or len(raw) > 100:
        return None
    token = ApiToken.objects.live().filter(digest=digest_of(raw)).select_related("person__unit").first()
    if token is None or not token.person.is_active or token.person.must_change_password:
        return None
    if _must_enrol(token.person):
        return None
    _note_use(token)
    return token.person


def _must_enrol(person: Person) -> bool:
    """A token from before the rule, or from before the role, is no way around it. One statement where nobody asks."""
    from workflows.organisation.signin import factors, policy

    return policy.requires_of(person) and not factors.has_any(person)


def _note_use(token: ApiToken) -> None:
    moment = now()
    if token.last_used_at is None or moment - token.last_used_at > USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)


@transaction.atomic
def revoke(*, actor: Person, token: ApiToken) -> None:
    if ApiToken.objects.live().filter(pk=token.pk, person=actor).update(revoked_at=now()):
        record.on_person(actor, "token.revoked", actor=actor, token=token.pk)


def revoke_all(person: Person) -> None:
    """Part of closing an account or resetting its password, which have their own ledger entry."""
    ApiToken.objects.live().filter(person=person).update(revoked_at=now())
