"""Bringing history in: upload, preview, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from innovation.history import applying, plan, template
from innovation.history.models import Upload, UploadState
from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import Unit
from workflows.organisation.spreadsheets import intake
from workflows.reports.spreadsheet import MIME

SHOWN = 300


class HistoryForm(PlainForm):
    workshop = forms.ModelChoiceField(label=gettext_lazy("Workshop"), queryset=Unit.objects.none(), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("History file"),
        help_text=gettext_lazy(".xlsx, up to 10 MB and 5000 rows a sheet. Looking at it changes nothing."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
    )

    def __init__(self, *args: Any, workshops: list[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["workshop"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in workshops])
        if len(workshops) == 1:
            field.required, field.widget, field.initial = False, forms.HiddenInput(), workshops[0].pk
            self.only = workshops[0]

    def clean_workshop(self) -> Unit:
        return self.cleaned_data["workshop"] or self.only


@require_http_methods(["GET", "POST"])
def import_history(request: KnownRequest) -> HttpResponse:
    workshops = applying.workshops_of(request.user)
    form = HistoryForm(request.POST or None, request.FILES or None, workshops=workshops)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with form.refusals():
            intake.refuse_size(file.size)
            kept = applying.upload(
                actor=request.user, workshop=form.cleaned_data["workshop"], name=file.name, content=file.read()
            )
            return redirect("history_preview", kept.pk)
    uploads = Upload.objects.visible_to(request.user).defer("content")
    context = {
        "form": form, "workshops": workshops, "waiting": uploads.filter(state=UploadState.WAITING)[:5],
        "done": uploads.filter(state=UploadState.APPLIED)[:10],
    }  # fmt: skip
    return render(request, "history/import.html", context, status=422 if form.errors else 200)


@require_GET
def history_template(request: KnownRequest) -> HttpResponse:
    workshops = applying.workshops_of(request.user)
    content = template.content(workshops[0].code if workshops else "")
    response = HttpResponse(content, content_type=MIME)
    response["Content-Disposition"] = 'attachment; filename="history.xlsx"'
    return response


@require_GET
def preview(request: KnownRequest, upload_id: int) -> HttpResponse:
    kept = _own(request, upload_id)
    if kept.state != UploadState.WAITING:
        messages.info(request, _("This file was dealt with already. It was recorded once."))
        return redirect("import_history")
    return _preview(request, kept)


def _own(request: KnownRequest, upload_id: int) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(request.user).select_related("workshop"), pk=upload_id)


def _preview(request: KnownRequest, kept: Upload, *, stale: bool = False) -> HttpResponse:
    worked_out = plan.compute(kept)
    earlier = Upload.objects.filter(workshop=kept.workshop_id, digest=kept.digest, state=UploadState.APPLIED).first()
    context: dict[str, Any] = {"kept": kept, "plan": worked_out, "stale": stale, "shown": SHOWN, "earlier": earlier}
    for name in ("faults", "awards", "problems"):
        context[name] = getattr(worked_out, name)[:SHOWN]
    return render(request, "history/preview.html", context, status=409 if stale else 200)


@never_cache
@require_POST
def confirm(request: KnownRequest, upload_id: int) -> HttpResponse:
    kept = _own(request, upload_id)
    try:
        done = applying.apply(actor=request.user, upload=kept, digest=request.POST.get("plan", ""))
    except applying.Stale:
        return _preview(request, kept, stale=True)
    except Refused as refused:
        messages.info(request, refused.message)
        return redirect("import_history")
    messages.success(
        request,
        ngettext("%(n)s row of history came in.", "%(n)s rows of history came in.", done.effective)
        % {"n": done.effective},
    )
    return redirect("past_awards")


@require_POST
def discard(request: KnownRequest, upload_id: int) -> HttpResponse:
    applying.discard(actor=request.user, upload=_own(request, upload_id))
    messages.info(request, _("Put away. Nothing was changed."))
    return redirect("import_history")
