"""The judge's page: read a case, mark each criterion, keep, and in the end seal.

Everything here is for the judge's own eyes: whoever has no seat in the round finds no such page.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from innovation.awards import marking
from innovation.awards.mark_form import MarkForm, stepped, terms, weighted
from innovation.awards.models import AwardRound, Candidate, Recusal, Seat
from innovation.awards.records import rules_of
from innovation.awards.rules import AwardRules
from workflows.engine.errors import BadMove, Overtaken
from workflows.engine.models import Step, WorkItem
from workflows.engine.turn import turn
from workflows.engine.views import acts
from workflows.engine.views.answers import Busy, busy, plainly
from workflows.organisation.models import Person
from workflows.site.errors import problem

CASE = ("proposal__case__author", "proposal__case__unit")


@dataclass(frozen=True)
class Line:
    """One candidate as this judge sees it: marked or not, or why it is not theirs to mark."""

    candidate: Candidate
    shown: str = ""
    begun: bool = False
    why_not: str = ""


def lines_of(seat: Seat, rules: AwardRules) -> list[Line]:
    """In the order of the case numbers, as `marking.to_mark`. Three statements."""
    have = marking.written(seat)
    recused = dict(Recusal.objects.filter(seat=seat).values_list("candidate", "relation"))
    standing = Candidate.objects.filter(round=seat.round_id).standing().select_related(*CASE)
    found = []
    for one in standing.order_by("proposal__case__number"):
        if one.pk in recused:
            found.append(Line(one, why_not=marking.why_not(recused[one.pk])))
        else:
            draft = have.get(one.pk, marking.NOTHING)
            found.append(Line(one, weighted(draft.marks, rules), bool(draft.marks or draft.comment)))
    return found


@never_cache
@require_safe
def score_candidates(request: HttpRequest, number: str) -> HttpResponse:
    return _list(request, _seat(request, number))


def _list(request: HttpRequest, seat: Seat) -> HttpResponse:
    rules = rules_of(seat.round.case)
    lines = lines_of(seat, rules)
    mine = [line for line in lines if not line.why_not]
    left = [line for line in mine if not line.shown]
    context = {
        "round": seat.round,
        "case": seat.round.case,
        "seat": seat,
        "lines": lines,
        "mine": len(mine),
        "marked": len(mine) - len(left),
        "left": len(left),
        "first": left[0].candidate if left else None,
        "step": _step(seat),
        "open": _is_open(seat),
    }
    return render(request, "awards/score.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def score_candidate(request: HttpRequest, number: str, candidate: str) -> HttpResponse:
    seat = _seat(request, number)
    found = Candidate.objects.filter(round=seat.round_id).select_related(*CASE, "proposal__problem")
    one = get_object_or_404(found, proposal__case__number=candidate)
    recusal = Recusal.objects.filter(seat=seat, candidate=one).first()
    if request.method != "POST":
        return _page(request, seat, one, recusal)
    if recusal is not None:
        marking.note_refusal(seat, one)
        return problem(request, 403, message=marking.why_not(recusal.relation))
    return _keep(request, seat, one)


def _keep(request: HttpRequest, seat: Seat, one: Candidate) -> HttpResponse:
    rules, token = rules_of(seat.round.case), str(acts.token_of(request))
    data = stepped(request.POST, request.POST["step"]) if "step" in request.POST else request.POST
    form = MarkForm(rules, data, kept=marking.NOTHING)
    if not form.is_valid():
        return _page(request, seat, one, None, form, status=422)
    comment, seen = form.cleaned_data["comment"], request.POST.get("seen", "")
    try:
        marking.write(seat, one, form.marks, comment, rules, token=token, seen=seen)
    except Overtaken as refused:
        return _too_late(request, refused.message, form, request.path)
    except marking.MayNotMark as refused:  # since the page was read
        marking.note_refusal(seat, one)
        return problem(request, 403, message=refused.message)
    except BadMove as refused:
        return _too_late(request, refused.message, form, reverse("score_candidates", args=[seat.round.case.number]))
    return HttpResponseRedirect(_onward(request, seat, one), status=303)


def _too_late(request: HttpRequest, sentence: str, form: MarkForm, present: str) -> HttpResponse:
    return problem(request, 409, lead=_("Too late:"), sentence=sentence, typed=form.typed, present=present)


def _onward(request: HttpRequest, seat: Seat, one: Candidate) -> str:
    number, then = seat.round.case.number, request.POST.get("then", "save")
    before, after = _neighbours(marking.to_mark(seat), one)
    towards = {"next": after, "previous": before}.get(then)
    if towards is not None:
        return reverse("score_candidate", args=[number, towards.proposal.case.number])
    if then in ("next", "list"):
        return reverse("score_candidates", args=[number])
    messages.success(request, _("Kept as a draft. Nobody but you reads it."))
    return reverse("score_candidate", args=[number, one.proposal.case.number])


def _neighbours(mine: list[Candidate], one: Candidate) -> tuple[Candidate | None, Candidate | None]:
    at = next((n for n, other in enumerate(mine) if other.pk == one.pk), None)
    if at is None:
        return None, None
    return (mine[at - 1] if at else None), (mine[at + 1] if at + 1 < len(mine) else None)


def _page(
    request: HttpRequest,
    seat: Seat,
    one: Candidate,
    recusal: Recusal | None,
    form: MarkForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    if one.out:
        messages.info(request, _("It has been taken out of the round; nobody marks it any more."))
        return HttpResponseRedirect(reverse("score_candidates", args=[seat.round.case.number]))
    if not _is_open(seat) and recusal is None:
        return HttpResponseRedirect(reverse("score_candidates", args=[seat.round.case.number]))
    rules = rules_of(seat.round.case)
    kept = marking.written(seat).get(one.pk, marking.NOTHING)
    shown = form or MarkForm(rules, kept=kept)
    marks = form.marks if form else kept.marks
    mine = marking.to_mark(seat)
    before, after = _neighbours(mine, one)
    context = {
        "round": seat.round,
        "candidate": one,
        "case": one.proposal.case,
        "proposal": one.proposal,
        "why_not": marking.why_not(recusal.relation) if recusal else "",
        "form": shown,
        "seen": request.POST.get("seen", kept.token),
        "token": uuid4(),
        "total": weighted(marks, rules),
        "terms": terms(marks, rules),
        "whole": sum(c.weight for c in rules.criteria),
        "place": next((n for n, other in enumerate(mine, 1) if other.pk == one.pk), 0),
        "count": len(mine),
        "before": before,
        "after": after,
        "step": _step(seat),
    }
    return render(request, "awards/score_candidate.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seal_marks(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet that says what sealing means, and the seal."""
    seat = _seat(request, number)
    if request.method != "POST":
        if not _is_open(seat):
            return HttpResponseRedirect(reverse("score_candidates", args=[number]))
        return _sheet(request, seat)
    person, token = _person(request), acts.token_of(request)
    try:
        with plainly(person, token, number), turn(
            actor=person, number=number, item_id=_item(seat, person), token=token
        ) as held:  # fmt: skip
            marking.seal_in_turn(held)
    except Busy:
        return busy(request)
    except BadMove as refused:
        return _sheet(request, seat, refused)
    messages.success(request, _("Sealed. Your marks open together with everybody's."))
    return HttpResponseRedirect(reverse("score_candidates", args=[number]), status=303)


def _sheet(request: HttpRequest, seat: Seat, refused: BadMove | None = None) -> HttpResponse:
    lines = [line for line in lines_of(seat, rules_of(seat.round.case)) if not line.why_not]
    context = {
        "round": seat.round,
        "case": seat.round.case,
        "lines": lines,
        "left": sum(not line.shown for line in lines),
        "refused": refused,
        "token": uuid4(),
        "step": _step(seat),
    }
    return render(request, "awards/seal.html", context, status=422 if refused else 200)


def _item(seat: Seat, person: Person) -> int:
    """The judge's own part of the scoring, also when it is over: then the turn says so."""
    mine = WorkItem.objects.filter(case=seat.round.case_id, step__node="scoring", person=person)
    found = mine.order_by("-pk").values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    return found


def _seat(request: HttpRequest, number: str) -> Seat:
    """The person's own seat. A round that is not theirs to read, and one they do not judge, are told alike."""
    person = _person(request)
    visible = AwardRound.objects.visible_to(person).select_related("case__rules", "case__unit", "workshop")
    round = get_object_or_404(visible, case__number=number)
    seat = marking.seat_of(round, person)
    if seat is None:
        raise Http404
    seat.round = round
    return seat


def _is_open(seat: Seat) -> bool:
    return seat.sealed_at is None and not seat.late and seat.round.marks_opened_at is None


def _step(seat: Seat) -> Step | None:
    """The visit to the scoring in which this judge sits: its deadline is theirs."""
    return Step.objects.filter(case=seat.round.case_id, node="scoring").order_by("-pk").first()


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
