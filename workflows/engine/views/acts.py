"""What arrives when somebody presses a button: one verb, its words, and where the person goes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.engine import kinds
from workflows.engine.errors import BadMove
from workflows.engine.models import WorkItem
from workflows.engine.turn import Turn, turn
from workflows.engine.verbs.returning import Then
from workflows.engine.verbs.signers import Where
from workflows.engine.views.answers import plainly
from workflows.engine.views.asking import person_in, signer_in
from workflows.organisation.models import Person

Act = Callable[[Turn, QueryDict], Any]


def _then(sent: QueryDict) -> Then:
    """As sent; the verb itself refuses what it does not know."""
    return cast(Then, sent.get("then", ""))


def _where(sent: QueryDict) -> Where:
    return cast(Where, sent.get("where", ""))


ACTS: dict[str, Act] = {
    "approve": lambda t, sent: t.approve(sent.get("reason", "")),
    "reject": lambda t, sent: t.reject(sent.get("reason", "")),
    "abstain": lambda t, sent: t.abstain(sent.get("reason", "")),
    "return": lambda t, sent: t.return_to(sent.get("to", ""), then=_then(sent), reason=sent.get("reason", "")),
    "claim": lambda t, sent: t.claim(),
    "release": lambda t, sent: t.release(),
    "transfer": lambda t, sent: t.transfer(person_in(t.actor, sent), sent.get("reason", "")),
    "consult": lambda t, sent: t.consult(person_in(t.actor, sent), sent.get("reason", "")),
    "advise": lambda t, sent: t.advise(sent.get("reason", "")),
    "add_signer": lambda t, sent: t.add_signer(person_in(t.actor, sent), _where(sent), sent.get("reason", "")),
    "remove_signer": lambda t, sent: t.remove_signer(signer_in(sent), sent.get("reason", "")),
    "hold": lambda t, sent: t.hold(sent.get("reason", "")),
}
# Taking a task and giving it back record no opinion; the form's token is kept for the one that comes.
WITHOUT_TOKEN = {"claim", "release"}
# After these the task is still before the same person, or waits where its page says for whom.
STAYS = {"consult", "add_signer", "remove_signer", "hold"}


def act(request: HttpRequest, number: str, item_id: int, verb: str) -> HttpResponse:
    """Do it, and lead on. Raises the engine's refusals."""
    person: Person = request.user  # type: ignore[assignment]
    if verb not in ACTS:
        raise BadMove(_("Pick what to do."))
    token = None if verb in WITHOUT_TOKEN else token_of(request)
    with plainly(person, token, number), turn(actor=person, number=number, item_id=item_id, token=token) as t:
        ACTS[verb](t, request.POST)
        said = said_of(t, verb)
    if verb == "claim":
        messages.success(request, _("Claimed. It is yours now."))
        return to(reverse("decide", args=[number, item_id]))
    if verb in STAYS:
        messages.success(request, _("Done: %(what)s.") % {"what": said})
        return to(reverse("decide", args=[number, item_id]))
    return onward(request, said, t.item)


def complete(request: HttpRequest, number: str, item_id: int, form: Any) -> HttpResponse:
    """A step of work: the kind's form writes what was done, in the same turn."""
    person: Person = request.user  # type: ignore[assignment]
    token = token_of(request)
    with plainly(person, token, number), turn(actor=person, number=number, item_id=item_id, token=token) as t:
        form.save(t)
    return onward(request, str(getattr(form, "said", "") or _("Completed")), t.item)


def token_of(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise BadMove(_("This form could not be read. Open the page again and send it once more."))


def said_of(t: Turn, verb: str) -> str:
    """What the button said, for the quiet message: 同意，报车间."""
    if verb == "approve":
        return _("In favour") if t.step.mode == "vote" else consequence(t)
    if verb == "reject" and (own := str(t.kind.refusal(t.case, t.step))):
        return own
    said = {
        "reject": _("Reject"), "abstain": _("Abstain"), "return": _("Return"), "release": _("Release"),
        "transfer": _("Transfer"), "consult": _("Ask an opinion"), "advise": _("Give my opinion"),
        "add_signer": _("Add signer"), "remove_signer": _("Remove signer"), "hold": _("Hold"),
    }  # fmt: skip
    if verb == "reject" and t.step.mode == "vote":
        return _("Against")
    return said.get(verb, "")


def consequence(t: Turn) -> str:
    """What the approval brought about; where others still have to sign, it was simply an approval."""
    ended = t.step.closed_at is not None
    return str(kinds.kind_of(t.case).consequence(t.case, t.step) if ended else "") or _("Approve")


def onward(request: HttpRequest, said: str, behind: WorkItem) -> HttpResponse:
    """To the task behind the one done, so that twelve are cleared in one hand: its own door looks which that is, and
    the decision is answered as soon as it is written."""
    messages.success(request, _("Done: %(what)s.") % {"what": said})
    return to(reverse("next_task", args=[behind.pk]))


def to(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
