"""The whole round in one file, for whoever wants to reckon it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from innovation.awards import access, export
from innovation.proposals.views.sent import person_of


@require_safe
def round_file(request: HttpRequest, number: str) -> HttpResponse:
    round = access.confirmed(person_of(request), number)
    name = f'attachment; filename="{number}.zip"'
    return HttpResponse(export.packed(round), content_type="application/zip", headers={"Content-Disposition": name})
