"""The problem ledger: read, raise, reword."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from innovation.proposals.forms import ProblemForm
from innovation.proposals.models import Problem, Proposal
from innovation.proposals.views.sent import person_of

PAGE = 50
USED = Count("proposals", distinct=True) + Count("also_solved_by", distinct=True)


@require_GET
def problem_list(request: HttpRequest) -> HttpResponse:
    asked, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    problems = Problem.objects.visible_to(person_of(request)).select_related("unit")
    if asked:
        problems = problems.filter(
            Q(title__icontains=asked) | Q(number__icontains=asked) | Q(description__icontains=asked)
        )
    if state in Problem.State.values:
        problems = problems.filter(state=state)
    page = Paginator(problems.annotate(used=USED).order_by("-raised_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "q": asked, "state": state, "states": Problem.State.choices}
    return render(request, "proposals/problem_list.html", context)


@require_GET
def problem_detail(request: HttpRequest, number: str) -> HttpResponse:
    person = person_of(request)
    problem = get_object_or_404(Problem.objects.visible_to(person).select_related("unit", "raised_by"), number=number)
    proposals = (
        Proposal.objects.visible_to(person).filter(Q(problem=problem) | Q(also_solves=problem)).select_related("case")
    )
    context = {"problem": problem, "proposals": proposals[:PAGE], "may_edit": problem.may_be_edited_by(person)}
    return render(request, "proposals/problem_detail.html", context)


@require_http_methods(["GET", "POST"])
def problem_new(request: HttpRequest) -> HttpResponse:
    form = ProblemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = person_of(request)
        with transaction.atomic():
            problem = Problem.raise_new(unit=person.unit, by=person, **form.cleaned_data)
        return redirect("problem_detail", problem.number)
    return render(request, "proposals/problem_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def problem_edit(request: HttpRequest, number: str) -> HttpResponse:
    """The raiser rewords it while no proposal leans on it."""
    person = person_of(request)
    with transaction.atomic():
        visible = Problem.objects.visible_to(person).select_for_update(of=("self",))
        problem = get_object_or_404(visible, number=number)
        if not problem.may_be_edited_by(person):
            raise PermissionDenied
        form = ProblemForm(request.POST or None, instance=problem)
        if request.method == "POST" and form.is_valid():
            form.save()
            return redirect("problem_detail", problem.number)
    context = {"form": form, "problem": problem}
    return render(request, "proposals/problem_form.html", context, status=422 if form.errors else 200)
