"""Granting and ending roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.organisation import grants
from workflows.organisation.access import KnownRequest
from workflows.organisation.forms.administration import EndForm, GrantForm, end_of
from workflows.organisation.models import RoleHolding, Unit
from workflows.organisation.views.units import administrators, form_page


@administrators
def grant_role(request: KnownRequest) -> HttpResponse:
    form = GrantForm(request.POST or None, actor=request.user, initial=_asked(request))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            holding = grants.grant_role(actor=request.user, **form.grant())
            words = {"person": holding.person, "role": holding.get_role_display(), "unit": holding.unit}
            messages.success(request, _("Granted. %(person)s: %(role)s at %(unit)s.") % words)
            return redirect("admin_unit", holding.unit_id)
    lead = _("An administrator has no right in the cases themselves, and grants nothing to themself.")
    return form_page(request, form, _("Grant a role"), _("Grant the role"), reverse("admin_units"), lead=lead)


def _asked(request: KnownRequest) -> dict[str, object]:
    unit = Unit.objects.administered_by(request.user).filter(code=request.GET.get("unit", "")).first()
    return {"person": request.GET.get("person", ""), "unit": unit, "weight": 1}


@administrators
def end_role(request: KnownRequest, holding_id: int) -> HttpResponse:
    held = get_object_or_404(
        RoleHolding.objects.filter(unit__in=Unit.objects.administered_by(request.user).order_by().values("pk"))
        .select_related("person", "unit"),
        pk=holding_id,
    )  # fmt: skip
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            grants.end_role(actor=request.user, holding=held, at=end_of(form.cleaned_data["last_day"]))
            messages.success(request, _("The end of the role is recorded."))
            return redirect("admin_unit", held.unit_id)
    lead = _("%(person)s: %(role)s at %(unit)s.") % {
        "person": held.person, "role": held.get_role_display(), "unit": held.unit,
    }  # fmt: skip
    lead += " " + _("What is still in their hands goes to others who hold the role, or to the level above.")
    back = reverse("admin_unit", args=[held.unit_id])
    return form_page(request, form, _("End a role"), _("End the role"), back, lead=lead)
