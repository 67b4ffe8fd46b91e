"""The API's door: tokens, who one is, and what the operations of every app share."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from axes.handlers.proxy import AxesProxyHandler
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Field, Router, Schema, Status
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle
from pydantic import PlainSerializer, StringConstraints

from workflows.organisation import lockout, tokens
from workflows.organisation.forms.sign_in import SignInForm
from workflows.organisation.middleware import speak_to
from workflows.organisation.models import ApiToken, Person, Role, RoleHolding, Unit
from workflows.organisation.signin import factors, policy

# What every app's schemas are made of. ------------------------------------------------------------------------------

Moment = Annotated[
    datetime, PlainSerializer(lambda moment: timezone.localtime(moment).isoformat(timespec="seconds"), return_type=str)
]
Amount = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
# PostgreSQL holds no NUL.
Typed = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=10_000)]
Short = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]
Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,30}$")]
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_=-]*$", max_length=200)]
Size = Annotated[int, Field(ge=1, le=100)]


class PersonRef(Schema):
    number: str = Field(description="employee number")
    name: str

    @classmethod
    def of(cls, person: Person | None) -> PersonRef | None:
        return cls(number=person.employee_no, name=person.name) if person else None


class UnitRef(Schema):
    code: str
    name: str
    kind: str

    @classmethod
    def of(cls, unit: Unit) -> UnitRef:
        return cls(code=unit.code, name=unit.name, kind=unit.kind)


class Refused(Schema):
    """Why nothing happened. `message` is a sentence in the reader's language; only the keys that apply are there."""

    code: str
    message: str
    field: str = Field("", description="the field that the sentence stands at")
    fields: dict[str, str] = Field({}, description="all fields with their sentences, where there are several")
    who: PersonRef | None = Field(None, description="409: who was faster")
    what: str = Field("", description="409: what they did")
    when: Moment | None = Field(None, description="409: when")
    now_with: list[PersonRef] = Field([], description="409: who can do it now")


REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 429})


class Refusal(Exception):
    """An operation's own refusal; `config.api` writes it out as `Refused`."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.content = status, {"code": code, "message": str(message), **more}


# What a refusal says that brings no words of its own.
PLAIN = {
    "no_token": gettext_lazy("Sign in first."),
    "not_yours": gettext_lazy("It needs a role that you do not hold. If you should hold it, ask your administrator."),
    "absent": gettext_lazy("It does not exist, or you may not see it."),
    "invalid": gettext_lazy("This does not fit here."),
    "unreadable": gettext_lazy("This could not be read. Send it as the API's description says."),
    "too_large": gettext_lazy(
        "What was sent is larger than the site takes. Send fewer files at a time, or smaller ones."
    ),
    "too_often": gettext_lazy("Wait a few minutes, then try again. Nothing is lost."),
    "token_used": gettext_lazy("This token has been used for something else."),
    "no_form": gettext_lazy("This step's work is handed in on its page."),
    "away": gettext_lazy(
        "The database does not answer at the moment. Look shortly whether what you sent has arrived; if not, send it "
        "again."
    ),
    "busy": gettext_lazy("A colleague is working on this at the moment. Try again shortly."),
}


def plain_words(code: str) -> str:
    return str(PLAIN[code])


# Who knocks. --------------------------------------------------------------------------------------------------------


class Bearer(HttpBearer):
    """A token and nothing else: a browser's session does not open the API, so no other site can use it."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        person = tokens.person_of(token)
        if person is not None:
            request.user = person
            request.token_digest = tokens.digest_of(token)  # type: ignore[attr-defined]
            speak_to(request)
        return person


def actor_of(request: HttpRequest) -> Person:
    return cast(Person, request.auth)  # type: ignore[attr-defined]


def by_address(request: HttpRequest) -> str:
    return lockout.address_of(request)


def by_person(request: HttpRequest) -> str:
    return str(actor_of(request).pk)


class PerMinute(BaseThrottle):
    """So many in each minute of the clock. Ninja's own keeps a request's history on an object all threads share."""

    def __init__(self, name: str, most: int, ident: Callable[[HttpRequest], str]) -> None:
        self.name, self.most, self.ident = name, most, ident

    def allow_request(self, request: HttpRequest) -> bool:
        key = f"api:{self.name}:{self.ident(request)}:{int(time.time() // 60)}"
        return bool(cache.add(key, 1, 120)) or self._count(key) <= self.most

    def wait(self) -> float:
        return 60 - time.time() % 60

    @staticmethod
    def _count(key: str) -> int:
        try:
            return cache.incr(key)
        except ValueError:  # Redis was flushed between the two
            return 1


# Tokens. ------------------------------------------------------------------------------------------------------------

router = Router(tags=["sign-in"])
# A whole workshop may stand behind one address; guessing at one number is the lock-out's business.
MOST_TRIES_A_MINUTE = 120


class SignIn(Schema):
    employee_no: Short
    password: Annotated[str, StringConstraints(max_length=500)]
    code: Annotated[str, StringConstraints(max_length=40)] = Field(
        "", description="where the account has a second factor: six digits from the app, or a recovery code"
    )
    label: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=60)] = Field(
        "API", description="what the token is for, as its owner's profile lists it"
    )


class Issued(Schema):
    token: str = Field(description="shown this once; send it as `Authorization: Bearer …`")
    expires_at: Moment


@router.post(
    "/token",
    auth=None,
    throttle=PerMinute("token", MOST_TRIES_A_MINUTE, by_address),
    response={201: Issued, REFUSALS: Refused},
    operation_id="issue_token",
)
def issue_token(request: HttpRequest, body: SignIn) -> Status[Issued]:
    """Sign in by employee number and password. Five failures shut the door for a quarter of an hour."""
    person = _signed_in(request, body)
    raw = tokens.issue(person, body.label or "API")
    expires_at = ApiToken.objects.get(digest=tokens.digest_of(raw)).expires_at
    return Status(201, Issued(token=raw, expires_at=expires_at))


def _signed_in(request: HttpRequest, body: SignIn) -> Person:
    """The sign-in page's own form, so that both doors open and shut alike."""
    form = SignInForm(request, data={"username": body.employee_no, "password": body.password})
    if not form.is_valid():
        if getattr(request, "axes_locked_out", False):
            raise _shut(request, body.employee_no)
        field, errors = next(iter(form.errors.items()))
        field = {"username": "employee_no", "__all__": ""}.get(field, field)
        raise Refusal(400 if field else 401, "invalid" if field else "sign_in_failed", str(errors[0]), field=field)
    person = cast(Person, form.get_user())
    _require_second_factor(request, person, body.code)
    AxesProxyHandler.get_implementation().reset_user_attempts(request, {"username": person.employee_no})
    request.user = person
    speak_to(request)
    if person.must_change_password:
        raise Refusal(403, "first_password", _("Change your first password before anything else."))
    return person


def _require_second_factor(request: HttpRequest, person: Person, code: str) -> None:
    """A token must not be the way around. Who has passkeys only makes tokens on the profile's page."""
    if not factors.has_any(person):
        if policy.requires_of(person):
            raise Refusal(403, "must_enrol", _("Set up a second factor before anything else."))
        return
    if not code:
        raise Refusal(401, "second_factor", _("This account has a second factor: send its code too."), field="code")
    if not factors.code_fits(person, code):
        lockout.count_failure(request, person.employee_no)
        if getattr(request, "axes_locked_out", False):
            raise _shut(request, person.employee_no)
        words = _("This code does not fit, or was used already. Take the next one.")
        raise Refusal(401, "second_factor", words, field="code")


def _shut(request: HttpRequest, number: str) -> Refusal:
    until = timezone.localtime(lockout.shut_until(number, request))
    request.axes_locked_out = False  # type: ignore[attr-defined]  # or its middleware writes over our answer
    words = _("Too many failed attempts. Try again after %(time)s.") % {"time": until.strftime("%H:%M")}
    return Refusal(429, "shut", words, when=until.isoformat(timespec="seconds"))


@router.delete("/token", response={204: None, REFUSALS: Refused}, operation_id="revoke_token")
def revoke_token(request: HttpRequest) -> Status[None]:
    """Revoke the token that this call came with."""
    token = ApiToken.objects.live().get(digest=request.token_digest)  # type: ignore[attr-defined]
    tokens.revoke(actor=actor_of(request), token=token)
    return Status(204, None)


# Oneself. -----------------------------------------------------------------------------------------------------------


class HeldRole(Schema):
    role: str
    label: str
    unit: UnitRef
    ends_at: Moment | None


class Me(Schema):
    number: str
    name: str
    title: str
    unit: UnitRef
    language: Literal["zh-hans", "en"]
    roles: list[HeldRole]


@router.get("/me", response={200: Me, REFUSALS: Refused}, operation_id="me")
def me(request: HttpRequest) -> Me:
    """Who I am here, and which roles I hold now."""
    person = actor_of(request)
    held = RoleHolding.objects.in_force().filter(person=person).select_related("unit").order_by("unit__path", "role")
    return Me(
        number=person.employee_no,
        name=person.name,
        title=person.title,
        unit=UnitRef.of(person.unit),
        language=cast(Any, person.language),
        roles=[
            HeldRole(role=h.role, label=str(Role(h.role).label), unit=UnitRef.of(h.unit), ends_at=h.ends_at)
            for h in held
        ],
    )
