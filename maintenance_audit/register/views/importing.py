"""Bringing equipment in: upload, preview, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from maintenance_audit.register import sheets
from maintenance_audit.register.importing import applying, plan
from maintenance_audit.register.models import EquipmentUpload, UploadState
from maintenance_audit.register.views.pages import one, planners
from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.spreadsheets import intake

SHOWN = 300


class EquipmentFileForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("Equipment file"),
        help_text=gettext_lazy(".xlsx or .csv, up to 10 MB and 5000 rows. Looking at it changes nothing."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )


@planners
def import_equipment(request: KnownRequest) -> HttpResponse:
    form = EquipmentFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with form.refusals():
            intake.refuse_size(file.size)
            kept = applying.upload(actor=request.user, name=file.name, content=file.read())
            return redirect("equipment_preview", kept.pk)
    uploads = EquipmentUpload.objects.visible_to(request.user).defer("content")
    context = {
        "form": form, "waiting": uploads.filter(state=UploadState.WAITING)[:5],
        "done": uploads.filter(state=UploadState.APPLIED)[:10],
    }  # fmt: skip
    return render(request, "register/importing/import.html", context, status=422 if form.errors else 200)


@planners
@require_GET
def equipment_template(request: KnownRequest) -> HttpResponse:
    return sheets.equipment_template()


@planners
@require_GET
def preview(request: KnownRequest, equipment_upload: int) -> HttpResponse:
    kept = _own(request, equipment_upload)
    if kept.state != UploadState.WAITING:
        messages.info(request, _("This file was dealt with already. It was recorded once."))
        return redirect("import_equipment")
    return _preview(request, kept)


def _own(request: KnownRequest, upload_id: int) -> EquipmentUpload:
    kept: EquipmentUpload = one(EquipmentUpload.objects.visible_to(request.user), upload_id)
    return kept


def _preview(request: KnownRequest, kept: EquipmentUpload, *, stale: bool = False) -> HttpResponse:
    worked_out = plan.compute(request.user, kept)
    context: dict[str, Any] = {"kept": kept, "plan": worked_out, "stale": stale, "shown": SHOWN}
    for name in ("faults", "new", "changed"):
        context[name] = getattr(worked_out, name)[:SHOWN]
    return render(request, "register/importing/preview.html", context, status=409 if stale else 200)


@planners
@never_cache
@require_POST
def confirm(request: KnownRequest, equipment_upload: int) -> HttpResponse:
    kept = _own(request, equipment_upload)
    try:
        done = applying.apply(actor=request.user, upload=kept, digest=request.POST.get("plan", ""))
    except applying.Stale:
        return _preview(request, kept, stale=True)
    except Refused as refused:
        messages.info(request, refused.message)
        return redirect("import_equipment")
    words = ngettext("%(n)s row of equipment came in.", "%(n)s rows of equipment came in.", done.effective)
    messages.success(request, words % {"n": done.effective})
    return redirect("equipment_list")


@planners
@require_POST
def discard(request: KnownRequest, equipment_upload: int) -> HttpResponse:
    applying.discard(actor=request.user, upload=_own(request, equipment_upload))
    messages.info(request, _("Put away. Nothing was changed."))
    return redirect("import_equipment")
