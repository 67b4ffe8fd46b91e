"""Waivers: the published list, asking for one, answering one. Each act asks for the password again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from workflows.engine import independence, waiving
from workflows.engine.errors import BadMove, NotYours
from workflows.engine.models import Case, Waiver
from workflows.engine.views.case import find
from workflows.engine.work_forms import TextField
from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.forms.profile import ColleagueField
from workflows.organisation.models import Person
from workflows.organisation.signin.reauthentication import reauthenticate

PAGE = 24


class WaiverForm(PlainForm):
    person = ColleagueField(label=gettext_lazy("Who"), help_text=gettext_lazy("Employee number or full name"))
    reason = TextField(label=gettext_lazy("Reason (everybody will read it)"))

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].people = Person.objects.colleagues_of(person)  # type: ignore[attr-defined]


def seen_by(person: Person) -> Any:
    """Published: whoever reads the case, and whoever has to do with it."""
    mine = Q(person=person) | Q(asked_by=person) | Q(answered_by=person)
    visible = Q(case__in=Case.objects.visible_to(person))
    rows = Waiver.objects.filter(mine | visible)
    return rows.select_related("case__unit", "person", "asked_by", "answered_by")


@signed_in
@never_cache
@require_safe
def waivers(request: KnownRequest) -> HttpResponse:
    page = Paginator(seen_by(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "engine/waivers.html", {"page": page})


@signed_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_waiver(request: KnownRequest, number: str) -> HttpResponse:
    case = find(request.user, number)
    if not waiving.may_ask(request.user, case):
        raise NotYours
    form = WaiverForm(request.POST if request.method == "POST" else None, person=request.user)
    refused = None
    if form.is_bound and form.is_valid():
        try:
            _confirm(request)
            made = waiving.ask(
                actor=request.user, case_id=case.pk, person=form.cleaned_data["person"],
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
            messages.success(request, _("Asked for. Somebody of the unit above answers it."))
            return HttpResponseRedirect(reverse("waiver", args=[made.pk]), status=303)
        except BadMove as error:
            refused = error
            if error.field != "password":
                form.add_error(error.field if error.field in form.fields else None, error.message)
    context = {"case": case, "form": form, "password_error": _at_password(refused)}
    return render(request, "engine/waiver_new.html", context, status=422 if form.is_bound else 200)


@signed_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def waiver(request: KnownRequest, waiver_id: int) -> HttpResponse:
    made = _found(request.user, waiver_id)
    refused = None
    if request.method == "POST":
        grant = request.POST.get("answer_is") == "grant"
        try:
            if grant:
                _confirm(request)
            waiving.answer(actor=request.user, waiver_id=made.pk, grant=grant, words=request.POST.get("answer", ""))
            messages.success(request, _("Granted; it is published.") if grant else _("Refused; nothing was changed."))
            return HttpResponseRedirect(reverse("waiver", args=[made.pk]), status=303)
        except BadMove as error:
            refused = error
    context = {
        "made": made,
        "relations": [independence.words(one) % {"person": made.person.name} for one in made.relations],
        "may_answer": waiving.may_answer(request.user, made),
        "refused": refused,
        "password_error": _at_password(refused),
        "typed": request.POST.get("answer", ""),
    }
    return render(request, "engine/waiver.html", context, status=422 if refused else 200)


def _found(person: Person, waiver_id: int) -> Waiver:
    """Whoever is to answer it reads it, too."""
    made = seen_by(person).filter(pk=waiver_id).first()
    if made is None:
        made = get_object_or_404(Waiver.objects.select_related("case__unit", "person", "asked_by"), pk=waiver_id)
        if not waiving.may_answer(person, made):
            return get_object_or_404(Waiver.objects.none())
    return made


def _at_password(refused: BadMove | None) -> str:
    return refused.message if refused and refused.field == "password" else ""


def _confirm(request: KnownRequest) -> None:
    """Password or passkey once more, before any transaction; what is wrong counts like a failed sign-in."""
    try:
        reauthenticate(request, request.POST.get("password", "")[:4096])
    except Refused as refused:
        raise BadMove(refused.message, field="password") from refused
