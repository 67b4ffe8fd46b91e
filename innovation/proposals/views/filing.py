"""Filing: the page, the plain form post, and what a phone's queue sends."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from innovation.proposals import services
from innovation.proposals.content import Reader, Typed
from innovation.proposals.links import case_url
from innovation.proposals.models import Draft
from innovation.proposals.outlook import filing_outlook
from innovation.proposals.typed_form import TypedForm, problem_choices
from innovation.proposals.views.sent import json_of, only_known, person_of, typed_of, uuid_of
from workflows.documents.models import Document
from workflows.documents.reception import RefusedFile, receive
from workflows.engine.errors import BadMove
from workflows.organisation.models import Person
from workflows.site.offline import KIT, NOBODY

OWN = ("vault", "store", "photos", "rows", "send", "errors", "page", "form")
SCRIPTS = [*KIT, *(f"proposals/{name}.js" for name in OWN)]
UPLOADS = {"before": "before", "after": "after", "papers": "calculation"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file_proposal(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _post(request)
    draft = _draft(request)
    typed: dict[str, Any] = draft.content if draft else _prefilled(request)
    form = TypedForm(person_of(request), typed)
    if draft is None:
        return _page(request, form, uuid4())
    return _page(request, form, draft.token, server=str(int(draft.saved_at.timestamp() * 1000)), draft=draft)


@require_GET
def filing_shell(request: HttpRequest) -> HttpResponse:
    """The page that a phone keeps for a time without signal: no name, no token, nothing of anybody."""
    context = {"form": TypedForm(None), "token": "", **NOBODY, "outlook": None, "scripts": SCRIPTS}
    return render(request, "proposals/file.html", context)


@never_cache
@require_GET
def filing_context(request: HttpRequest) -> JsonResponse:
    """What the filing page needs of the person, fresh; the phone keeps it under that person's key."""
    person = person_of(request)
    outlook = filing_outlook(person)
    return JsonResponse(
        {
            "person": {"id": person.pk, "number": person.employee_no, "name": person.name},
            "problems": problem_choices(person, request.GET.get("problem", "")),
            "outlook": {"why": outlook.why, "button": outlook.button, "authority": outlook.authority},
        }
    )


@require_POST
def send_proposal(request: HttpRequest) -> JsonResponse:
    """File what a phone queued: 201 filed, 200 known already, 400 with a sentence by field, 409 another's token."""
    sent = json_of(request)
    token = uuid_of(str(sent.get("token", "")))
    if token is None:
        return JsonResponse({"message": _("This form could not be read.")}, status=400)
    return _file(person_of(request), token, typed_of(sent.get("fields")))


def _file(person: Person, token: UUID, typed: Typed) -> JsonResponse:
    reader = Reader(typed, person)
    content = reader.read()
    if content is None:
        return JsonResponse({"errors": reader.errors}, status=400)
    try:
        filed = services.file(actor=person, token=token, content=content)
    except services.TokenTaken:
        return JsonResponse({"message": _("This form belongs to somebody else and was not filed.")}, status=409)
    except BadMove as refused:
        return JsonResponse({"errors": {refused.field or "form": refused.message}}, status=400)
    answer = {"number": filed.case.number, "url": case_url(filed.case)}
    return JsonResponse(answer, status=201 if filed.created else 200)


def _post(request: HttpRequest) -> HttpResponse:
    """The same form from a browser without script: files come along, and a refusal keeps what was typed."""
    person, typed = person_of(request), dict(request.POST.lists())
    token = uuid_of(request.POST.get("token", "")) or uuid4()
    errors: dict[str, str] = _take_files(request, person, token)
    if request.POST.get("act") == "draft" and not errors:
        return _keep_draft(request, person, token, typed)
    reader = Reader(typed, person)
    content = reader.read()
    errors = reader.errors | errors
    if content is None or errors:
        return _page(request, TypedForm(person, typed, errors), token, status=422, server="answer")
    try:
        filed = services.file(actor=person, token=token, content=content)
    except services.TokenTaken:
        errors["form"] = _("This form belongs to somebody else and was not filed.")
        return _page(request, TypedForm(person, typed, errors), uuid4(), status=409)
    except BadMove as refused:
        return _page(request, TypedForm(person, typed, {"form": refused.message}), token, status=422, server="answer")
    return HttpResponseRedirect(case_url(filed.case))


def _keep_draft(request: HttpRequest, person: Person, token: UUID, typed: dict[str, list[str]]) -> HttpResponse:
    services.save_draft(actor=person, token=token, typed=only_known(typed))
    messages.success(request, _("Draft saved."))
    return HttpResponseRedirect(reverse("my_proposals"))


def _take_files(request: HttpRequest, person: Person, token: UUID) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not request.FILES:
        return errors
    try:
        services.save_draft(actor=person, token=token, typed=None)
    except services.TokenTaken:
        return {"form": _("This form belongs to somebody else and was not filed.")}
    for name, purpose in UPLOADS.items():
        for upload in request.FILES.getlist(name):
            try:
                receive(
                    actor=person, token=uuid4(), holder=services.holder_of_draft(token), purpose=purpose, upload=upload
                )
            except RefusedFile as refused:
                errors[name] = refused.message
    return errors


def _page(
    request: HttpRequest,
    form: TypedForm,
    token: UUID,
    *,
    status: int = 200,
    server: str = "",
    draft: Draft | None = None,
) -> HttpResponse:
    """server: since when the server has what is shown (ms), or "answer": a phone's older copy must not replace it."""
    person = person_of(request)
    papers = Document.objects.for_holder(services.holder_of_draft(token)).filter(uploader=person) if server else []
    context = {
        "form": form, "token": token, "outlook": filing_outlook(person), "papers": papers, "server": server,
        "draft": draft, "scripts": SCRIPTS,
    }  # fmt: skip
    return render(request, "proposals/file.html", context, status=status)


def _draft(request: HttpRequest) -> Draft | None:
    """The draft asked for, or the newest: whoever comes back goes on where they were, unless they begin afresh."""
    own = Draft.objects.visible_to(person_of(request))
    if "draft" in request.GET:
        token = uuid_of(request.GET["draft"])
        return own.filter(token=token).first() if token else None
    return None if {"fresh", "problem"} & set(request.GET) else own.first()


def _prefilled(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [request.GET[name]] for name in ("problem", "equipment", "title") if request.GET.get(name)}
