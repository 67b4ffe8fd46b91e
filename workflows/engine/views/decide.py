"""Deciding on one task: the page, and the sheets for what needs more than a press."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from workflows.engine import history, kinds, outside, picture
from workflows.engine.errors import BadMove, Late, StandsStill
from workflows.engine.models import Decision, WorkItem
from workflows.engine.models.step import Mode
from workflows.engine.turn import Turn, glance
from workflows.engine.verbs.returning import targets
from workflows.engine.views import acts, answers, asking, opinions, outlook
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, Role

ASKED_FIRST = ("return", "reject", "abstain")
SHEETS = ("approve", "reject", "return", "abstain", *asking.ASKS)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, number: str, item: int) -> HttpResponse:
    try:
        return _post(request, number, item) if request.method == "POST" else _show(request, number, item)
    except answers.Busy:
        return answers.busy(request)


def _show(request: HttpRequest, number: str, item: int) -> HttpResponse:
    try:
        held = glance(actor=_person(request), number=number, item_id=item)
    except (Late, StandsStill):
        # Somebody was faster, perhaps oneself, or it waits for another: the case's own page tells the present state.
        return acts.to(reverse("case", args=[number]))
    return _page(request, held)


def _post(request: HttpRequest, number: str, item: int) -> HttpResponse:
    verb = request.POST.get("verb", "")
    if verb == "complete":
        return _complete(request, number, item)
    if verb in ASKED_FIRST and "sheet" not in request.POST:
        # The desk's buttons without script: the same form once more, with what was typed, as a page.
        return _sheet(request, glance(actor=_person(request), number=number, item_id=item), verb)
    try:
        return acts.act(request, number, item, verb)
    except StandsStill:
        raise
    except BadMove as refused:
        held = glance(actor=_person(request), number=number, item_id=item)
        if "sheet" in request.POST and verb in SHEETS and _has_sheet(held, verb):
            return _sheet(request, held, verb, refused)
        return _page(request, held, refused=refused)


def _has_sheet(held: Turn, verb: str) -> bool:
    """A verb that does not apply here has none: its refusal is told on the task's own page."""
    return verb in asking.open_at(held) if verb in asking.ASKS else held.node.deciding


def _complete(request: HttpRequest, number: str, item: int) -> HttpResponse:
    held = glance(actor=_person(request), number=number, item_id=item)
    form = _form(held, request)
    if form is None:
        opinion = _("This step asks for your opinion: approve, return or reject.")
        raise BadMove(opinion if held.node.deciding else _("Pick what to do."))
    if not form.is_valid():
        return _page(request, held, form=form, status=422)
    try:
        return acts.complete(request, number, item, form)
    except BadMove as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(request, held, form=form, status=422)


def _form(held: Turn, request: HttpRequest) -> Any:
    made = held.kind.forms.get(held.step.node)
    if made is None or (held.node.deciding and not held.asks_more):
        return None
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return made(*sent, turn_case=held.case, person=_person(request))  # type: ignore[call-arg]


def _page(
    request: HttpRequest, held: Turn, *, form: Any = None, refused: BadMove | None = None, status: int = 200
) -> HttpResponse:
    told = outside.told_to(_person(request), history.of(held.case))
    titles = titles_of(told)
    earlier = [d for d in reversed(told.decisions) if d.verb != "file"]
    context = {
        **held.kind.content(held.case, _person(request)),
        "held": held,
        "case": held.case,
        "item": held.item,
        "step": held.step,
        "kind": held.kind,
        "visit": told.present,
        "filed": next((d for d in told.decisions if d.verb == "file"), None),
        "last": told.decisions[0] if told.decisions else None,
        "earlier": opinions.entries(told, earlier, titles),
        "returned_decision": _return_that_led_here(told, held.step.returned_by_id),
        "subject": f"case:{held.case.pk}",
        "chip": _chip(held, told),
        "role": dict(Role.choices).get(held.item.role, ""),
        "outlook": outlook.of(held, told),
        "stations": picture.of(told).stations,
        "form": form or _form(held, request),
        "token": request.POST.get("token") or uuid4(),
        "typed": request.POST.get("reason", ""),
        "refused": refused,
        "vote": held.step.mode == Mode.VOTE,
        "content_template": held.kind.content_template,
        "aside_template": held.kind.aside_template,
        "elsewhere": _elsewhere(held),
        "asked": _question(held, told),
    }
    return render(request, "engine/decide.html", context, status=422 if refused else status)


def _question(held: Turn, told: history.History) -> Decision | None:
    """What the holder of the task asked this person, where an opinion and no decision is wanted."""
    if held.item.origin != WorkItem.Origin.CONSULTED or held.item.person is None:
        return None
    mine = (d for d in told.decisions if d.verb == "consult" and d.step_id == held.step.pk)
    return next((d for d in mine if d.data.get("to") == held.item.person.employee_no), None)


def _elsewhere(held: Turn) -> str:
    name = held.kind.elsewhere.get(held.step.node)
    return reverse(name, args=[held.case.number]) if name else ""


def titles_of(told: history.History) -> dict[str, str]:
    flow = kinds.kind_of(told.case).flow.instance
    return {node.name: str(node.task_title) for node in flow.nodes() if node.task_title}


def _return_that_led_here(told: history.History, step_id: int | None) -> Decision | None:
    return next((d for d in told.decisions if d.verb == "return" and d.step_id == step_id), None) if step_id else None


def _chip(held: Turn, told: history.History) -> dict[str, str]:
    if held.item.person_id is None and held.principal is None:
        return {"state": "waiting", "words": _("To claim"), "icon": "hourglass"}
    if held.item.origin == WorkItem.Origin.CONSULTED:
        return {"state": "mine", "words": _("Asks my opinion"), "icon": "edit"}
    if held.item.origin == WorkItem.Origin.ESCALATED:
        return {"state": "late", "words": _("Escalated to me"), "icon": "chevron"}
    words = outlook.waiting_words(told.present, mine=True, deciding=held.node.deciding) if told.present else ""
    if held.step.returned_by_id:
        return {"state": "returned", "words": _("Returned to you"), "icon": "return"}
    return {"state": "mine", "words": words, "icon": "edit"}


@signed_in
@never_cache
@require_safe
def decide_sheet(request: HttpRequest, number: str, item: int, verb: str) -> HttpResponse:
    """The form for a verb that asks for more. A sheet over the page; without script a page of its own."""
    try:
        held = glance(actor=_person(request), number=number, item_id=item)
    except (Late, StandsStill):
        return acts.to(reverse("case", args=[number]))
    return _sheet(request, held, verb)


def _sheet(request: HttpRequest, held: Turn, verb: str, refused: BadMove | None = None) -> HttpResponse:
    places = targets(held.case, held.step) if verb == "return" else []
    usual = places[1 if len(places) > 1 else 0].node if places else ""
    context = {
        **_asked_for(request, held, verb),
        "held": held,
        "case": held.case,
        "item": held.item,
        "verb": verb,
        "targets": places,
        "to": request.POST.get("to") or usual,
        "then": request.POST.get("then") or "resume",
        "typed": request.POST.get("reason", ""),
        "refused": refused,
        "token": request.POST.get("token") or uuid4(),
        "vote": held.step.mode == Mode.VOTE,
        "deciding": held.node.deciding,
        "refusal": outlook.refusal(held),
        "can_release": bool(held.item.person_id and held.item.role and held.item.origin == "pool"),
    }
    return render(request, "engine/sheet.html", context, status=422 if refused else 200)


def _asked_for(request: HttpRequest, held: Turn, verb: str) -> dict[str, Any]:
    """The fields of 转办 加签 委派 挂起 减签, or on the sheet 更多 the list of those that apply."""
    if verb == "more":
        return {"asks": asking.open_at(held)}
    ask = asking.ASKS.get(verb)
    if ask is None:
        return {}
    if verb not in asking.open_at(held):
        raise Http404(verb)
    return {
        "ask": ask,
        "places": asking.WHERE,
        "where": request.POST.get("where") or "before",
        "signers": asking.removable(held) if ask.signer else [],
        "signer": asking.signer_in(request.POST),
        "typed_person": asking.typed_person(request.POST),
    }


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
