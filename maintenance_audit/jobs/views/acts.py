"""Cancel, take up, correct: each a small form of its own, by the planner of the job's section."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maintenance_audit.jobs import acts
from maintenance_audit.jobs.fields import AmountField
from maintenance_audit.jobs.models import Job
from maintenance_audit.jobs.views.page import find
from maintenance_audit.register.models import FailureCode
from workflows.engine.errors import BadMove
from workflows.engine.views import answers
from workflows.engine.work_forms import TextField
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import Role

KEEPERS = (Role.MAINTENANCE_PLANNER, Role.SECTION_CHIEF)


class ReasonForm(PlainForm):
    reason = TextField(label=gettext_lazy("Reason"))


class CodeForm(ReasonForm):
    failure_code = forms.ModelChoiceField(
        label=gettext_lazy("Failure"), queryset=FailureCode.objects.none(), required=False,
        empty_label=gettext_lazy("No failure code"),
    )  # fmt: skip
    field_order = ("failure_code", "reason")

    def __init__(self, *args: Any, job: Job, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["failure_code"]
        field.queryset = FailureCode.objects.filter(Q(is_active=True) | Q(pk=job.failure_code_id))
        field.initial = job.failure_code_id


class AmountForm(ReasonForm):
    amount = AmountField(label=gettext_lazy("Corrected amount (¥)"))
    field_order = ("amount", "reason")


def _door(view: Any) -> Any:
    return holding(*KEEPERS)(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view)))


def _done(
    request: KnownRequest, job: Job, form: Any, words: dict[str, Any], act: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    """Show the form, or do what it says; what is refused stands at its field, and what was typed stays."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with answers.plainly(request.user, None, job.number):
                    act(form.cleaned_data)
            except BadMove as refused:
                form.add_error(refused.field if refused.field in form.fields else None, refused.message)
            except answers.Busy:
                return answers.busy(request)
            else:
                messages.success(request, words["said"])
                return redirect("job", job.number)
    return render(request, "jobs/act.html", {"job": job, "form": form, **words}, status=status)


def _allowed(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


@_door
def cancel_job(request: KnownRequest, number: str) -> HttpResponse:
    job = find(request.user, number)
    _allowed(acts.keeps(request.user, job))
    words = {
        "heading": _("Cancel the job"), "button": _("Cancel it"), "said": _("Cancelled."), "grave": True,
        "explanation": _("Nobody works on it any more; the record stays, with your reason."),
    }  # fmt: skip
    form = ReasonForm(request.POST or None)
    return _done(request, job, form, words, lambda typed: acts.cancel(actor=request.user, job_id=job.pk, **typed))


@_door
def correct_code(request: KnownRequest, number: str) -> HttpResponse:
    job = find(request.user, number)
    _allowed(acts.open_to(job, request.user).correct_code)
    words = {
        "heading": _("Correct the failure code"), "button": _("Correct it"), "said": _("Corrected."),
        "explanation": _("Both codes stay on record. A repeat repair that was counted stays one."),
    }  # fmt: skip
    form = CodeForm(request.POST or None, job=job)
    return _done(
        request, job, form, words,
        lambda typed: acts.correct_failure_code(
            actor=request.user, job_id=job.pk, code=typed["failure_code"], reason=typed["reason"]
        ),
    )  # fmt: skip


@_door
def correct_settlement(request: KnownRequest, number: str) -> HttpResponse:
    job = find(request.user, number)
    _allowed(acts.keeps(request.user, job))
    words = {
        "heading": _("Correct the settlement"), "button": _("Correct it"), "said": _("Corrected."),
        "explanation": _(
            "The month in which it was settled keeps its figures; the difference counts in this month."
        ),
    }  # fmt: skip
    form = AmountForm(request.POST or None)
    return _done(
        request, job, form, words,
        lambda typed: acts.correct_settlement(actor=request.user, job_id=job.pk, **typed),
    )  # fmt: skip


@_door
def take_up(request: KnownRequest, number: str) -> HttpResponse:
    job = find(request.user, number)
    _allowed(acts.keeps(request.user, job))
    words = {
        "heading": _("Take it up here"), "button": _("Take it up"), "said": _("It goes on here."),
        "explanation": _("From now on its steps are done here, beginning at “%(state)s”.") % {"state": job.said_state},
    }  # fmt: skip
    form = PlainForm(request.POST if request.method == "POST" else None)
    return _done(request, job, form, words, lambda typed: acts.take_up(actor=request.user, job_id=job.pk))
