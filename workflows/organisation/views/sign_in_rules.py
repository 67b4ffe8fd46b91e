"""What the plant asks at sign-in: read by administrators, changed by those of the top unit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workflows.organisation.access import KnownRequest
from workflows.organisation.authority import administered_paths, administers
from workflows.organisation.signin import entering, factors, policy
from workflows.organisation.views.units import administrators


@administrators
def admin_sign_in(request: KnownRequest) -> HttpResponse:
    top = policy.top_of(request.user)
    if request.method == "POST":
        required = request.POST.get("second_factor") == "required"
        policy.ask_for_second_factor(actor=request.user, top=top, required=required)
        if required and policy.requires_of(request.user) and not factors.has_any(request.user):
            request.session[entering.MUST_ENROL] = True
        messages.success(request, _("Saved. Whoever has to set one up signs in again for it."))
        return redirect("admin_sign_in")
    context = {
        "top": top,
        "required": policy.asks_for_second_factor(top),
        "may_change": administers(request.user, top),
        "without": policy.without_second_factor(top).under(*administered_paths(request.user)),
    }
    return render(request, "organisation/sign_in_rules.html", context)
