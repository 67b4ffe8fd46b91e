"""The answer when a colleague is writing to the case just now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflows.engine.contention import Busy, plainly

__all__ = ["Busy", "busy", "plainly"]


def busy(request: HttpRequest) -> HttpResponse:
    context = {
        "lead": _("Busy just now."),
        "sentence": _("Somebody is deciding on this at this very moment. Nothing was recorded; send it again."),
        "typed": [text for name in ("reason", "note") if (text := request.POST.get(name, "").strip())],
        "present": request.path,
    }
    return render(request, "409.html", context, status=409)
