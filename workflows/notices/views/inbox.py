from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from workflows.notices import inbox
from workflows.notices.models import Notice
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person


@signed_in
@require_GET
def list_notices(request: HttpRequest) -> HttpResponse:
    person = cast(Person, request.user)
    unread_only = request.GET.get("only") == "unread"
    page = inbox.page(person, before=_number(request.GET.get("before")), unread_only=unread_only)
    return render(
        request,
        "notices/list.html",
        {"page": page, "unread_only": unread_only, "unread": inbox.unread_count(person), "most": inbox.MOST_COUNTED},
    )


@signed_in
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark and go there. A POST, because link checkers and previews follow links and would read for the person."""
    notice = _mine(request, pk)
    inbox.mark_read(notice)
    return _see_other(notice.url)


@signed_in
@require_POST
def mark_notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    inbox.mark_read(_mine(request, pk))
    return redirect("notice_list")


@signed_in
@require_POST
def mark_all_notices_read(request: HttpRequest) -> HttpResponse:
    up_to = _number(request.POST.get("up_to"))
    if up_to is not None:
        inbox.mark_all_read(cast(Person, request.user), up_to=up_to)
    return redirect("notice_list")


def _mine(request: HttpRequest, pk: int) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(cast(Person, request.user)), pk=pk)


def _see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _number(text: str | None) -> int | None:
    """A bigint, or nothing: a mistyped address shows the newest page, not an error."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
