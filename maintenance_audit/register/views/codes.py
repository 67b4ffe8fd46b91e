"""Failure codes and kinds of work: two short lists of the same make."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maintenance_audit.register import keepers, keeping, listing, sheets
from maintenance_audit.register.forms import CodeForm
from maintenance_audit.register.keepers import for_the_plant
from maintenance_audit.register.models import ClaimTemplate, FailureCode, WorkKind
from maintenance_audit.register.views.pages import form_page, listed, one, planners, recorded, switched, told_again
from workflows.organisation.access import KnownRequest


@for_the_plant
@require_safe
def failure_code_list(request: KnownRequest) -> HttpResponse:
    return listed(request, "register/failure_code_list.html", _codes(request, FailureCode))


@for_the_plant
@require_safe
def export_failure_codes(request: KnownRequest) -> HttpResponse:
    return sheets.codes("failure-codes", _("Failure codes"), _codes(request, FailureCode)[: listing.MOST_EXPORTED])


@for_the_plant
@require_safe
def failure_code(request: KnownRequest, code_id: int) -> HttpResponse:
    return _page(request, "register/failure_code.html", one(FailureCode.objects.visible_to(request.user), code_id))


@planners
def new_failure_code(request: KnownRequest) -> HttpResponse:
    return _new(request, FailureCode, _("New failure code"), "failure_code")


@planners
def edit_failure_code(request: KnownRequest, code_id: int) -> HttpResponse:
    return _edit(request, one(FailureCode.objects.visible_to(request.user), code_id), "failure_code")


@planners
@require_POST
def switch_failure_code(request: KnownRequest, code_id: int) -> HttpResponse:
    return switched(request, one(FailureCode.objects.visible_to(request.user), code_id), "failure_code")


@for_the_plant
@require_safe
def work_kind_list(request: KnownRequest) -> HttpResponse:
    """Each kind of work with its templates: the version in force, and the draft that waits."""
    templates = Prefetch("templates", ClaimTemplate.objects.order_by("-version"), to_attr="versions")
    return listed(request, "register/work_kind_list.html", _codes(request, WorkKind).prefetch_related(templates))


@for_the_plant
@require_safe
def export_work_kinds(request: KnownRequest) -> HttpResponse:
    return sheets.codes("kinds-of-work", _("Kinds of work"), _codes(request, WorkKind)[: listing.MOST_EXPORTED])


@for_the_plant
@require_safe
def work_kind(request: KnownRequest, kind_id: int) -> HttpResponse:
    row = one(WorkKind.objects.visible_to(request.user), kind_id)
    versions = list(row.templates.select_related("drafted_by", "published_by").order_by("-version"))
    in_force = next((one.pk for one in versions if not one.is_draft), None)
    draft = next((one for one in versions if one.is_draft), None)
    more = {"versions": versions, "in_force": in_force, "draft": draft}
    return _page(request, "register/work_kind.html", row, **more)


@planners
def new_work_kind(request: KnownRequest) -> HttpResponse:
    return _new(request, WorkKind, _("New kind of work"), "work_kind")


@planners
def edit_work_kind(request: KnownRequest, kind_id: int) -> HttpResponse:
    return _edit(request, one(WorkKind.objects.visible_to(request.user), kind_id), "work_kind")


@planners
@require_POST
def switch_work_kind(request: KnownRequest, kind_id: int) -> HttpResponse:
    return switched(request, one(WorkKind.objects.visible_to(request.user), kind_id), "work_kind")


def _codes(request: KnownRequest, model: Any) -> Any:
    return listing.matching(model.objects.visible_to(request.user), request.GET, "code", "name")


def _page(request: KnownRequest, template: str, row: Any, **more: Any) -> HttpResponse:
    return render(request, template, {"row": row, "may_change": keepers.keeps(request.user), **recorded(row), **more})


def _new(request: KnownRequest, model: Any, title: str, where: str) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = keeping.add_code(
                model, actor=request.user, code=form.cleaned_data["code"], name=form.cleaned_data["name"]
            )
            messages.success(request, _("%(tag)s is in the register.") % {"tag": made.code})
            return redirect(where, made.pk)
    return form_page(request, form, title, _("Add it"), reverse(f"{where}_list"))


def _edit(request: KnownRequest, row: Any, where: str) -> HttpResponse:
    form = CodeForm(request.POST or None, known=True, initial={"name": row.name, "seen": keeping.seen_of(row)})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            keeping.amend_code(actor=request.user, row=row, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(where, row.pk)
        told_again(form, row)
    return form_page(request, form, _("Change %(row)s") % {"row": row.code}, _("Save"), reverse(where, args=[row.pk]))
