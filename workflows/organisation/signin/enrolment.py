"""Setting up an authenticator app: a secret that waits in the session, and its picture."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from django.http import HttpRequest

from workflows.organisation.models import Person

WAITING = "factor_new_secret"


def secret_of(request: HttpRequest) -> str:
    """The secret offered in this session; the same until an app has taken it, so that a mistyped code costs nothing."""
    kept = request.session.get(WAITING)
    if kept:
        return decrypt(kept)
    secret = generate_totp_secret()
    request.session[WAITING] = encrypt(secret)
    return secret


def forget(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)


def picture(person: Person, secret: str) -> str:
    """The QR code as the address of a picture, which the content policy allows where it forbids styled markup."""
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def in_groups(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
