"""Acts on the case's own page: nudge 催办, send a copy 抄送, take a decision back 拿回, resume 恢复."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflows.engine import beside
from workflows.engine.errors import BadMove, Late
from workflows.engine.models import Case
from workflows.engine.views import acts, answers, asking
from workflows.engine.views.case import find
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person

Act = Callable[[HttpRequest, Case, UUID], Any]


def _copy(request: HttpRequest, case: Case, token: UUID) -> None:
    actor: Person = request.user  # type: ignore[assignment]
    beside.copy(actor=actor, case_id=case.pk, to=asking.person_in(actor, request.POST), token=token)


def _urge(request: HttpRequest, case: Case, token: UUID) -> None:
    beside.urge(actor=request.user, case_id=case.pk, token=token)  # type: ignore[arg-type]


def _take_back(request: HttpRequest, case: Case, token: UUID) -> None:
    beside.take_back(actor=request.user, case_id=case.pk, token=token)  # type: ignore[arg-type]


def _resume(request: HttpRequest, case: Case, token: UUID) -> None:
    reason = request.POST.get("reason", "")[:2000]
    beside.release_hold(actor=request.user, case_id=case.pk, reason=reason, token=token)  # type: ignore[arg-type]


ACTS: dict[str, Act] = {"urge": _urge, "copy": _copy, "take_back": _take_back, "resume": _resume}


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """A sheet that says what it does, and the act; without script a page."""
    found = find(request.user, number)  # type: ignore[arg-type]
    if verb not in ACTS:
        raise Http404(verb)
    if request.method != "POST":
        return _form(request, found, verb)
    try:
        return _act(request, found, verb)
    except BadMove as refused:
        return _form(request, found, verb, refused, status=422)
    except answers.Busy:
        return answers.busy(request)


def _act(request: HttpRequest, found: Case, verb: str) -> HttpResponse:
    token = acts.token_of(request)
    try:
        with answers.plainly(request.user, token, found.number):  # type: ignore[arg-type]
            ACTS[verb](request, found, token)
    except Late as late:
        if verb != "urge" or late.verb != "urge" or late.when is None:
            raise
        return _form(request, found, verb, BadMove(urged_words(late.when)), status=409)
    messages.success(request, _done(verb))
    return acts.to(reverse("case", args=[found.number]))


def _done(verb: str) -> str:
    return {
        "urge": _("Nudged. Whoever it waits for has been told."),
        "copy": _("The copy is sent."),
        "take_back": _("Taken back. The record keeps both."),
        "resume": _("Resumed; the clock runs again."),
    }[verb]


def urged_words(when: Any) -> str:
    """10:20 已催，11:20 后可再催。"""
    local = timezone.localtime(when)
    again = timezone.localtime(when + beside.URGE_AFTER)
    return _("Nudged at %(at)s; again after %(again)s.") % {"at": f"{local:%H:%M}", "again": f"{again:%H:%M}"}


def _form(
    request: HttpRequest, found: Case, verb: str, refused: BadMove | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "case": found,
        "verb": verb,
        "refused": refused,
        "typed": request.POST.get("reason", ""),
        "typed_person": asking.typed_person(request.POST),
        "token": request.POST.get("token") or uuid4(),
    }
    return render(request, "engine/case_act.html", context, status=status)
