"""Contractors: what they are licensed for, and who their people are. Accounts and roles are the administrator's."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maintenance_audit.register import keepers, keeping, sheets
from maintenance_audit.register.forms import ContractorForm
from maintenance_audit.register.keepers import for_the_plant
from maintenance_audit.register.models import Contractor
from maintenance_audit.register.views.pages import form_page, listed, one, planners, recorded, told_again
from workflows.ledger.clock import now
from workflows.organisation.access import KnownRequest
from workflows.organisation.forms.plain import tidy
from workflows.organisation.models import Person, Role, RoleHolding


@for_the_plant
@require_safe
def contractor_list(request: KnownRequest) -> HttpResponse:
    counted = (
        _found(request)
        .annotate(head_count=Count("unit__people", filter=Q(unit__people__is_active=True), distinct=True))
        .order_by("unit__code")
    )
    return listed(request, "register/contractor_list.html", counted, today=timezone.localdate(now()))


@for_the_plant
@require_safe
def export_contractors(request: KnownRequest) -> HttpResponse:
    return sheets.contractors(_found(request))


@for_the_plant
@require_safe
def contractor(request: KnownRequest, contractor_id: int) -> HttpResponse:
    row = _one(request, contractor_id)
    acting = RoleHolding.objects.in_force().filter(role=Role.CONTRACTOR, unit__path__startswith=row.unit.path)
    context = {
        "row": row,
        "people": Person.objects.active().under(row.unit.path).select_related("unit"),
        "acting": set(acting.values_list("person_id", flat=True)),
        "may_change": keepers.keeps(request.user),
        "today": timezone.localdate(now()),
        **recorded(row),
    }
    return render(request, "register/contractor.html", context)


@planners
def new_contractor(request: KnownRequest) -> HttpResponse:
    form = ContractorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("unit", "scope", "valid_until", "contact")}
        with form.refusals():
            made = keeping.register_contractor(actor=request.user, **data)
            messages.success(request, _("%(tag)s is in the register.") % {"tag": made.unit.name})
            return redirect("contractor", made.pk)
    return form_page(request, form, _("Register a contractor"), _("Add it"), reverse("contractor_list"))


@planners
def edit_contractor(request: KnownRequest, contractor_id: int) -> HttpResponse:
    row = _one(request, contractor_id)
    initial = {"scope": row.scope, "valid_until": row.valid_until, "contact": row.contact}
    form = ContractorForm(request.POST or None, known=True, initial=initial | {"seen": keeping.seen_of(row)})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            keeping.amend_contractor(actor=request.user, contractor=row, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("contractor", row.pk)
        told_again(form, row)
    title = _("Change %(row)s") % {"row": row.unit.name}
    return form_page(request, form, title, _("Save"), reverse("contractor", args=[row.pk]))


def _found(request: KnownRequest) -> QuerySet[Contractor]:
    found = Contractor.objects.visible_to(request.user).select_related("unit")
    if (state := request.GET.get("state", "")) != "all":
        found = found.filter(unit__is_active=state != "retired")
    if words := tidy(request.GET.get("q", ""))[:60]:
        found = found.filter(
            Q(unit__name__icontains=words) | Q(unit__code__icontains=words) | Q(scope__icontains=words)
        )
    return found


def _one(request: KnownRequest, contractor_id: int) -> Contractor:
    row: Contractor = one(Contractor.objects.visible_to(request.user).select_related("unit"), contractor_id)
    return row
