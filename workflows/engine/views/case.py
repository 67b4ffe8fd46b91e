"""The case page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from workflows.engine import history, kinds
from workflows.engine.models import Case
from workflows.organisation.access import signed_in


@signed_in
def case(request: HttpRequest, number: str) -> HttpResponse:
    found = get_object_or_404(
        Case.objects.visible_to(request.user).select_related("unit", "author", "rules", "process"), number=number
    )
    context = {"case": found, "kind": kinds.kind_of(found), "history": history.of(found)}
    return render(request, "engine/case.html", context)
