"""Bringing history in: upload, preview, confirm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from innovation.history import applying, plan, template
from innovation.history.models import Upload
from innovation.history.plan import Plan
from workflows.organisation.access import KnownRequest
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import Unit, UploadState
from workflows.organisation.views.uploads import Uploads, file_field
from workflows.reports.spreadsheet import MIME

FILES = Uploads(
    Upload, "import_history", "history_preview", "history/import.html", "history/preview.html",
    ("awards", "problems"), lambda _actor, kept: plan.compute(kept),
)  # fmt: skip


class HistoryForm(PlainForm):
    workshop = forms.ModelChoiceField(label=gettext_lazy("Workshop"), queryset=Unit.objects.none(), empty_label=None)
    file = file_field(
        gettext_lazy("History file"),
        gettext_lazy(".xlsx, up to 10 MB and 5000 rows a sheet. Looking at it changes nothing."),
        ".xlsx",
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

    def keep(name: str, content: bytes) -> Upload:
        workshop = form.cleaned_data["workshop"]
        return applying.upload(actor=request.user, workshop=workshop, name=name, content=content)

    return FILES.hand_in(request, form, keep, workshops=workshops)


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
    return FILES.show(request, kept, earlier=_earlier(kept))


def _own(request: KnownRequest, upload_id: int) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(request.user).select_related("workshop"), pk=upload_id)


def _earlier(kept: Upload) -> Upload | None:
    same = Upload.objects.filter(workshop=kept.workshop_id, digest=kept.digest, state=UploadState.APPLIED)
    found: Upload | None = same.first()
    return found


@never_cache
@require_POST
def confirm(request: KnownRequest, upload_id: int) -> HttpResponse:
    kept = _own(request, upload_id)

    def done(made: Plan) -> HttpResponse:
        words = ngettext("%(n)s row of history came in.", "%(n)s rows of history came in.", made.effective)
        messages.success(request, words % {"n": made.effective})
        return redirect("past_awards")

    return FILES.confirm(request, kept, applying.apply, done, earlier=_earlier(kept))


@require_POST
def discard(request: KnownRequest, upload_id: int) -> HttpResponse:
    return FILES.put_away(request, _own(request, upload_id))
