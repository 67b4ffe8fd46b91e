"""Earlier awards: the list with its figures a year, one award, and its link to a proposal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from innovation.history import applying, linking, queries
from innovation.history.models import PastAuthor, PastAward
from innovation.proposals.models import Problem, Proposal
from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import tidy

PAGE = 50


@require_GET
def past_award_list(request: KnownRequest) -> HttpResponse:
    asked, year = tidy(request.GET.get("q", ""))[:100], request.GET.get("year", "")
    seen = PastAward.objects.visible_to(request.user)
    found = seen
    if asked:
        found = found.filter(
            Q(title__icontains=asked) | Q(number__istartswith=asked) | Q(authors__name=asked) | Q(done__icontains=asked)
        ).distinct()
    if year.isascii() and year.isdigit() and len(year) == 4 and int(year) >= 1950:
        found = found.filter(month__year=int(year))
    authors = Prefetch("authors", PastAuthor.objects.order_by("place"))
    page = Paginator(found.select_related("unit").prefetch_related(authors).defer("search"), PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")), "years": queries.by_year(seen), "q": asked, "year": year,
        "may_import": bool(applying.workshops_of(request.user)),
    }  # fmt: skip
    return render(request, "history/list.html", context)


@require_GET
def past_award(request: KnownRequest, award_id: int) -> HttpResponse:
    return _page(request, _seen(request, award_id))


def _seen(request: KnownRequest, award_id: int) -> PastAward:
    related = ("unit", "workshop", "proposal__case", "upload", "linked_by")
    return get_object_or_404(PastAward.objects.visible_to(request.user).select_related(*related), pk=award_id)


def _page(request: KnownRequest, award: PastAward, **more: Any) -> HttpResponse:
    person = request.user
    linked = Proposal.objects.visible_to(person).filter(past_awards=award).exists()
    context = {
        "award": award, "authors": award.authors.select_related("person__unit"), "linked": linked,
        "problems": Problem.objects.visible_to(person).filter(past_awards=award),
        "may_link": linking.may_link(person, award),
    }  # fmt: skip
    return render(request, "history/detail.html", context | more, status=422 if more else 200)


@require_POST
def link_past_award(request: KnownRequest, award_id: int) -> HttpResponse:
    award = _seen(request, award_id)
    if not linking.may_link(request.user, award):
        raise PermissionDenied
    number = tidy(request.POST.get("number", "")).upper()[:40]
    try:
        linking.link(actor=request.user, award=award, number=number)
    except Refused as refused:
        return _page(request, award, typed=number, error=refused.message)
    return redirect("past_award", award.pk)
