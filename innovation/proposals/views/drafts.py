"""Drafts: saved as typed, with their photos."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from innovation.proposals import services
from innovation.proposals.links import case_url
from innovation.proposals.views.sent import json_of, person_of, typed_of, uuid_of
from workflows.documents.models import Purpose
from workflows.documents.reception import RefusedFile, receive
from workflows.engine.models import Case

PURPOSES = (Purpose.BEFORE, Purpose.AFTER, Purpose.CALCULATION, Purpose.OTHER)


@never_cache
@require_POST
def save_draft(request: HttpRequest, token: UUID) -> JsonResponse:
    """Autosave: 201 new, 200 saved, 409 another's."""
    typed = typed_of(json_of(request).get("fields"))
    try:
        created = services.save_draft(actor=person_of(request), token=token, typed=typed)
    except services.TokenTaken:
        return JsonResponse({"message": _("This draft belongs to somebody else.")}, status=409)
    filed = Case.objects.filter(token=token).first()
    answer = {"filed": case_url(filed)} if filed else {"saved": True}
    return JsonResponse(answer, status=201 if created else 200)


@require_POST
def delete_draft(request: HttpRequest, token: UUID) -> HttpResponse:
    services.delete_draft(actor=person_of(request), token=token)
    return HttpResponseRedirect(reverse("my_proposals"))


@require_POST
def add_photo(request: HttpRequest, token: UUID) -> JsonResponse:
    """One photo or file of a draft, sent as often as the phone likes: 201 kept, 200 known, 400 refused and why."""
    person, upload = person_of(request), request.FILES.get("file")
    photo, purpose = uuid_of(request.POST.get("token", "")), request.POST.get("purpose", "")
    if upload is None or photo is None or purpose not in PURPOSES:
        return JsonResponse({"message": _("This file could not be read.")}, status=400)
    if Case.objects.filter(token=token).exists():
        return _after_filing(person.pk, photo)
    try:
        services.save_draft(actor=person, token=token, typed=None)
        known = services.is_received_by(person.pk, photo)
        holder = services.holder_of_draft(token)
        receive(actor=person, token=photo, holder=holder, purpose=purpose, upload=upload)
    except services.TokenTaken:
        return JsonResponse({"message": _("This draft belongs to somebody else.")}, status=409)
    except RefusedFile as refused:
        return JsonResponse({"message": refused.message}, status=400)
    return JsonResponse({"token": str(photo)}, status=200 if known else 201)


def _after_filing(person_id: int, photo: UUID) -> JsonResponse:
    """The filing overtook this photo's answer: it is in the case, or it came too late to be part of it."""
    if services.is_received_by(person_id, photo):
        return JsonResponse({"token": str(photo)}, status=200)
    return JsonResponse({"message": _("The proposal was filed without this photo.")}, status=409)


@require_POST
def drop_photo(request: HttpRequest, token: UUID, photo: UUID) -> JsonResponse:
    services.drop_photo(actor=person_of(request), token=token, photo=photo)
    return JsonResponse({"dropped": True})
