"""The officer puts a proposal in or takes a candidate out, by hand and with a reason."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from innovation.awards import selecting
from innovation.awards.models import AwardRound, Candidate
from innovation.awards.views.rounds import readable_round
from workflows.engine.errors import BadMove, NotYours
from workflows.engine.views.answers import Busy, busy, plainly
from workflows.organisation.models import Person


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def put_in(request: HttpRequest, number: str) -> HttpResponse:
    round = _round(request, number)
    if request.method != "POST":
        return _form(request, "awards/put_in.html", round, {"wanted": request.GET.get("case", "")})
    wanted, reason = request.POST.get("number", ""), request.POST.get("reason", "")

    def act() -> str:
        made = selecting.put_in(actor=_person(request), round_id=round.pk, number=wanted, reason=reason)
        return _("%(number)s is a candidate now.") % {"number": made.proposal.case.number}

    return _done(request, "awards/put_in.html", round, act, {"wanted": wanted, "typed": reason})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: HttpRequest, number: str, candidate: str) -> HttpResponse:
    round = _round(request, number)
    found = Candidate.objects.filter(round=round).select_related("proposal__case")
    one = get_object_or_404(found, proposal__case__number=candidate)
    context: dict[str, Any] = {"candidate": one, "seen": selecting.stamp(one, round), "ways": _ways()}
    if request.method != "POST":
        if one.out or not selecting.may_take_out(round):
            return HttpResponseRedirect(reverse("award_round", args=[number]))
        return _form(request, "awards/take_out.html", round, context)
    typed = {name: request.POST.get(name, "") for name in ("reason", "how", "seen")}

    def act() -> str:
        selecting.take_out(actor=_person(request), round_id=round.pk, number=candidate, **typed)
        return _("%(number)s is no longer a candidate.") % {"number": candidate}

    context |= {"typed": typed["reason"], "how": typed["how"]}
    return _done(request, "awards/take_out.html", round, act, context)


def _done(request: HttpRequest, template: str, round: AwardRound, act: Any, context: dict[str, Any]) -> HttpResponse:
    try:
        with plainly(_person(request), None):
            said = act()
    except Busy:
        return busy(request)
    except BadMove as refused:
        return _form(request, template, round, context | {"refused": refused}, status=422)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("award_round", args=[round.case.number]), status=303)


def _form(
    request: HttpRequest, template: str, round: AwardRound, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {"round": round, "case": round.case, "token": uuid4(), "longest": selecting.LONGEST_REASON} | context
    return render(request, template, shown, status=status)


def _ways() -> list[tuple[str, str]]:
    return [("officer", _("The officer decides it")), ("withdrawn", _("Its authors withdraw it"))]


def _round(request: HttpRequest, number: str) -> AwardRound:
    round = readable_round(_person(request), number)
    if not selecting.may_select(_person(request), round):
        raise NotYours
    return round


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
