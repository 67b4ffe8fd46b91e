"""Reading a chain, and taking it away. Which door stands before these pages is said in config/urls.py."""

from __future__ import annotations

import json
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflows.ledger import checkpoints, export, reading
from workflows.ledger.forms import HeldForm
from workflows.ledger.models import Chain, Checkpoint
from workflows.ledger.subjects import Subject, subject_for

CHECKPOINTS_A_PAGE = 30


@require_safe
@never_cache
def chain_page(request: HttpRequest, subject: str, form: HeldForm | None = None) -> HttpResponse:
    answering = subject_for(request.user, subject)
    chain = Chain.objects.filter(subject=subject).first()
    lines = reading.lines(chain, _readable(request, answering), _number(request, "before")) if chain else []
    context = {
        "subject": subject,
        "about": answering.about(subject),
        "chain": chain,
        "lines": lines,
        "older": lines[-1].entry.seq if lines and lines[-1].entry.seq > 1 else None,
        "form": form or HeldForm(),
        "fingerprint": checkpoints.fingerprint(),
    }
    return render(request, "ledger/chain.html", context, status=200 if form is None else 422)


@require_safe
@never_cache
def entry_page(request: HttpRequest, subject: str, seq: int) -> HttpResponse:
    answering = subject_for(request.user, subject)
    chain = get_object_or_404(Chain, subject=subject)
    entry = get_object_or_404(chain.entries.select_related("payload"), seq=seq)
    line = reading.line(chain, entry, _readable(request, answering))
    context = {"subject": subject, "about": answering.about(subject), "chain": chain, "line": line}
    return render(request, "ledger/entry.html", context)


@require_safe
@never_cache
def export_chain(request: HttpRequest, subject: str) -> Any:
    answering = subject_for(request.user, subject)
    form = HeldForm(request.GET)
    if not form.is_valid():
        return chain_page(request, subject, form)
    file = SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115  the response closes it
    readable = _readable(request, answering)
    export.write([subject], readable=readable, to=file, held=form.cleaned_data["held"])  # type: ignore[arg-type]
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"ledger-{_file_name(subject)}.zip")


@require_safe
@never_cache
def hold_chain(request: HttpRequest, subject: str) -> HttpResponse:
    """The newest checkpoint with this chain's place in it, to keep outside."""
    subject_for(request.user, subject)
    newest = Checkpoint.objects.order_by("-number").first()
    if newest is None:
        raise Http404("no checkpoint yet")
    return _json_file(export.to_hold(newest, [subject]), f"checkpoint-{newest.number}-{_file_name(subject)}")


@require_safe
def checkpoint_list(request: HttpRequest) -> HttpResponse:
    rows = Checkpoint.objects.order_by("-number")
    if before := _number(request, "before"):
        rows = rows.filter(number__lt=before)
    page = list(rows[:CHECKPOINTS_A_PAGE])
    older = page[-1].number if page and page[-1].number > 1 else None
    context = {"checkpoints": page, "older": older, "fingerprint": checkpoints.fingerprint()}
    return render(request, "ledger/checkpoints.html", context)


@require_safe
def checkpoint_file(request: HttpRequest, number: int) -> HttpResponse:
    checkpoint = get_object_or_404(Checkpoint, number=number)
    return _json_file(export.to_hold(checkpoint), f"checkpoint-{number}")


@require_safe
def program(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(export.PROGRAM.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response


def _readable(request: HttpRequest, answering: Subject) -> export.Readable:
    return lambda entry: answering.may_open(request.user, entry)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _json_file(content: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


def _file_name(subject: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in subject)
