"""Pointing at a job without a name. Nobody's coming here is logged or counted, and the answer is no redirect: a message
would be kept in the session, beside the person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.lots import pointing
from maintenance_audit.lots.models import Pointing
from workflows.engine import receipts
from workflows.engine.errors import BadMove
from workflows.engine.work_forms import TextField
from workflows.organisation.access import KnownRequest, public, signed_in, unwatched
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import UnitKind

OF_A_TAG = 12


class NumberForm(PlainForm):
    number = forms.CharField(label=gettext_lazy("Number of the job"), max_length=40)


class WordsForm(PlainForm):
    words = TextField(
        label=gettext_lazy("What looks wrong to you"),
        help_text=gettext_lazy("Write nothing that only you can know."),
        error_messages={"required": gettext_lazy("Say what looks wrong to you.")},
    )


class ReceiptForm(PlainForm):
    code = forms.CharField(label=gettext_lazy("Receipt code"), max_length=60)


def _jobs(request: KnownRequest) -> Any:
    """Any job of one's company; a contractor's people point at none."""
    company = request.user.unit.at_level(UnitKind.COMPANY)
    if company is None or request.user.unit.at_level(UnitKind.CONTRACTOR):
        return Job.objects.none()
    return Job.objects.filter(workshop__path__startswith=company.path)


@unwatched
@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def point_at(request: KnownRequest) -> HttpResponse:
    """By the job's number, as it stands on its page; from a tag's page one of its jobs is picked."""
    form = NumberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"].strip()
        if _jobs(request).filter(number=number).exists():
            return HttpResponseRedirect(reverse("point_at_job", args=[number]), status=303)
        form.add_error("number", _("No job has this number."))
    status = 422 if form.is_bound else 200
    tag = request.GET.get("tag", "")[:60]
    of_tag = _jobs(request).filter(equipment__tag=tag).exclude(state=JobState.CANCELLED).order_by("-received_at", "-pk")
    context = {"form": form, "tag": tag, "jobs": of_tag[:OF_A_TAG] if tag else []}
    return render(request, "lots/point_at.html", context, status=status)


@unwatched
@signed_in
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def point_at_job(request: KnownRequest, number: str) -> HttpResponse:
    job = get_object_or_404(_jobs(request).select_related("equipment"), number=number)
    if request.method != "POST":
        return _page(request, job, WordsForm(), receipts.new_code())
    form = WordsForm(request.POST)
    code = receipts.kept_promise(request.POST.get("receipt", ""), pointing.salt_of(job))
    if form.is_valid():
        try:
            pointing.point(actor=request.user, job=job, words=form.cleaned_data["words"], code=code)
            return render(request, "lots/pointed.html", {"job": job, "code": code})
        except BadMove as refused:
            form.add_error(refused.field or None, refused.message)
    return _page(request, job, form, code, status=422)


def _page(request: HttpRequest, job: Job, form: forms.Form, code: str, *, status: int = 200) -> HttpResponse:
    context = {
        "job": job,
        "form": form,
        "receipt": receipts.promised(code, pointing.salt_of(job)),
        "why_not": pointing.why_not(job),
    }
    return render(request, "lots/point.html", context, status=status)


@unwatched
@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pointing_receipt(request: HttpRequest) -> HttpResponse:
    """The code is typed, never part of an address, where logs and histories would keep it."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_bound and form.is_valid():
        rows = Pointing.objects.select_related("job")
        found = rows.filter(receipt=receipts.digest(form.cleaned_data["code"])).first()
        if found is None:
            form.add_error("code", _("No receipt has this code. Look again at each sign."))
    status = 422 if form.is_bound and found is None else 200
    standing = pointing.standing_of(found) if found else ""
    return render(request, "lots/receipt.html", {"form": form, "found": found, "standing": standing}, status=status)
