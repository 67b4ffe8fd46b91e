"""The administrators' list of people, and each account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from workflows.organisation import history, people, sheets
from workflows.organisation.access import KnownRequest
from workflows.organisation.authority import administers
from workflows.organisation.errors import Refused
from workflows.organisation.forms.administration import MoveForm, NewPersonForm, PersonForm
from workflows.organisation.models import Person, Posting, Role, Unit
from workflows.organisation.models.person import PersonQuerySet
from workflows.organisation.signin import factors
from workflows.organisation.views.units import administrators, form_page, in_tree_order, overseers

A_PAGE = 50


@overseers
def admin_people(request: KnownRequest) -> HttpResponse:
    found = filtered(request)
    page = Paginator(found.select_related("unit"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "units": in_tree_order(list(Unit.objects.overseen_by(request.user))),
        "roles": Role.choices,
        "asked": request.GET,
        "may_change": Unit.objects.administered_by(request.user).exists(),
    }
    return render(request, "organisation/people.html", context)


def filtered(request: KnownRequest) -> PersonQuerySet:
    """The people that the URL's filters ask for; a filter that makes no sense asks for nobody."""
    asked = request.GET
    found = Person.objects.overseen_by(request.user).matching(asked.get("q", "")[:60])
    found = found.filter(is_active=asked.get("state") != "closed") if asked.get("state") != "all" else found
    if code := asked.get("unit"):
        unit = Unit.objects.overseen_by(request.user).filter(code=code).first()
        found = found.under(unit.path) if unit else found.none()
    if role := asked.get("role"):
        found = found.holding(role)
    return found


@overseers
def export_people(request: KnownRequest) -> HttpResponse:
    return sheets.people(filtered(request))


@overseers
def admin_person(request: KnownRequest, person_id: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.overseen_by(request.user).select_related("unit"), pk=person_id)
    return person_page(request, person)


def person_page(request: KnownRequest, person: Person, secret: str = "") -> HttpResponse:
    """With `secret`, the answer in which a first password is shown, once."""
    holdings = list(person.holdings.select_related("unit").order_by("-starts_at"))
    for holding in holdings:
        may_end = not holding.is_over and administers(request.user, holding.unit) and person.pk != request.user.pk
        holding.may_end = may_end  # type: ignore[attr-defined]
    context = {
        "person": person,
        "place": Unit.objects.above(person.unit.path),
        "holdings": holdings,
        "postings": Posting.objects.filter(person=person).select_related("unit").order_by("-starts_at"),
        "subject": f"person:{person.pk}",
        "history": history.of(f"person:{person.pk}"),
        "may_change": administers(request.user, person.unit) and person.pk != request.user.pk,
        "secret": secret,
        "has_second_factor": factors.has_any(person),
    }
    return render(request, "organisation/person.html", context)


@administrators
@never_cache
def new_person(request: KnownRequest) -> HttpResponse:
    unit = Unit.objects.administered_by(request.user).filter(code=request.GET.get("unit", "")).first()
    form = NewPersonForm(request.POST or None, actor=request.user, initial={"unit": unit})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            person, secret = people.create_person(actor=request.user, **form.cleaned_data)
            return person_page(request, person, secret)
    return form_page(request, form, _("New person"), _("Make the account"), reverse("admin_people"))


def administered(request: KnownRequest, person_id: int) -> Person:
    return get_object_or_404(Person.objects.administered_by(request.user).select_related("unit"), pk=person_id)


@administrators
def edit_person(request: KnownRequest, person_id: int) -> HttpResponse:
    person = administered(request, person_id)
    initial = {field: getattr(person, field) for field in people.AMENDABLE}
    form = PersonForm(request.POST or None, actor=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        people.amend_person(actor=request.user, person=person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("admin_person", person.pk)
    return form_page(request, form, _("Change %(person)s") % {"person": person.name}, _("Save"), _page_of(person))


@administrators
def move_person(request: KnownRequest, person_id: int) -> HttpResponse:
    person = administered(request, person_id)
    form = MoveForm(request.POST or None, actor=request.user, initial={"unit": person.unit_id})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            person = people.move_person(actor=request.user, person=person, unit=form.cleaned_data["unit"])
            messages.success(request, _("%(person)s is at %(unit)s now.") % {"person": person, "unit": person.unit})
            return redirect("admin_person", person.pk)
    title = _("Move %(person)s") % {"person": person.name}
    warning = _("Roles stay as they are. End them or grant new ones where the work changes too.")
    return form_page(request, form, title, _("Move"), _page_of(person), warning=warning)


def _page_of(person: Person) -> str:
    return reverse("admin_person", args=[person.pk])


@administrators
@require_POST
def deactivate_person(request: KnownRequest, person_id: int) -> HttpResponse:
    said = _("The account is closed and its roles are ended. What was decided stays.")
    return _carried_out(request, person_id, people.deactivate_person, said)


@administrators
@never_cache
@require_POST
def reactivate_person(request: KnownRequest, person_id: int) -> HttpResponse:
    def act(person: Person) -> tuple[Person, str]:
        return people.reactivate_person(actor=request.user, person=person)

    return _with_secret(request, person_id, act)


@administrators
@never_cache
@require_POST
def reset_password(request: KnownRequest, person_id: int) -> HttpResponse:
    def act(person: Person) -> tuple[Person, str]:
        return person, people.reset_password(actor=request.user, person=person)

    return _with_secret(request, person_id, act)


@administrators
@require_POST
def reset_second_factor(request: KnownRequest, person_id: int) -> HttpResponse:
    said = _("The second factor is reset, and every session ended. The person is told.")
    return _carried_out(request, person_id, factors.reset, said)


def _carried_out(request: KnownRequest, person_id: int, act: Callable[..., Any], said: str) -> HttpResponse:
    person = administered(request, person_id)
    try:
        act(actor=request.user, person=person)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, said)
    return redirect("admin_person", person.pk)


def _with_secret(request: KnownRequest, person_id: int, act: Any) -> HttpResponse:
    person = administered(request, person_id)
    try:
        person, secret = act(person)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("admin_person", person.pk)
    return person_page(request, person, secret)
