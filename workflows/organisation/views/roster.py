"""Importing a roster: upload, preview, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workflows.organisation import sheets
from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import RosterImport, RosterState
from workflows.organisation.roster import applying, plan
from workflows.organisation.spreadsheets import intake
from workflows.organisation.views.units import administrators

SHOWN = 300


class RosterForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("Roster"),
        help_text=gettext_lazy(".xlsx or .csv, up to 10 MB and 5000 rows. Looking at it changes nothing."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )


@administrators
def admin_roster(request: KnownRequest) -> HttpResponse:
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with form.refusals():
            intake.refuse_size(file.size)
            kept = applying.upload(actor=request.user, name=file.name, content=file.read())
            return redirect("admin_roster_preview", kept.pk)
    waiting = RosterImport.objects.visible_to(request.user).filter(state=RosterState.WAITING).defer("rows", "faults")
    context = {"form": form, "waiting": waiting[:5]}
    return render(request, "organisation/roster.html", context, status=422 if form.errors else 200)


@administrators
def roster_template(request: KnownRequest) -> HttpResponse:
    return sheets.template()


@administrators
def preview(request: KnownRequest, roster_id: int) -> HttpResponse:
    kept = _own(request, roster_id)
    if kept.state != RosterState.WAITING:
        messages.info(request, _("This roster was dealt with already. It was recorded once."))
        return redirect("admin_roster")
    return _preview(request, kept)


def _own(request: KnownRequest, roster_id: int) -> RosterImport:
    return get_object_or_404(RosterImport.objects.visible_to(request.user), pk=roster_id)


def _preview(request: KnownRequest, kept: RosterImport, *, stale: bool = False) -> HttpResponse:
    worked_out = plan.compute(request.user, kept)
    context: dict[str, Any] = {"kept": kept, "plan": worked_out, "stale": stale, "shown": SHOWN}
    for name in ("faults", "new", "changed"):
        context[name] = getattr(worked_out, name)[:SHOWN]
    return render(request, "organisation/roster_preview.html", context, status=409 if stale else 200)


@administrators
@never_cache
@require_POST
def confirm_roster(request: KnownRequest, roster_id: int) -> HttpResponse:
    """Answers with the page itself: first passwords are shown once and kept nowhere."""
    kept = _own(request, roster_id)
    try:
        done, made = applying.apply(actor=request.user, upload=kept, digest=request.POST.get("plan", ""))
    except applying.Stale:
        return _preview(request, kept, stale=True)
    except Refused as refused:
        messages.info(request, refused.message)
        return redirect("admin_roster")
    return render(request, "organisation/roster_done.html", {"plan": done, "made": made})


@administrators
@require_POST
def discard_roster(request: KnownRequest, roster_id: int) -> HttpResponse:
    applying.discard(actor=request.user, upload=_own(request, roster_id))
    messages.info(request, _("Put away. Nothing was changed."))
    return redirect("admin_roster")
