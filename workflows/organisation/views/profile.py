"""我的: who I am here, and what I set for myself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from workflows.organisation import ties, tokens
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.authority import overseen_paths
from workflows.organisation.forms.profile import SettingsForm, TieForm, TokenForm
from workflows.organisation.models import ApiToken, Person, Tie, Unit
from workflows.organisation.people import choose_settings


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
        "token_form": TokenForm(),
        "place": Unit.objects.above(person.unit.path),
        "holdings": person.holdings.select_related("unit").order_by("-starts_at"),
        "oversees": bool(overseen_paths(person)),
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
@never_cache
@require_POST
def issue_token(request: KnownRequest) -> HttpResponse:
    """Answers with the page itself: the token is shown once and kept nowhere, not even in a session."""
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
def colleagues(request: KnownRequest) -> JsonResponse:
    """Whom one may name: at most ten, by a part of the name or the beginning of the number."""
    text = request.GET.get("q", "").strip()[:60]
    people = Person.objects.colleagues_of(request.user).matching(text).select_related("unit") if text else []
    rows = [{"employee_no": p.employee_no, "name": p.name, "unit": p.unit.name} for p in people[:10]]
    return JsonResponse({"colleagues": rows})
