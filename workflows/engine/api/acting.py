"""Acting: the verbs at a task, and withdrawing. The same token again is the same act and is answered alike."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja import Field, Path, Router, Schema

from workflows.engine import beside
from workflows.engine.api.shown import DecisionShown
from workflows.engine.errors import BadMove, Late, NoSuchThing
from workflows.engine.models import Case, Decision
from workflows.engine.naming import colleague
from workflows.engine.turn import Turn, turn
from workflows.engine.withdrawal import withdraw
from workflows.organisation.api import REFUSALS, Number, Refusal, Refused, Short, Typed, actor_of, plain_words
from workflows.organisation.models import Person

router = Router(tags=["cases"])


class Verb(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    ABSTAIN = "abstain"
    COMPLETE = "complete"
    TRANSFER = "transfer"
    CONSULT = "consult"
    ADVISE = "advise"
    ADD_SIGNER = "add_signer"
    REMOVE_SIGNER = "remove_signer"
    HOLD = "hold"


class Act(Schema):
    token: UUID = Field(description="made by you; the same one again is the same act")
    reason: Typed = Field("", description="needed for return, reject, hold; the question or opinion at consult, advise")
    person: Short = Field("", description="transfer, consult, add_signer: employee number, or a name borne once")
    where: Short = Field("", description="add_signer: before, beside or after yourself")
    signer: int = Field(0, ge=0, lt=2**63, description="remove_signer: the item of an added signer")
    to: Short = Field("", description="return: the step, one of `yours.return_to`")
    then: Short = Field("resume", description='return: "resume" at this step, or "walk" the levels again')
    form: dict[str, Any] = Field({}, description="complete: the fields of the step's form")


class Acted(Schema):
    number: str
    state: str
    standing: str
    decision: DecisionShown | None = Field(description="null where nothing had to be done: claimed already")


def complete(t: Turn, act: Act) -> None:
    """Work at a step is handed in by the kind's form for it, the one that the page shows."""
    made: Any = t.kind.forms.get(t.step.node)
    if t.node.deciding and not t.asks_more:
        t.complete()  # says that an opinion is asked for here
    if made is None:
        raise Refusal(400, "no_form", plain_words("no_form"), field="form")
    form = made(typed(act.form), MultiValueDict(), turn_case=t.case, person=t.actor)
    if not form.is_valid():
        fields = {f"form.{name}": str(errors[0]) for name, errors in form.errors.items()}
        field, message = next(iter(fields.items()))
        raise Refusal(400, "invalid", message, field=field, fields=fields)
    form.save(t)


def typed(form: dict[str, Any]) -> QueryDict:
    """What a browser would have sent: each field's values as text."""
    sent = QueryDict(mutable=True)
    for name, value in form.items():
        values = value if isinstance(value, list) else [value]
        sent.setlist(name, [_text(v) for v in values if v is not None and v is not False])
    return sent


def _text(value: Any) -> str:
    """No NUL, and no half of a surrogate pair: neither the database nor the ledger has bytes for them."""
    return str(value).replace("\x00", "").encode(errors="replace").decode()


def remove_signer(t: Turn, act: Act) -> None:
    try:
        t.remove_signer(act.signer, act.reason)
    except BadMove as refused:
        raise BadMove(refused.message, "signer" if refused.field == "item" else refused.field) from refused


Doing = Callable[[Turn, Act], Any]
# What a step's form never records itself as: it completes in its own word, or approves.
NO_WORK = [verb.value for verb in Verb if verb != Verb.APPROVE]
VERBS: dict[Verb, Doing] = {
    Verb.CLAIM: lambda t, act: t.claim(),
    Verb.RELEASE: lambda t, act: t.release(),
    Verb.APPROVE: lambda t, act: t.approve(act.reason),
    Verb.RETURN: lambda t, act: t.return_to(act.to, then=act.then, reason=act.reason),  # type: ignore[arg-type]
    Verb.REJECT: lambda t, act: t.reject(act.reason),
    Verb.ABSTAIN: lambda t, act: t.abstain(act.reason),
    Verb.COMPLETE: complete,
    Verb.TRANSFER: lambda t, act: t.transfer(colleague(t.actor, act.person), act.reason),
    Verb.CONSULT: lambda t, act: t.consult(colleague(t.actor, act.person), act.reason),
    Verb.ADVISE: lambda t, act: t.advise(act.reason),
    Verb.ADD_SIGNER: lambda t, act: t.add_signer(colleague(t.actor, act.person), act.where, act.reason),  # type: ignore[arg-type]
    Verb.REMOVE_SIGNER: remove_signer,
    Verb.HOLD: lambda t, act: t.hold(act.reason),
}


@router.post("/cases/{number}/tasks/{item}/{verb}", response={200: Acted, REFUSALS: Refused}, operation_id="act")
def act(
    request: HttpRequest,
    number: Number,
    item: Annotated[int, Path(ge=1, lt=2**63)],
    verb: Verb,
    body: Act,
) -> Acted:
    """Claim, release, approve, return, reject, abstain, complete; transfer, consult, advise, add_signer,
    remove_signer, hold.

    409: somebody was faster, or your role has ended: `who`, `what` and `when` say it.
    """
    person, case_id = actor_of(request), id_of(number)

    def do() -> None:
        with turn(actor=person, case_id=case_id, item_id=item, token=body.token) as t:
            VERBS[verb](t, body)

    # A step's form chooses the word that its work is recorded under.
    return once(person, case_id, body.token, do, verb="" if verb == Verb.COMPLETE else verb.value, item_id=item)


class Withdrawing(Schema):
    token: UUID = Field(description="made by you; the same one again is the same act")
    reason: Typed


@router.post("/cases/{number}/withdraw", response={200: Acted, REFUSALS: Refused}, operation_id="withdraw")
def withdraw_case(request: HttpRequest, number: Number, body: Withdrawing) -> Acted:
    """The author takes the whole case back; what reviewers decided stays on record."""
    person, case_id = actor_of(request), id_of(number)

    def do() -> None:
        withdraw(actor=person, case_id=case_id, reason=body.reason, token=body.token)

    return once(person, case_id, body.token, do, verb="withdraw")


class Beside(StrEnum):
    URGE = "urge"
    COPY = "copy"
    TAKE_BACK = "take_back"
    RESUME = "resume"


class ActBeside(Schema):
    token: UUID = Field(description="made by you; the same one again is the same act")
    person: Short = Field("", description="copy: employee number, or a name borne once")
    reason: Typed = Field("", description="resume: why, if you like")


@router.post("/cases/{number}/acts/{act}", response={200: Acted, REFUSALS: Refused}, operation_id="act_beside")
def act_beside(request: HttpRequest, number: Number, act: Beside, body: ActBeside) -> Acted:
    """Urge whoever it waits for (once an hour), send a copy, take your last decision back, or resume a held case.

    409: it was urged within the hour, or somebody has acted on your decision: `who`, `what` and `when` say it.
    """
    person, case_id = actor_of(request), id_of(number)
    known: dict[str, Any] = {"actor": person, "case_id": case_id, "token": body.token}
    doing: dict[Beside, Callable[[], Any]] = {
        Beside.URGE: lambda: beside.urge(**known),
        Beside.COPY: lambda: beside.copy(**known, to=_reader(person, case_id, body.person)),
        Beside.TAKE_BACK: lambda: beside.take_back(**known),
        Beside.RESUME: lambda: beside.release_hold(**known, reason=body.reason),
    }
    return once(person, case_id, body.token, doing[act], verb=act.value)


def _reader(person: Person, case_id: int, typed: str) -> Person:
    """Whoever may not know of the case hears that first, not whether a name is borne here."""
    if not Case.objects.visible_to(person).filter(pk=case_id).exists():
        raise NoSuchThing
    return colleague(person, typed)


def once(
    person: Person, case_id: int, token: UUID, do: Callable[[], Any], *, verb: str, item_id: int | None = None
) -> Acted:
    """Do it, unless this person has done it with this token before: then only say again what came of it."""
    done = Decision.objects.filter(token=token, actor=person, case_id=case_id)
    done = done if item_id is None else done.filter(item_id=item_id)
    done = done.filter(verb=verb) if verb else done.exclude(verb__in=NO_WORK)
    if not done.exists():
        try:
            do()
        except Late:
            if not done.exists():  # else the same call came twice at once, and the other one has done it
                raise
        except IntegrityError as error:
            if "a_form_decides_once" not in str(error):
                raise
            raise Refusal(400, "token_used", plain_words("token_used"), field="token") from error
    decision = done.select_related("actor", "on_behalf_of").first()
    case = Case.objects.get(pk=case_id)
    shown = DecisionShown.of(decision) if decision else None
    return Acted(number=case.number, state=case.state, standing=case.standing, decision=shown)


def id_of(number: str) -> int:
    """The service asks who may know of it."""
    found = Case.objects.filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchThing
    return found
