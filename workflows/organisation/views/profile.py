"""我的: who I am here, and what I set for myself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workflows.organisation import absences, ties, tokens
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.authority import administered_paths, overseen_paths
from workflows.organisation.forms.profile import AbsenceForm, SettingsForm, TieForm, TokenForm
from workflows.organisation.models import Absence, ApiToken, Person, Tie, Unit
from workflows.organisation.people import choose_settings
from workflows.organisation.signin.reauthentication import lately_confirmed

# Fields that search as one types.
PICKER = re.compile(r"[a-z_]{1,30}")  # the name of a field that finds people


@signed_in
def profile(request: KnownRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, initial=_settings_of(request.user))
    if request.method == "POST" and form.is_valid():
        choose_settings(actor=request.user, **form.cleaned_data)
        with override(request.user.language):
            messages.success(request, _("Saved."))
        return redirect("profile")
    return _page(request, form=form)


def _settings_of(person: Person) -> dict[str, str]:
    return {"language": person.language, "theme": person.theme, "email": person.email}


def _page(request: KnownRequest, **forms: Any) -> HttpResponse:
    person = request.user
    context = {
        "form": SettingsForm(initial=_settings_of(person)),
        "tie_form": TieForm(actor=person),
        "absence_form": AbsenceForm(actor=person),
        "absences": person.absences.standing().select_related("substitute__unit"),
        "stand_ins": person.stands_in.standing().select_related("person__unit"),
        "token_form": TokenForm(),
        "place": Unit.objects.above(person.unit.path),
        "holdings": person.holdings.select_related("unit").order_by("-starts_at"),
        "oversees": bool(overseen_paths(person)),
        "administers": bool(administered_paths(person)),
        "ties": Tie.objects.visible_to(person).filter(ended_at=None).select_related("other__unit"),
        "tokens": ApiToken.objects.visible_to(person).live(),
        **forms,
    }
    status = 422 if any(getattr(form, "errors", None) for form in forms.values()) else 200
    return render(request, "organisation/profile.html", context, status=status)


@signed_in
@require_POST
def declare_tie(request: KnownRequest) -> HttpResponse:
    form = TieForm(request.POST, actor=request.user)
    if form.is_valid():
        with form.refusals():
            ties.declare_tie(actor=request.user, other=form.cleaned_data["colleague"])
            messages.success(request, _("The tie is declared. Neither of you reviews the other's work."))
            return redirect("profile")
    return _page(request, tie_form=form)


@signed_in
@require_POST
def end_tie(request: KnownRequest, tie_id: int) -> HttpResponse:
    tie = get_object_or_404(Tie.objects.visible_to(request.user), pk=tie_id)
    ties.end_tie(actor=request.user, tie=tie)
    messages.success(request, _("The tie is ended."))
    return redirect("profile")


@signed_in
@require_POST
def declare_absence(request: KnownRequest) -> HttpResponse:
    form = AbsenceForm(request.POST, actor=request.user)
    if form.is_valid():
        with form.refusals():
            starts_at, ends_at = form.span()
            absences.declare_absence(
                actor=request.user, substitute=form.cleaned_data["substitute"], starts_at=starts_at, ends_at=ends_at
            )
            messages.success(request, _("The absence is declared. Your substitute sees what waits for you."))
            return redirect("profile")
    return _page(request, absence_form=form)


@signed_in
@require_POST
def end_absence(request: KnownRequest, absence_id: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.filter(person=request.user), pk=absence_id)
    absences.end_absence(actor=request.user, absence=absence)
    messages.success(request, _("The absence is ended. What was decided for you stays decided."))
    return redirect("profile")


@signed_in
@never_cache
@require_POST
def issue_token(request: KnownRequest) -> HttpResponse:
    """Answers with the page itself: the token is shown once and kept nowhere, not even in a session.

    It outlives the session, so a screen left open makes none: who it is was asked lately, or is asked first.
    """
    if not lately_confirmed(request):
        return redirect(f"{reverse('confirm_identity')}?{urlencode({'next': reverse('profile')})}")
    form = TokenForm(request.POST)
    if form.is_valid():
        return _page(request, raw_token=tokens.issue(request.user, form.cleaned_data["label"]))
    return _page(request, token_form=form)


@signed_in
@require_POST
def revoke_token(request: KnownRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=token_id)
    tokens.revoke(actor=request.user, token=token)
    messages.success(request, _("The token is revoked."))
    return redirect("profile")


@signed_in
@require_GET
def colleagues(request: KnownRequest) -> HttpResponse:
    """Whom one may name: at most ten, by a part of the name or the beginning of the number.

    To a field that searches as one types (`?field=person&person=…`) the answer is a list to pick from.
    """
    field = request.GET.get("field", "")
    picks = PICKER.fullmatch(field) is not None
    name = field if picks else "q"
    text = request.GET.get(name, "").strip()[:60]
    found = Person.objects.colleagues_of(request.user).exclude(pk=request.user.pk).matching(text)
    people = found.select_related("unit").order_by("employee_no")[:10] if text else []
    if picks:
        context = {"people": people, "field": field, "text": text}
        return render(request, "organisation/picks.html", context)
    rows = [{"employee_no": p.employee_no, "name": p.name, "unit": p.unit.name} for p in people]
    return JsonResponse({"colleagues": rows})
