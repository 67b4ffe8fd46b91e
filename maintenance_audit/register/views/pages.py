"""What the pages of the register have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maintenance_audit.register import keepers, keeping
from workflows.organisation import history
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.errors import Refused
from workflows.organisation.models import Role

PAGE = 50
planners = holding(Role.MAINTENANCE_PLANNER)


def listed(request: KnownRequest, template: str, found: QuerySet[Any], **more: Any) -> HttpResponse:
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "asked": request.GET, "may_keep": keepers.keeps(request.user)}
    return render(request, template, context | more)


def recorded(row: Model) -> dict[str, Any]:
    """What the history panel shows."""
    subject = keeping.subject_of(row)
    return {"subject": subject, "history": history.of(subject)}


def one(found: QuerySet[Any], pk: int) -> Any:
    row = found.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def form_page(request: KnownRequest, form: Any, title: str, button: str, back: str, lead: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": back, "lead": lead}
    return render(request, "organisation/form.html", context, status=422 if form.errors else 200)


def told_again(form: Any, row: Any) -> None:
    """The form refused because somebody was faster has been told what the row says now, and may be sent again."""
    if form.non_field_errors():
        form.data = form.data.copy()
        form.data["seen"] = keeping.seen_of(type(row).objects.get(pk=row.pk))


def switched(request: KnownRequest, row: Any, where: str) -> HttpResponse:
    """POST `on`: "yes" takes it into use again, anything else retires it."""
    on = request.POST.get("on") == "yes"
    return answered(
        request, lambda: keeping.switch(actor=request.user, row=row, on=on),
        _("In use again.") if on else _("Retired. What exists of it stays."), where, row.pk,
    )  # fmt: skip


def answered(request: KnownRequest, act: Callable[[], Any], done: str, where: str, *args: Any) -> HttpResponse:
    """Do it, say so or say why not, and go on."""
    try:
        act()
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect(where, *args)
