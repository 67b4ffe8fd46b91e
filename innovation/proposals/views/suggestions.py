"""Fragments that appear while somebody types: likely duplicates, colleagues."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from innovation.proposals import duplicates
from innovation.proposals.content import colleagues
from innovation.proposals.models import Proposal
from innovation.proposals.views.sent import person_of

SHORTEST, MOST_COLLEAGUES = 2, 8


@never_cache
@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Earlier proposals like the typed title; nothing under two characters."""
    title = request.GET.get("title", "").strip()
    text = f"{request.GET.get('present_state', '')}\n{request.GET.get('method', '')}"[:20_000].strip()
    twins = duplicates.find(person_of(request), title=title, text=text) if len(title) >= SHORTEST else []
    return render(request, "proposals/_duplicates.html", {"twins": twins})


@never_cache
@require_GET
def case_duplicates(request: HttpRequest, number: str) -> HttpResponse:
    """Earlier proposals like a filed one, for whoever reads it: a part of the case's page; without script its own."""
    person = person_of(request)
    found = get_object_or_404(Proposal.objects.visible_to(person).select_related("case"), case__number=number)
    text = f"{found.present_state}\n{found.method}"
    twins = duplicates.find(person, title=found.case.title, text=text, leave_out=found.pk)
    template = "proposals/_duplicates.html" if request.headers.get("HX-Request") else "proposals/duplicates.html"
    return render(request, template, {"twins": twins, "filed": True, "case": found.case})


@never_cache
@require_GET
def colleague_list(request: HttpRequest) -> HttpResponse:
    """People of the same company by name or number, to be co-authors."""
    person, asked = person_of(request), request.GET.get("who", "").strip()
    found = []
    if asked:
        near = colleagues(person).exclude(pk=person.pk).select_related("unit")
        by_name = near.filter(name__icontains=asked) | near.filter(employee_no__startswith=asked)
        found = list(by_name.order_by("employee_no")[:MOST_COLLEAGUES])
    return render(request, "proposals/_colleagues.html", {"found": found, "asked": asked})
