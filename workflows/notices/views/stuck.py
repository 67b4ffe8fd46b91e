"""The operator's page of what did not get through."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from workflows.notices import kick, stuck
from workflows.notices.forms import DiscardForm
from workflows.organisation.access import KnownRequest
from workflows.organisation.views.units import administrators


@administrators
def list_stuck(request: KnownRequest) -> HttpResponse:
    lines = stuck.of(request.user)
    context = {"lines": lines, "given_up": sum(line.given_up for line in lines), "form": DiscardForm()}
    return render(request, "notices/stuck.html", context)


@administrators
@require_POST
def retry_stuck(request: KnownRequest, channel: str, message_id: int) -> HttpResponse:
    if not stuck.retry(actor=request.user, kind=channel, pk=message_id):
        raise Http404
    kick.kick()
    messages.success(request, _("It is tried again now."))
    return redirect("admin_stuck")


@administrators
@require_POST
def retry_all_stuck(request: KnownRequest) -> HttpResponse:
    count = stuck.retry_all(actor=request.user)
    kick.kick()
    words = ngettext("%(n)s message is tried again now.", "%(n)s messages are tried again now.", count)
    messages.success(request, words % {"n": count})
    return redirect("admin_stuck")


@administrators
def discard_stuck(request: KnownRequest, channel: str, message_id: int) -> HttpResponse:
    """Asks for the reason on a page of its own, so that nothing is thrown away by a slip."""
    row = stuck.find(request.user, channel, message_id)
    if row is None:
        raise Http404
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            stuck.discard(actor=request.user, kind=channel, pk=message_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Discarded, and recorded."))
            return redirect("admin_stuck")
    context = {"form": form, "line": stuck.line_of(channel, row)}
    return render(request, "notices/discard.html", context, status=422 if form.errors else 200)
