"""Bringing equipment in: upload, preview, confirm."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from maintenance_audit.register import sheets
from maintenance_audit.register.importing import applying, plan
from maintenance_audit.register.importing.plan import Plan
from maintenance_audit.register.models import EquipmentUpload
from maintenance_audit.register.views.pages import one, planners
from workflows.organisation.access import KnownRequest
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.views.uploads import Uploads, file_field

FILES = Uploads(
    EquipmentUpload, "import_equipment", "equipment_preview", "register/importing/import.html",
    "register/importing/preview.html", ("new", "changed"), plan.compute,
)  # fmt: skip


class EquipmentFileForm(PlainForm):
    file = file_field(
        gettext_lazy("Equipment file"),
        gettext_lazy(".xlsx or .csv, up to 10 MB and 5000 rows. Looking at it changes nothing."),
    )


@planners
def import_equipment(request: KnownRequest) -> HttpResponse:
    def keep(name: str, content: bytes) -> EquipmentUpload:
        return applying.upload(actor=request.user, name=name, content=content)

    return FILES.hand_in(request, EquipmentFileForm(request.POST or None, request.FILES or None), keep)


@planners
@require_GET
def equipment_template(request: KnownRequest) -> HttpResponse:
    return sheets.equipment_template()


@planners
@require_GET
def preview(request: KnownRequest, equipment_upload: int) -> HttpResponse:
    return FILES.show(request, _own(request, equipment_upload))


def _own(request: KnownRequest, upload_id: int) -> EquipmentUpload:
    kept: EquipmentUpload = one(EquipmentUpload.objects.visible_to(request.user), upload_id)
    return kept


@planners
@never_cache
@require_POST
def confirm(request: KnownRequest, equipment_upload: int) -> HttpResponse:
    def done(made: Plan) -> HttpResponse:
        words = ngettext("%(n)s row of equipment came in.", "%(n)s rows of equipment came in.", made.effective)
        messages.success(request, words % {"n": made.effective})
        return redirect("equipment_list")

    return FILES.confirm(request, _own(request, equipment_upload), applying.apply, done)


@planners
@require_POST
def discard(request: KnownRequest, equipment_upload: int) -> HttpResponse:
    return FILES.put_away(request, _own(request, equipment_upload))
