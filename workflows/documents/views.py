from __future__ import annotations

import logging
from typing import cast
from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workflows.documents import holders, reception
from workflows.documents.models import Document
from workflows.documents.refusal import RefusedFile
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person

logger = logging.getLogger(__name__)


@signed_in
@require_POST
def upload_document(request: HttpRequest) -> HttpResponse:
    """201 when new, 200 when this token has been here before, else {field, message}."""
    try:
        token, holder = _token(request), request.POST.get("holder", "")
        document = reception.known(_person(request), token)
        if document is not None:
            return JsonResponse(described(document))
        if not holders.may_write(_person(request), holder):
            return _answer(404, "holder", _("It does not exist, or you may not see it."))
        holders.check_purpose(_person(request), holder, request.POST.get("purpose", "other"))
        return JsonResponse(described(_received(request, token, holder)), status=201)
    except RefusedFile as refused:
        return _answer(refused.status, refused.field, refused.message)


def _received(request: HttpRequest, token: UUID, holder: str) -> Document:
    upload = request.FILES.get("file")
    if upload is None:
        raise RefusedFile(_("Choose a file."))
    purpose = request.POST.get("purpose", "other")
    return reception.receive(actor=_person(request), token=token, holder=holder, purpose=purpose, upload=upload)


def _token(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("token", ""))
    except ValueError:
        raise RefusedFile(_("This upload could not be matched. Choose the file again."), field="token")


def _answer(status: int, field: str, message: str) -> JsonResponse:
    return JsonResponse({"field": field, "message": message}, status=status)


def described(document: Document) -> dict[str, str | int]:
    return {
        "uuid": str(document.pk),
        "name": document.name,
        "mime": document.mime,
        "size": document.size,
        "purpose": document.purpose,
        "url": reverse("document", args=[document.pk]),
        "thumb": reverse("document_thumb", args=[document.pk]) if document.thumbnail else "",
    }


@signed_in
@require_safe
def download_document(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    document = _readable(request, pk)
    return _stream(request, document, document.file, document.mime, document.digest_kept)


@signed_in
@require_safe
def download_thumbnail(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    document = _readable(request, pk)
    if not document.thumbnail:
        raise Http404
    return _stream(request, document, document.thumbnail, "image/jpeg", f"t{document.digest_kept}")


def _stream(request: HttpRequest, document: Document, file: FieldFile, mime: str, tag: str) -> HttpResponseBase:
    """Send the bytes; a browser that has them is told so, but only after it was asked who asks."""
    etag = quote_etag(tag)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = FileResponse(
                file.open("rb"), content_type=mime, as_attachment=not document.is_image, filename=document.name
            )
        except OSError as error:
            logger.error("the bytes of document %s are missing: %s", document.pk, error)
            raise Http404 from error
    response["ETag"] = etag
    return _guarded(response)


def _guarded(response: HttpResponseBase) -> HttpResponseBase:
    """No shared cache keeps it, no browser guesses at it, and nothing in it runs in our name."""
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@signed_in
@require_safe
def show_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The photo on a page of ours: an installed app on a phone has no other way back."""
    document = _readable(request, pk)
    context = {
        "document": document,
        "back": _local(request, request.GET.get("back", "")),
        "unnamed": holders.unnamed(document.holder),
        "may_erase": holders.may_erase(_person(request), document),
    }
    return render(request, "documents/document.html", context)


@signed_in
@require_POST
def erase_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    document = _readable(request, pk)
    if not reception.erase(actor=_person(request), document=document):
        return _answer(403, "file", _("It can be taken back only from a draft, by whoever uploaded it."))
    back = _local(request, request.POST.get("back", ""))
    return redirect(back) if back else HttpResponse(status=204)


def _readable(request: HttpRequest, pk: UUID) -> Document:
    document = get_object_or_404(Document.objects.select_related("uploader"), pk=pk)
    if not holders.may_read(_person(request), document.holder):
        raise Http404
    return document


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)


def _local(request: HttpRequest, url: str) -> str:
    safe = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if safe else ""
