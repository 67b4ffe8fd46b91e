"""The inspector's page: record, take photos, and in the end seal. For their own eyes: nobody else finds such a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maintenance_audit.inspections import answers, offline_sheets, photos, sealing, sheet, typed_sheet
from maintenance_audit.inspections.models import Inspection, Photo
from maintenance_audit.inspections.owning import own, to_do
from maintenance_audit.inspections.typed_sheet import TypedSheet
from maintenance_audit.inspections.views.asked import json_of, person_of, sent_in, uuid_of
from workflows.documents.reception import RefusedFile
from workflows.engine.errors import BadMove
from workflows.engine.models import Step, WorkItem
from workflows.engine.turn import turn
from workflows.engine.views import acts
from workflows.engine.views.answers import Busy, busy, plainly
from workflows.ledger.clock import now
from workflows.site.offline import KIT, NOBODY

OWN = ("store", "send", "cover", "scan", "sheet", "record", "start")
SCRIPTS = [*KIT, "site/offline/exif.js", *(f"inspections/{name}.js" for name in OWN)]
REPORTED = ("at", "taken_at", "latitude", "longitude")


@never_cache
@require_safe
def my_inspections(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    mine = to_do(person)
    due = dict(Step.objects.filter(case__in=[m.case_id for m in mine], closed_at=None).values_list("case", "due_at"))
    done = Inspection.objects.filter(assignment__person=person, sealed_at__isnull=False)
    context = {
        "rows": [{"inspection": one, "due": due.get(one.case_id)} for one in mine],
        "done": done.select_related("case", "drawn_job__lot_job__job").order_by("-sealed_at")[:20],
        "scripts": SCRIPTS,
    }
    return render(request, "inspections/mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    row = _mine_or_opened(request, number)
    if row is None:
        return HttpResponseRedirect(reverse("case", args=[number]))
    if row.sealed_at is not None:
        return render(request, "inspections/sealed.html", {"inspection": row, "case": row.case})
    if request.method == "POST":
        return _keep(request, row)
    return _page(request, typed_sheet.of(row))


def _mine_or_opened(request: HttpRequest, number: str) -> Inspection | None:
    """One's own; None for one that is opened and that the person may read on its case's page."""
    person = person_of(request)
    if Inspection.objects.visible_to(person).filter(case__number=number, opened_at__isnull=False).exists():
        return None
    return own(person, number)


def _page(request: HttpRequest, shown: TypedSheet, *, status: int = 200) -> HttpResponse:
    row = shown.inspection
    context = {
        "inspection": row,
        "case": row.case,
        "job": shown.sheet.job,
        "sheet": shown,
        "step": Step.objects.filter(case=row.case_id, closed_at=None).first(),
        "token": uuid4(),
        "scripts": SCRIPTS,
    }
    return render(request, "inspections/record.html", context, status=status)


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """What a phone keeps for a place without reception: no name, no job, no token."""
    blank = TypedSheet(Inspection(), sheet.Sheet(None, "site", [], []), [])  # type: ignore[arg-type]
    return render(request, "inspections/shell.html", {**NOBODY, "sheet": blank, "scripts": SCRIPTS})


@never_cache
@require_safe
def sheets(request: HttpRequest) -> JsonResponse:
    """What a phone takes along."""
    return JsonResponse(offline_sheets.of(person_of(request)))


def _keep(request: HttpRequest, row: Inspection) -> HttpResponse:
    """The plain form: answers and photos together; what is refused stands as typed."""
    asked, token = sheet.of(row), acts.token_of(request) or uuid4()
    sent = typed_sheet.sent_by(request.POST, asked, answers.of(row), token)
    try:
        refused = answers.keep(row, sent, asked)
        refused |= _take_files(request, row, asked.keys)
    except BadMove as told:
        messages.error(request, told.message)
        return HttpResponseRedirect(reverse("my_inspections"), status=303)
    if refused:
        return _page(request, typed_sheet.with_typed(typed_sheet.of(row), request.POST, refused), status=422)
    if request.POST.get("act") == "seal":
        return HttpResponseRedirect(reverse("seal_inspection", args=[row.case.number]), status=303)
    messages.success(request, _("Kept. Nobody but you reads it."))
    return HttpResponseRedirect(reverse("inspection", args=[row.case.number]), status=303)


def _take_files(request: HttpRequest, row: Inspection, keys: list[str]) -> dict[str, str]:
    refused: dict[str, str] = {}
    for key in keys:
        for upload in request.FILES.getlist(f"{key}:photos"):
            try:
                photos.add(row, actor=person_of(request), token=uuid4(), key=key, upload=upload, reported={})
            except RefusedFile as told:
                refused[key] = told.message
    return refused


# From the phone. ------------------------------------------------------------------------------------------------------


@never_cache
@require_POST
def send_answers(request: HttpRequest, number: str) -> JsonResponse:
    """Answers as often as the phone likes: 200 with what was refused by question; 409 once nothing more is taken in."""
    row = own(person_of(request), number)
    sent = sent_in(json_of(request))
    if not sent:
        return JsonResponse({"message": _("This form could not be read.")}, status=400)
    try:
        refused = answers.keep(row, sent, sheet.of(row))
    except BadMove as told:
        return JsonResponse({"message": told.message, "over": True}, status=409)
    return JsonResponse({"refused": refused, "received_at": now().isoformat()})


@require_POST
def send_photo(request: HttpRequest, number: str) -> JsonResponse:
    """201 kept, 200 known, 400 refused and why, 409 once nothing more is taken in."""
    person = person_of(request)
    row, token, upload = own(person, number), uuid_of(request.POST.get("token")), request.FILES.get("file")
    if token is None or upload is None:
        return JsonResponse({"message": _("This file could not be read.")}, status=400)
    reported = {name: request.POST[name][:40] for name in REPORTED if request.POST.get(name)}
    try:
        key = request.POST.get("key", "")
        document, new = photos.add(row, actor=person, token=token, key=key, upload=upload, reported=reported)
    except RefusedFile as told:
        return JsonResponse({"message": told.message}, status=400)
    except BadMove as told:
        return JsonResponse({"message": told.message, "over": told.field != "key"}, status=409)
    return JsonResponse({"token": str(document.pk), "received_at": document.received_at.isoformat()},
                        status=201 if new else 200)  # fmt: skip


@require_POST
def drop_photo(request: HttpRequest, number: str, photo: UUID) -> HttpResponse:
    """By the phone, or by the button of a page without script."""
    person = person_of(request)
    try:
        dropped = photos.drop(own(person, number), actor=person, token=photo)
    except BadMove as told:
        return JsonResponse({"message": told.message}, status=409)
    if "application/json" not in request.headers.get("Accept", ""):
        return HttpResponseRedirect(reverse("inspection", args=[number]), status=303)
    return JsonResponse({"dropped": dropped})


# Sealing. -------------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seal(request: HttpRequest, number: str) -> HttpResponse:
    """What sealing means, and the seal."""
    person = person_of(request)
    row = own(person, number)
    if request.method != "POST":
        if row.sealed_at is not None:
            return HttpResponseRedirect(reverse("inspection", args=[number]))
        return _sheet(request, row)
    token = acts.token_of(request)
    try:
        with plainly(person, token, number), turn(
            actor=person, number=number, item_id=_item(row), token=token
        ) as held:  # fmt: skip
            sealing.seal_in_turn(held, expected=_expected(request), unsent=_unsent(request))
    except Busy:
        return busy(request)
    except BadMove as refused:
        return _sheet(request, row, refused)
    messages.success(request, _("Sealed. It opens together with the other form."))
    return HttpResponseRedirect(reverse("inspection", args=[number]), status=303)


def _expected(request: HttpRequest) -> list[UUID]:
    """The photos that the device knows of."""
    return [token for text in request.POST.getlist("photo")[:200] if (token := uuid_of(text)) is not None]


def _unsent(request: HttpRequest) -> int:
    count = request.POST.get("unsent", "0")
    return int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 0


def _item(row: Inspection) -> int:
    """The inspector's own part, also when it is over: then the turn says so."""
    found = WorkItem.objects.filter(case=row.case_id, person=row.assignment.person_id).order_by("-pk")
    item = found.values_list("pk", flat=True).first()
    if item is None:
        raise Http404
    return item


def _sheet(request: HttpRequest, row: Inspection, refused: BadMove | None = None) -> HttpResponse:
    shown = typed_sheet.of(row)
    context: dict[str, Any] = {
        "inspection": row,
        "case": row.case,
        "job": shown.sheet.job,
        "sheet": shown,
        "counts": shown.counts(),
        "photos": Photo.objects.filter(inspection=row).count(),
        "refused": refused,
        "token": uuid4(),
        "scripts": SCRIPTS,
    }
    return render(request, "inspections/seal.html", context, status=422 if refused else 200)
