"""The union representative's pages: what came without a name, to be taken up in one's own or declined."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from innovation.objections import forms, unsigned
from innovation.objections.models import Unsigned
from workflows.engine.errors import BadMove
from workflows.engine.views import acts
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.models import Role


@holding(Role.UNION_REPRESENTATIVE)
@never_cache
@require_safe
def unsigned_objections(request: KnownRequest) -> HttpResponse:
    rows = Unsigned.objects.visible_to(request.user).select_related(
        "candidate__proposal__case", "candidate__round__workshop", "objection__case", "handled_by"
    )
    waiting = list(rows.waiting())
    answered = list(rows.exclude(state=Unsigned.State.WAITING).order_by("-handled_at")[:50])
    return render(request, "objections/unsigned_list.html", {"waiting": waiting, "answered": answered})


@holding(Role.UNION_REPRESENTATIVE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsigned_objection(request: KnownRequest, unsigned: UUID) -> HttpResponse:
    rows = Unsigned.objects.visible_to(request.user).select_related("candidate__proposal__case", "objection__case")
    found = get_object_or_404(rows, pk=unsigned)
    if request.method != "POST":
        return _page(request, found)
    return _decline(request, found) if request.POST.get("how") == "decline" else _take_up(request, found)


def _take_up(request: KnownRequest, found: Unsigned) -> HttpResponse:
    form = forms.UnsignedForm(request.POST)
    if form.is_valid():
        try:
            case = unsigned.take_up(actor=request.user, key=found.key, grounds=form.cleaned_data["grounds"])
        except BadMove as refused:
            form.add_error("grounds" if refused.field == "grounds" else None, refused.message)
        else:
            messages.success(request, _("Filed as %(number)s.") % {"number": case.number})
            return acts.to(reverse("case", args=[case.number]))
    return _page(request, found, take_up=form, status=422)


def _decline(request: KnownRequest, found: Unsigned) -> HttpResponse:
    form = forms.DecliningForm(request.POST)
    if form.is_valid():
        try:
            unsigned.decline(actor=request.user, key=found.key, reason=form.cleaned_data["reason"])
        except BadMove as refused:
            form.add_error("reason" if refused.field == "reason" else None, refused.message)
        else:
            messages.success(request, _("Not taken up; the receipt shows why."))
            return acts.to(reverse("unsigned_objections"))
    return _page(request, found, decline=form, status=422)


def _page(
    request: KnownRequest,
    found: Unsigned,
    *,
    take_up: forms.UnsignedForm | None = None,
    decline: forms.DecliningForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "found": found,
        "award": found.candidate,
        "take_up": take_up or forms.UnsignedForm(initial={"grounds": found.grounds}),
        "decline": decline or forms.DecliningForm(),
        "declining": decline is not None,
    }
    return render(request, "objections/unsigned.html", context, status=status)
