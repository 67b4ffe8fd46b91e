"""Importing a roster: upload, preview, confirm."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workflows.organisation import sheets
from workflows.organisation.access import KnownRequest
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import RosterImport
from workflows.organisation.roster import applying, plan
from workflows.organisation.views.units import administrators
from workflows.organisation.views.uploads import Uploads, file_field

ROSTERS = Uploads(
    RosterImport, "admin_roster", "admin_roster_preview", "organisation/roster.html",
    "organisation/roster_preview.html", ("new", "changed"), plan.compute, ("rows", "faults"),
)  # fmt: skip


class RosterForm(PlainForm):
    file = file_field(
        gettext_lazy("Roster"),
        gettext_lazy(".xlsx or .csv, up to 10 MB and 5000 rows. Looking at it changes nothing."),
    )


@administrators
def admin_roster(request: KnownRequest) -> HttpResponse:
    def keep(name: str, content: bytes) -> RosterImport:
        return applying.upload(actor=request.user, name=name, content=content)

    return ROSTERS.hand_in(request, RosterForm(request.POST or None, request.FILES or None), keep)


@administrators
def roster_template(request: KnownRequest) -> HttpResponse:
    return sheets.template()


@administrators
def preview(request: KnownRequest, roster_id: int) -> HttpResponse:
    return ROSTERS.show(request, _own(request, roster_id))


def _own(request: KnownRequest, roster_id: int) -> RosterImport:
    return get_object_or_404(RosterImport.objects.visible_to(request.user), pk=roster_id)


@administrators
@never_cache
@require_POST
def confirm_roster(request: KnownRequest, roster_id: int) -> HttpResponse:
    """Answers with the page itself: first passwords are shown once and kept nowhere."""

    def done(made: Any) -> HttpResponse:
        worked_out, people = made
        return render(request, "organisation/roster_done.html", {"plan": worked_out, "made": people})

    return ROSTERS.confirm(request, _own(request, roster_id), applying.apply, done)


@administrators
@require_POST
def discard_roster(request: KnownRequest, roster_id: int) -> HttpResponse:
    return ROSTERS.put_away(request, _own(request, roster_id))
