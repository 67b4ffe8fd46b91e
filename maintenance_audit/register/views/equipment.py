"""Equipment: the list, each tag's page, and what its keeper does."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maintenance_audit.register import beside, keepers, keeping, listing, sheets
from maintenance_audit.register.forms import EquipmentForm
from maintenance_audit.register.keepers import for_the_plant
from maintenance_audit.register.models import Equipment
from maintenance_audit.register.views.pages import form_page, listed, one, planners, recorded, switched, told_again
from workflows.organisation.access import KnownRequest


@for_the_plant
@require_safe
def equipment_list(request: KnownRequest) -> HttpResponse:
    found = listing.equipment(request.user, request.GET)
    return listed(request, "register/equipment_list.html", found, sections=listing.sections_of(request.user))


@for_the_plant
@require_safe
def export_equipment(request: KnownRequest) -> HttpResponse:
    return sheets.equipment(listing.equipment(request.user, request.GET)[: listing.MOST_EXPORTED])


@for_the_plant
@require_safe
def equipment(request: KnownRequest, equipment_id: int) -> HttpResponse:
    row = _seen(request, equipment_id)
    context = {
        "row": row,
        "may_change": keepers.keeps_at(request.user, row.unit),
        "parts": beside.parts_of(request.user, row),
        "acts": beside.acts_of(request.user, row),
        **recorded(row),
    }
    return render(request, "register/equipment.html", context)


@planners
def new_equipment(request: KnownRequest) -> HttpResponse:
    form = EquipmentForm(request.POST or None, actor=request.user, initial={"tag": request.GET.get("tag", "")[:60]})
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("tag", "name", "unit", "place")}
        with form.refusals():
            made = keeping.add_equipment(actor=request.user, **data)
            messages.success(request, _("%(tag)s is in the register.") % {"tag": made.tag})
            return redirect("equipment", made.pk)
    return form_page(request, form, _("New equipment"), _("Add it"), reverse("equipment_list"))


@planners
def edit_equipment(request: KnownRequest, equipment_id: int) -> HttpResponse:
    row = _kept(request, equipment_id)
    initial = {"name": row.name, "unit": row.unit_id, "place": row.place, "seen": keeping.seen_of(row)}
    form = EquipmentForm(request.POST or None, actor=request.user, known=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            keeping.amend_equipment(actor=request.user, equipment=row, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("equipment", row.pk)
        told_again(form, row)
    title = _("Change %(row)s") % {"row": row.tag}
    return form_page(request, form, title, _("Save"), reverse("equipment", args=[row.pk]))


@planners
@require_POST
def switch_equipment(request: KnownRequest, equipment_id: int) -> HttpResponse:
    return switched(request, _kept(request, equipment_id), "equipment")


def _seen(request: KnownRequest, equipment_id: int) -> Equipment:
    row: Equipment = one(Equipment.objects.visible_to(request.user).select_related("unit"), equipment_id)
    return row


def _kept(request: KnownRequest, equipment_id: int) -> Equipment:
    row = _seen(request, equipment_id)
    if not keepers.keeps_at(request.user, row.unit):
        raise Http404
    return row
