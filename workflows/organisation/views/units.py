"""The administrators' unit tree."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workflows.organisation import history, units
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.authority import administers
from workflows.organisation.errors import Refused
from workflows.organisation.forms.administration import NewUnitForm, UnitForm
from workflows.organisation.models import Person, Role, RoleHolding, Unit

administrators = holding(Role.ADMINISTRATOR)
overseers = holding(Role.ADMINISTRATOR, Role.OBSERVER)


@overseers
def admin_units(request: KnownRequest) -> HttpResponse:
    tree = Unit.objects.overseen_by(request.user).annotate(head_count=Count("people", filter=Q(people__is_active=True)))
    context = {"units": in_tree_order(list(tree)), "may_change": _administers_anything(request.user)}
    return render(request, "organisation/units.html", context)


def in_tree_order(found: list[Unit]) -> list[Unit]:
    """Parents before children, siblings by code; `indent` is the depth below the first shown."""
    names = {unit.pk: unit for unit in found}
    below: dict[int | None, list[Unit]] = {}
    for unit in sorted(found, key=lambda u: u.code):
        below.setdefault(unit.parent_id if unit.parent_id in names else None, []).append(unit)
    ordered: list[Unit] = []
    _walk(below, None, 0, ordered)
    return ordered


def _walk(below: dict[int | None, list[Unit]], parent: int | None, depth: int, into: list[Unit]) -> None:
    for unit in below.get(parent, []):
        unit.indent = depth  # type: ignore[attr-defined]
        into.append(unit)
        _walk(below, unit.pk, depth + 1, into)


def _administers_anything(person: Person) -> bool:
    return Unit.objects.administered_by(person).exists()


@overseers
def admin_unit(request: KnownRequest, unit_id: int) -> HttpResponse:
    unit = _seen(request, unit_id)
    context = {
        "unit": unit,
        "place": Unit.objects.above(unit.path),
        "below": unit.children.order_by("code"),
        "people": unit.people.active()[:200],
        "holdings": RoleHolding.objects.not_over().filter(unit=unit).select_related("person", "unit"),
        "subject": f"unit:{unit.pk}",
        "history": history.of(f"unit:{unit.pk}"),
        "may_change": administers(request.user, unit),
    }
    return render(request, "organisation/unit.html", context)


def _seen(request: KnownRequest, unit_id: int) -> Unit:
    found = Unit.objects.overseen_by(request.user).select_related("parent", "fallback")
    return get_object_or_404(found, pk=unit_id)


@administrators
def new_unit(request: KnownRequest) -> HttpResponse:
    form = NewUnitForm(request.POST or None, actor=request.user, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            unit = units.create_unit(actor=request.user, **form.cleaned_data)
            messages.success(request, _("%(unit)s is made.") % {"unit": unit.name})
            return redirect("admin_unit", unit.pk)
    return form_page(request, form, _("New unit"), _("Make the unit"), reverse("admin_units"))


@administrators
def edit_unit(request: KnownRequest, unit_id: int) -> HttpResponse:
    unit = get_object_or_404(
        Unit.objects.administered_by(request.user).select_related("parent", "fallback"), pk=unit_id
    )
    fallback = unit.fallback.employee_no if unit.fallback else ""
    initial = {"name": unit.name, "code": unit.code, "parent": unit.parent_id, "fallback": fallback}
    form = UnitForm(request.POST or None, actor=request.user, unit=unit, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            change_unit(request.user, unit, form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("admin_unit", unit.pk)
    back = reverse("admin_unit", args=[unit.pk])
    warning = _("Moving a unit moves everything below it. Cases that are open stay with those who hold them.")
    return form_page(request, form, _("Change %(unit)s") % {"unit": unit.name}, _("Save"), back, warning=warning)


def change_unit(actor: Person, unit: Unit, data: dict[str, Any]) -> None:
    with transaction.atomic():
        units.rename_unit(actor=actor, unit=unit, name=data["name"], code=data["code"])
        units.name_fallback(actor=actor, unit=unit, fallback=data["fallback"])
        if data.get("parent"):
            units.move_unit(actor=actor, unit=unit, parent=data["parent"])


@administrators
@require_POST
def deactivate_unit(request: KnownRequest, unit_id: int) -> HttpResponse:
    return _switch(request, unit_id, units.deactivate_unit, _("The unit is closed."))


@administrators
@require_POST
def reactivate_unit(request: KnownRequest, unit_id: int) -> HttpResponse:
    return _switch(request, unit_id, units.reactivate_unit, _("The unit is open again."))


def _switch(request: KnownRequest, unit_id: int, act: Any, done: str) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.administered_by(request.user), pk=unit_id)
    try:
        act(actor=request.user, unit=unit)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("admin_unit", unit.pk)


def form_page(
    request: KnownRequest, form: Any, title: str, button: str, back: str, lead: str = "", warning: str = ""
) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": back, "lead": lead, "warning": warning}
    return render(request, "organisation/form.html", context, status=422 if form.errors else 200)
