"""Passkeys (WebAuthn): what the browser is asked, and whether its answer holds.

Each question is kept in the session with what it was asked for and is good for one answer, so that a question of the
weaker kind (the second step after a password) never serves where a passkey alone opens the door.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.organisation.signin import factors

logger = logging.getLogger(__name__)

ASKED = "passkey_asked"
A_QUESTION_LASTS = 300  # seconds
LONGEST = 20_000  # characters of an answer

REGISTER, ENTER, SECOND, CONFIRM = "register", "enter", "second", "confirm"
VERIFIED = UserVerificationRequirement.REQUIRED


def ask_to_register(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Options for `navigator.credentials.create`: a passkey that stays in the device and checks finger, face or PIN."""
    who = PublicKeyCredentialUserEntity(id=str(person.pk).encode(), name=person.employee_no, display_name=person.name)
    options, state = _server(request).register_begin(
        who, credentials=_keys(person), resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=VERIFIED,
    )  # fmt: skip
    _keep(request, REGISTER, state)
    return dict(options)


def ask(request: HttpRequest, purpose: str, person: Person | None = None) -> dict[str, Any]:
    """Options for `navigator.credentials.get`; without a person the browser offers what it has for this site."""
    options, state = _server(request).authenticate_begin(
        credentials=_keys(person) if person else None, user_verification=VERIFIED
    )
    _keep(request, purpose, state)
    return dict(options)


def registered(request: HttpRequest, answer: str) -> dict[str, Any] | None:
    """The new passkey as it is kept, or None if the answer does not hold."""
    response, state = _read(answer), _asked(request, REGISTER)
    if response is None or state is None:
        return None
    try:
        _server(request).register_complete(state, response)
        return _as_kept(response)
    except Exception as wrong:  # what comes from outside breaks the parser in many ways, and each means no
        logger.info("a passkey was not registered: %r", wrong)
        return None


def _as_kept(response: dict[str, Any]) -> dict[str, Any]:
    """Only what was read and verified, written anew: nothing else that the browser sent reaches the database."""
    bare = {**response, "clientExtensionResults": {}}
    kept: dict[str, Any] = json.loads(json.dumps(dict(RegistrationResponse.from_dict(bare))))
    return kept


def proven(request: HttpRequest, purpose: str, answer: str, person: Person | None = None) -> Person | None:
    """Whose passkey this answer comes from; None if it does not hold, or is not that person's."""
    response, state = _read(answer), _asked(request, purpose)
    if response is None or state is None:
        return None
    try:
        return _proven(request, state, response, person)
    except Exception as wrong:  # as above
        logger.info("a passkey did not open: %r", wrong)
        return None


def _proven(request: HttpRequest, state: Any, response: dict[str, Any], person: Person | None) -> Person | None:
    whose = person or _named_by(response)
    if whose is None or not whose.is_active:
        return None
    used = _server(request).authenticate_complete(state, _keys(whose), response)
    factor = next(row for row in factors.passkeys_of(whose) if _key_of(row).credential_id == used.credential_id)
    return whose if _counts_on(factor, response) else None


def _named_by(response: dict[str, Any]) -> Person | None:
    handle = websafe_decode(response["response"]["userHandle"]).decode("ascii")
    return Person.objects.active().select_related("unit").filter(pk=int(handle)).first()


def _counts_on(factor: Authenticator, response: dict[str, Any]) -> bool:
    """A counter that does not rise belongs to a copy; many passkeys do not count and always say nought."""
    counter = AuthenticationResponse.from_dict(response).response.authenticator_data.counter
    if counter and counter <= factor.data.get("counter", 0):
        return False
    factor.data = {**factor.data, "counter": counter}
    factor.last_used_at = now()
    factor.save(update_fields=["data", "last_used_at"])
    return True


def _server(request: HttpRequest) -> Fido2Server:
    host = urlsplit(f"//{request.get_host()}").hostname
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=_("Assay")))


def _keys(person: Person) -> list[AttestedCredentialData]:
    return [_key_of(row) for row in factors.passkeys_of(person)]


def _key_of(row: Authenticator) -> AttestedCredentialData:
    return row.wrap().authenticator_data.credential_data


def _keep(request: HttpRequest, purpose: str, state: Any) -> None:
    request.session[ASKED] = {"for": purpose, "at": int(time.time()), "state": dict(state)}


def _asked(request: HttpRequest, purpose: str) -> Any:
    """The question, taken out of the session: it is good once."""
    kept = request.session.pop(ASKED, None)
    if not kept or kept["for"] != purpose or time.time() - kept["at"] > A_QUESTION_LASTS:
        return None
    return kept["state"]


def _read(answer: str) -> dict[str, Any] | None:
    try:
        read = json.loads(answer) if 0 < len(answer) <= LONGEST else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
