"""Handing in a reply after its time."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maintenance_audit.findings import page, replying
from maintenance_audit.findings.forms import ReplyForm
from maintenance_audit.findings.views.finding import find
from workflows.engine.errors import BadMove
from workflows.engine.views import acts
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, number: str) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    case = find(person, number)
    row = page.of(case)
    if not holds(person, Role.CONTRACTOR, row.contractor.path):
        raise Http404(number)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReplyForm(*sent, turn_case=case, person=person)
    if request.method == "POST" and form.is_valid():
        token = acts.token_of(request) or uuid4()
        said = form.cleaned_data
        try:
            replying.reply_late(actor=person, case=case, token=token, said=said, photos=said["photos"])
        except BadMove as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(request, _("Your reply is in, marked as late."))
            return redirect("finding", number)
    context = {"case": case, "finding": row, "form": form, "token": request.POST.get("token") or uuid4()}
    return render(request, "findings/reply.html", context, status=422 if form.errors else 200)
