"""Objecting to an award: one page, with or without one's name.

Nobody's coming here is logged or counted, whichever way they take: else the log of the page would name whoever wrote
without a name.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from innovation.awards.models import Candidate
from innovation.objections import forms, parties, representatives, unsigned
from workflows.documents.models import Document
from workflows.documents.reception import RefusedFile
from workflows.engine import filing
from workflows.engine.errors import BadMove
from workflows.engine.views import acts
from workflows.engine.views.filing import keep, token_of
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest, signed_in, unwatched

KIND = "award_objection"


@unwatched
@signed_in
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_award(request: KnownRequest, candidate: int) -> HttpResponse:
    award = get_object_or_404(_awards(request), pk=candidate)
    if request.method != "POST":
        return _page(request, award, forms.ObjectionForm(person=request.user), uuid4())
    if request.POST.get("how") == "unsigned":
        return _unsigned(request, award)
    return _named(request, award)


def _awards(request: KnownRequest) -> Any:
    """Whoever may read the publicity."""
    found = Candidate.objects.visible_to(request.user).filter(round__announced_at__isnull=False).exclude(grade="")
    return found.select_related("proposal__case", "round__case", "round__workshop")


def _named(request: KnownRequest, award: Candidate) -> HttpResponse:
    token, typed = token_of(request), request.POST.copy()
    typed["candidate"] = str(award.pk)
    earlier = filing.Case.objects.filter(token=token, author=request.user, kind=KIND).first()
    if earlier is not None:  # the same form once more, perhaps after the end of the period
        return acts.to(reverse("case", args=[earlier.number]))
    form = forms.ObjectionForm(typed, request.FILES, person=request.user)
    try:
        keep(request, token, form.purpose)
    except RefusedFile as refused:
        form.add_error("photos", str(refused.message))
    if not form.is_valid():
        return _page(request, award, form, token, status=422)
    try:
        filed = filing.file(actor=request.user, kind=KIND, token=token, form=form)
    except filing.TokenTaken:
        form.add_error(None, filing.taken())
        return _page(request, award, form, uuid4(), status=409)
    except BadMove as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(request, award, form, token, status=422)
    messages.success(request, _("Filed as %(number)s.") % {"number": filed.case.number})
    return acts.to(reverse("case", args=[filed.case.number]))


def _unsigned(request: KnownRequest, award: Candidate) -> HttpResponse:
    """Answered at once: no redirect and no message, which the session would keep beside the person."""
    form = forms.UnsignedForm(request.POST)
    code = unsigned.kept_promise(request.POST.get("receipt", ""), award)
    refused = _why_not_unsigned(request, award)
    if not refused and form.is_valid():
        try:
            left = unsigned.leave(
                actor=request.user, candidate_id=award.pk, grounds=form.cleaned_data["grounds"], code=code
            )
            return render(request, "objections/left.html", {"award": award, "code": code, "left": left})
        except BadMove as late:
            refused = str(late.message)
    form.is_valid()
    if refused:
        form.add_error(None, refused)
    return _page(request, award, form, token_of(request), status=422, code=code)


def _why_not_unsigned(request: KnownRequest, award: Candidate) -> str:
    if not representatives.of(award.round.workshop):
        return _("Your workshop has no union representative who could take it up. You may object in your own name.")
    if parties.is_author(request.user, award):
        return _("You are an author of this award; tell the innovation officer instead.")
    return ""


def _page(
    request: KnownRequest, award: Candidate, form: Any, token: UUID, *, status: int = 200, code: str = ""
) -> HttpResponse:
    own = parties.is_author(request.user, award)
    context = {
        "award": award,
        "round": award.round,
        "form": form,
        "token": token,
        "now": now(),
        "is_open": not forms.why_not(award) and not own,
        "why_not": forms.why_not(award),
        "own": own,
        "representatives": representatives.of(award.round.workshop),
        "receipt": unsigned.promised(code or unsigned.new_code(), award),
        "kept": Document.objects.for_holder(filing.holder_of(token)).filter(uploader=request.user),
        "errors": _errors(form),
    }
    return render(request, "objections/object.html", context, status=status)


def _errors(form: Any) -> list[str]:
    """What belongs to no field that is shown."""
    return [*form.non_field_errors(), *form.errors.get("candidate", [])]
