"""Asking for more time, and answering."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maintenance_audit.findings import extending, page
from maintenance_audit.findings.forms import ExtensionAnswerForm, ExtensionForm
from maintenance_audit.findings.models import Finding
from maintenance_audit.findings.views.finding import find
from workflows.engine.errors import BadMove, NotYours
from workflows.engine.models import Case
from workflows.engine.work_forms import WorkForm
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    case, row, person = _found(request, number)
    if not holds(person, Role.CONTRACTOR, row.contractor.path):
        raise Http404(number)
    form = _form(ExtensionForm, request, case)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if _done(form, lambda: extending.ask(actor=person, case=case, **said)):
            messages.success(request, _("Asked for; whoever ordered it answers."))
            return redirect("finding", number)
    over = "" if form.is_bound else extending.why_not(row)
    return _shown(request, row, form, over=over)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    case, row, person = _found(request, number)
    if person.pk not in extending.answerers(row) or extending.of_round(row) is None:
        raise Http404(number)
    form = _form(ExtensionAnswerForm, request, case)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        answered = {"granted": said["grant"] == "yes", "words": said["words"], "until": said["until"]}
        if _done(form, lambda: extending.answer(actor=person, case=case, **answered)):
            messages.success(request, _("Your answer is on record; the firm hears of it."))
            return redirect("finding", number)
    return _shown(request, row, form)


def _found(request: HttpRequest, number: str) -> tuple[Case, Finding, Person]:
    person: Person = request.user  # type: ignore[assignment]
    case = find(person, number)
    row = page.of(case)
    case.finding = row  # type: ignore[attr-defined]
    return case, row, person


def _form(form: type[WorkForm], request: HttpRequest, case: Case) -> WorkForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return form(*sent, turn_case=case, person=request.user)  # type: ignore[arg-type]


def _done(form: WorkForm, act: Any) -> bool:
    """What was typed stays where it is refused."""
    try:
        act()
    except BadMove as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    except NotYours:
        form.add_error(None, _("It is in somebody else's hands by now; nothing was changed."))
    return not form.errors


def _shown(request: HttpRequest, row: Finding, form: WorkForm, *, over: str = "") -> HttpResponse:
    """`over`: why there is nothing to ask for any more; then the form is not offered."""
    context = {"case": row.case, "finding": row, "form": form, "asked": extending.of_round(row), "token": uuid4()}
    context["over"] = over
    return render(request, "findings/extension.html", context, status=422 if form.errors else 200)
