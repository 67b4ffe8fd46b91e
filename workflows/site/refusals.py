"""The engine's refusals, wherever they surface, become one plain answer each."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from workflows.engine.batch import NotReached
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, Overtaken, Recused, Refusal, RoleEnded
from workflows.organisation.api import PLAIN, plain_words
from workflows.organisation.models import Role
from workflows.site.errors import method_not_allowed, problem, typed_by
from workflows.site.moments import when_words
from workflows.site.verbs import said

Answer = Callable[[HttpRequest, Refusal], HttpResponse]


class RefusalMiddleware:
    """Catches only what a view let through; a view that shows the error at its field has caught it before."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return method_not_allowed(request, response) if response.status_code == 405 else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer(request, exception) if isinstance(exception, Refusal) else None


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NoSuchThing):
        return problem(request, 404)
    if isinstance(refusal, Late):
        return _conflict(request, _("Too late:"), late_words(refusal))
    if isinstance(refusal, Overtaken):
        return _conflict(request, _("Too late:"), refusal.message)
    if isinstance(refusal, RoleEnded):
        return _conflict(request, _("Your role has ended."), ended_words(refusal))
    if isinstance(refusal, Recused):
        return problem(request, 403, message=recused_words(refusal))
    if isinstance(refusal, NotYours):
        return problem(request, 403)
    return problem(request, 400, message=refusal.message if isinstance(refusal, BadMove) else "")


def _conflict(request: HttpRequest, lead: str, sentence: str) -> HttpResponse:
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    present = referer if ours else request.get_full_path()
    typed = [] if request.method == "GET" else typed_by(request)
    return problem(request, 409, lead=lead, sentence=sentence, typed=typed, present=present)


def words_of(refusal: Refusal) -> str:
    """One sentence for a refusal that stands in a list among others."""
    if isinstance(refusal, Late):
        return late_words(refusal)
    if isinstance(refusal, RoleEnded):
        return ended_words(refusal)
    if isinstance(refusal, Recused):
        return recused_words(refusal)
    if isinstance(refusal, BadMove | Overtaken):
        return refusal.message
    if isinstance(refusal, NotReached):
        return _("Its turn did not come in this go. Send it again.")
    return plain_words(refusal.code) if refusal.code in PLAIN else _("It was not done.")


def late_words(late: Late) -> str:
    """白锐 已在今天 10:42 退回这一件。"""
    verb = said(late.verb)
    if late.by_oneself:
        return _("You %(verb)s this already. It was recorded once.") % {"verb": verb}
    when = when_words(late.when) if late.when else ""
    if not late.actor:
        return _("This was settled by the rules, %(when)s.") % {"when": when}
    return _("%(who)s %(verb)s this, %(when)s.") % {"who": late.actor, "verb": verb, "when": when}


def ended_words(ended: RoleEnded) -> str:
    role = dict(Role.choices).get(ended.role, ended.role)
    when = when_words(ended.when) if ended.when else _("today")
    people = _(", ").join(str(person) for person in ended.now_with)
    if not people:
        return _("Your role as %(role)s ended %(when)s.") % {"role": role, "when": when}
    return _("Your role as %(role)s ended %(when)s; this is now with %(people)s.") % {
        "role": role, "when": when, "people": people,
    }  # fmt: skip


def recused_words(recused: Recused) -> str:
    words = {
        "author": _("You are an author of this, so you cannot review it."),
        "co_author": _("You are a co-author of this, so you cannot review it."),
        "tie": _("A tie has been declared between you and somebody whom this concerns, so you cannot decide here."),
        "earlier_decider": _("You decided on this before, so somebody else has to now."),
        "earlier_actor": _("What is decided on here is what you did, so somebody else decides."),
    }
    return words.get(recused.relation, _("You have a part in this, so you cannot review it."))
