"""Second factors: an authenticator app, passkeys, and recovery codes for the day the phone is in the furnace.

The rows are allauth's; what may be added, taken away and used, and what the ledger says of it, stands here.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation import announcements, record
from workflows.organisation.authority import require_administrator, require_another, require_no_higher_role
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person
from workflows.organisation.signin import devices, onetime, policy

APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
MOST_PASSKEYS = 10


def has_any(person: Person) -> bool:
    return Authenticator.objects.filter(user=person, type__in=(APP, PASSKEY)).exists()


def of(person: Person) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=person).order_by("created_at"))


def passkeys_of(person: Person) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=person, type=PASSKEY).order_by("created_at"))


def codes_left(person: Person) -> int:
    kept = Authenticator.objects.filter(user=person, type=CODES).first()
    return len(RecoveryCodes(kept).get_unused_codes()) if kept else 0


@transaction.atomic
def add_app(*, actor: Person, secret: str, code: str) -> None:
    """Raises Refused unless the code shows that the app has the secret."""
    _lock(actor)
    if Authenticator.objects.filter(user=actor, type=APP).exists():
        raise Refused(_("There is an authenticator app already. Remove it first."))
    counter = onetime.matching(secret, digits(code), now().timestamp())
    if counter is None:
        raise Refused(
            _("This code does not fit. Wait for the next one and look whether the phone's clock is right."), "code"
        )
    factor = TOTP.activate(actor, secret).instance
    _remember(factor, counter=counter)
    record.on_person(actor, "factor.added", actor=actor, factor=factor.pk, kind=factor.type)


@transaction.atomic
def add_passkey(*, actor: Person, name: str, credential: dict[str, Any]) -> None:
    """`credential` is a registration that `passkeys.registered` has verified."""
    _lock(actor)
    if len(passkeys_of(actor)) >= MOST_PASSKEYS:
        raise Refused(_("Ten passkeys are enough. Remove one that you no longer use."))
    factor = WebAuthn.add(actor, name, credential).instance
    record.on_person(actor, "factor.added", actor=actor, factor=factor.pk, kind=factor.type)


@transaction.atomic
def remove(*, actor: Person, factor: Authenticator) -> None:
    """Take one of one's own away; the last one only where no role asks for it. Recovery codes go with the last."""
    _lock(actor)
    last = not Authenticator.objects.filter(user=actor, type__in=(APP, PASSKEY)).exclude(pk=factor.pk).exists()
    if last and policy.requires_of(actor):
        raise Refused(_("Your role needs a second factor. Add another one before you remove this."))
    record.on_person(actor, "factor.removed", actor=actor, factor=factor.pk, kind=factor.type)
    gone = Authenticator.objects.filter(user=actor)
    (gone if last else gone.filter(pk=factor.pk)).delete()


@transaction.atomic
def draw_codes(*, actor: Person) -> list[str]:
    """Ten new recovery codes, shown this once; the old ones stop."""
    _lock(actor)
    if not has_any(actor):
        raise Refused(_("Recovery codes come with a second factor. Add one first."))
    Authenticator.objects.filter(user=actor, type=CODES).delete()
    codes = RecoveryCodes.activate(actor)
    record.on_person(actor, "factor.codes_drawn", actor=actor, factor=codes.instance.pk)
    return codes.generate_codes()


@transaction.atomic
def code_fits(person: Person, code: str) -> bool:
    """A code of the app, each once and none older than the last one used; or a recovery code, which is then spent."""
    written = digits(code)
    rows = {factor.type: factor for factor in Authenticator.objects.select_for_update().filter(user=person)}
    if (app := rows.get(APP)) and len(written) == onetime.DIGITS:
        used = app.data.get("counter", 0)
        counter = onetime.matching(decrypt(app.data["secret"]), written, now().timestamp(), after=used)
        if counter is not None:
            _remember(app, counter=counter)
            return True
    if (codes := rows.get(CODES)) and RecoveryCodes(codes).validate_code(written):
        record.on_person(person, "factor.recovery_code_used", actor=person, factor=codes.pk)
        return True
    return False


@transaction.atomic
def reset(*, actor: Person, person: Person) -> None:
    """For who has lost phone and codes: an administrator takes all factors away. Every session stops."""
    person = _lock(person)
    require_administrator(actor, person.unit)
    require_another(actor, person)
    require_no_higher_role(actor, person)
    wipe(person, actor=actor)


def wipe(person: Person, *, actor: Person | None) -> None:
    """Whether it may be is the caller's question. `actor` None: at the server's command line."""
    gone, _rows = Authenticator.objects.filter(user=person).delete()
    if not gone:
        raise Refused(_("There is no second factor to reset."))
    devices.stop_all(person)
    record.on_person(person, "factor.reset", actor=actor)
    who = actor.name if actor else _("whoever keeps the server")
    announcements.announce(
        event="organisation.factor.reset", key=f"factor-reset:{uuid4()}", recipients=[person.pk],
        subject=f"person:{person.pk}", context={"actor": who}, url="/me/sign-in/",
    )  # fmt: skip


def digits(code: str) -> str:
    """As typed from a screen: gaps and dashes do not count."""
    return "".join(sign for sign in code[:40] if sign.isascii() and sign.isdigit())


def _remember(factor: Authenticator, **facts: int) -> None:
    factor.data = {**factor.data, **facts}
    factor.last_used_at = now()
    factor.save(update_fields=["data", "last_used_at"])


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).select_related("unit").get(pk=person.pk)
