"""The page that files a case of a kind whose filing is a form."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflows.documents.models import Document
from workflows.documents.reception import RefusedFile, receive
from workflows.engine import filing, kinds
from workflows.engine.errors import BadMove
from workflows.engine.kinds import CaseKind
from workflows.engine.views import acts
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file_case(request: HttpRequest, kind: str) -> HttpResponse:
    """Photos are kept as soon as they have come, so that a refused field loses none of them."""
    described, person = kinds.get(kind), _person(request)
    if described.filing is None:
        raise Http404(kind)
    if request.method != "POST":
        form = described.filing(person=person)
        form.begin(request.GET)
        return _page(request, described, form, uuid4())
    token = token_of(request)
    form = described.filing(request.POST, request.FILES, person=person)
    try:
        keep(request, token, form.purpose)
    except RefusedFile as refused:
        form.add_error("photos", str(refused.message))
    if not form.is_valid():
        return _page(request, described, form, token, status=422)
    return _file(request, described, form, token)


def _file(request: HttpRequest, kind: CaseKind, form: filing.FilingForm, token: UUID) -> HttpResponse:
    try:
        filed = filing.file(actor=_person(request), kind=kind.name, token=token, form=form)
    except filing.TokenTaken:
        form.add_error(None, filing.taken())
        return _page(request, kind, form, uuid4(), status=409)
    except BadMove as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _page(request, kind, form, token, status=422)
    messages.success(request, _("Filed as %(number)s.") % {"number": filed.case.number})
    return acts.to(reverse("case", args=[filed.case.number]))


def token_of(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid4()


def keep(request: HttpRequest, token: UUID, purpose: str) -> None:
    """The photo's own bytes name it, so that the same one sent twice is one."""
    person, holder = _person(request), filing.holder_of(token)
    if not filing.may_open(person, holder):
        return  # filed already, or another's token: `file` says which
    for photo in request.FILES.getlist("photos"):
        receive(actor=person, token=_name_of(photo, token), holder=holder, purpose=purpose, upload=photo)


def _name_of(photo: UploadedFile[Any], token: UUID) -> UUID:
    digest = hashlib.file_digest(photo, "sha256").hexdigest()  # type: ignore[arg-type]
    photo.seek(0)
    return uuid5(token, digest)


def _page(
    request: HttpRequest, kind: CaseKind, form: filing.FilingForm, token: UUID, *, status: int = 200
) -> HttpResponse:
    kept = Document.objects.for_holder(filing.holder_of(token)).filter(uploader=_person(request))
    context = {"kind": kind, "form": form, "token": token, "kept": kept, "back": reverse(f"{kind.name}_list")}
    return render(request, "engine/file.html", context, status=status)


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
