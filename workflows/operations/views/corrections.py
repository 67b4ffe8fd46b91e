"""Corrections: those that wait, asking for one, and the second person's answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from workflows.engine import kinds
from workflows.engine.errors import BadMove, NoSuchThing, NotYours, Recused
from workflows.engine.models import Case
from workflows.operations import authority, correcting
from workflows.operations.models import Correction
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.errors import Refused
from workflows.organisation.models import Role
from workflows.organisation.signin.reauthentication import reauthenticate

correctors = holding(Role.ADMINISTRATOR, Role.WORKSHOP_REVIEWER, Role.RULE_PUBLISHER)
A_PAGE = 50


@correctors
@never_cache
@require_safe
def list_corrections(request: KnownRequest) -> HttpResponse:
    found = Correction.objects.visible_to(request.user).select_related("case__unit", "requester", "confirmer", "step")
    page = Paginator(found.order_by("answered_at", "-requested_at"), A_PAGE).get_page(request.GET.get("page"))
    rows = [(made, _to_words(made)) for made in page]
    return render(request, "operations/corrections.html", {"page": page, "rows": rows, "may_ask": _may_ask(request)})


def _may_ask(request: KnownRequest) -> bool:
    from workflows.organisation.roles import held_by

    return any(held.role in authority.ASKING for held in held_by(request.user))


def _to_words(made: Correction) -> str:
    """班组评审 → 工段评审."""
    nodes = kinds.kind_of(made.case).flow.instance
    here = str(nodes.node(made.step.node).task_title)
    there = str(nodes.node(made.to).task_title) if made.to else _("closed")
    return f"{here} → {there}"


@correctors
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for(request: KnownRequest) -> HttpResponse:
    """First which case, by its number; then where it belongs and why."""
    sent = request.POST if request.method == "POST" else request.GET
    number = sent.get("number", "").strip().upper()[:30]
    case, refused = None, None
    try:
        case = correcting.case_for(request.user, number) if number else None
        if case is not None and request.method == "POST":
            return _asked(request, number)
    except (NoSuchThing, NotYours):
        refused = BadMove(_("No case of that number is in your units."), field="number")
    except Recused:
        refused = BadMove(_("The case concerns you; somebody else has to ask."))
    except BadMove as error:
        refused = error
    return _ask_page(request, number, case, refused)


def _asked(request: KnownRequest, number: str) -> HttpResponse:
    sent = request.POST
    made = correcting.ask(
        actor=request.user,
        number=number,
        to=sent.get("to", ""),
        reason=sent.get("reason", ""),
        token=_token(request),
    )
    messages.success(request, _("Asked for. It is carried out once a second person confirms it."))
    return redirect("correction", made.pk)


def _ask_page(request: KnownRequest, number: str, case: Case | None, refused: BadMove | None) -> HttpResponse:
    sent = request.POST
    context: dict[str, Any] = {
        "number": number,
        "to": sent.get("to", ""),
        "reason": sent.get("reason", ""),
        "token": sent.get("token") or uuid4(),
    }
    try:
        context |= {"places": correcting.places(case), "here": _here(case), "case": case} if case else {}
    except BadMove as error:
        refused = refused or error
    return render(
        request, "operations/correction_new.html", context | {"refused": refused}, status=422 if refused else 200
    )


def _token(request: KnownRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise BadMove(_("This form could not be read. Open the page again and send it once more."))


def _here(case: Case) -> str:
    node = case.steps.filter(closed_at=None).values_list("node", flat=True).first()  # type: ignore[attr-defined]
    return str(kinds.kind_of(case).flow.instance.node(node).task_title) if node else ""


@correctors
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: KnownRequest, correction_id: int) -> HttpResponse:
    refused = None
    if request.method == "POST":
        try:
            return _answer(request, correction_id)
        except Recused:
            refused = BadMove(_("The case concerns you; somebody else has to answer."))
        except BadMove as error:
            refused = error
    made = _found(request, correction_id)
    context = {
        "made": made,
        "words": _to_words(made),
        "refused": refused,
        "password_error": refused.message if refused and refused.field == "password" else "",
        "typed": request.POST.get("answer", ""),
        "own": made.requester_id == request.user.pk,
        "may_confirm": made.state == Correction.State.WAITING
        and made.requester_id != request.user.pk
        and authority.may_confirm(request.user, made.case.unit),
        "may_read": Case.objects.visible_to(request.user).filter(pk=made.case_id).exists(),
        "moved_on": made.state == Correction.State.WAITING and not made.step.is_open,
    }
    return render(request, "operations/correction.html", context, status=422 if refused else 200)


def _found(request: KnownRequest, correction_id: int) -> Correction:
    seen = Correction.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("case__unit", "requester", "confirmer", "step"), pk=correction_id)


def _answer(request: KnownRequest, correction_id: int) -> HttpResponse:
    made = _found(request, correction_id)
    if request.POST.get("answer_is") == "confirm":
        _confirm_person(request)
        correcting.confirm(actor=request.user, correction_id=made.pk)
        messages.success(request, _("Carried out. Both names stand in the case's history."))
    else:
        correcting.decline(actor=request.user, correction_id=made.pk, reason=request.POST.get("answer", ""))
        messages.success(request, _("Declined; nothing was changed."))
    return redirect("correction", made.pk)


def _confirm_person(request: KnownRequest) -> None:
    """Password or passkey once more, before any transaction; what is wrong counts like a failed sign-in."""
    try:
        reauthenticate(request, request.POST.get("password", "")[:4096])
    except Refused as refused:
        raise BadMove(refused.message, field="password") from refused
