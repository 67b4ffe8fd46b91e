"""Safety notices: write one, send one from a phone, read them, acknowledge one."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maintenance_audit.inspections import warning
from maintenance_audit.inspections.answers import parse_moment
from maintenance_audit.inspections.views.asked import json_of, person_of, uuid_of
from workflows.engine.errors import BadMove, NoSuchThing, NotYours, Overtaken
from workflows.organisation.models import Person, Unit
from workflows.site.errors import problem
from workflows.site.offline import KIT, NOBODY

SCRIPTS = [*KIT, *(f"inspections/{name}.js" for name in ("store", "send", "safety"))]
A_PAGE = 50


class SafetyForm(forms.Form):
    section = forms.ModelChoiceField(Unit.objects.none(), label=_("Section"), empty_label=None)
    place = forms.CharField(label=_("Where"), max_length=warning.PLACE, error_messages={"required": _("Say where.")})
    danger = forms.CharField(
        label=_("What the danger is"), max_length=warning.DANGER, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what the danger is.")},
    )  # fmt: skip

    def __init__(self, person: Person | None, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        if person is not None:
            self.fields["section"].queryset = warning.sections_for(person)  # type: ignore[attr-defined]


@never_cache
@require_safe
def safety_notices(request: HttpRequest) -> HttpResponse:
    found = warning.visible_to(person_of(request))
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "inspections/safety_list.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_notice(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if not warning.sections_for(person).exists():
        raise Http404
    form = SafetyForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        token = uuid_of(request.POST.get("token")) or uuid4()
        try:
            notice, _new = warning.send(actor=person, token=token, **form.cleaned_data)
            messages.success(request, say("Sent. The section has it."))
            return HttpResponseRedirect(reverse("safety_notice", args=[notice.pk]), status=303)
        except BadMove as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    context = {"form": form, "token": request.POST.get("token") or uuid4(), "scripts": SCRIPTS}
    return render(request, "inspections/safety_new.html", context, status=422 if form.errors else 200)


@require_safe
def safety_shell(request: HttpRequest) -> HttpResponse:
    """What a phone keeps for a place without reception: it knows nobody and no section."""
    context = {"form": SafetyForm(None), "token": "", **NOBODY, "scripts": SCRIPTS, "shelled": True}
    return render(request, "inspections/safety_new.html", context)


@never_cache
@require_POST
def send_notice(request: HttpRequest) -> JsonResponse:
    """From a phone: 201 sent, 200 known, 400 with a sentence."""
    person, body = person_of(request), json_of(request)
    token = uuid_of(body.get("token"))
    said = {name: str(body.get(name, ""))[:2000] for name in ("section", "place", "danger", "at")}
    number = said["section"]
    known = number.isascii() and number.isdigit() and len(number) < 19
    section = warning.sections_for(person).filter(pk=number).first() if known else None
    if token is None or section is None:
        return JsonResponse({"message": say("This form could not be read.")}, status=400)
    try:
        notice, new = warning.send(
            actor=person, token=token, section=section, place=said["place"], danger=said["danger"],
            reported_at=parse_moment(said["at"]),
        )  # fmt: skip
    except BadMove as refused:
        return JsonResponse({"message": refused.message, "field": refused.field}, status=400)
    url = reverse("safety_notice", args=[notice.pk])
    return JsonResponse({"url": url, "received_at": notice.received_at.isoformat()}, status=201 if new else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def safety_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    person = person_of(request)
    notice = get_object_or_404(warning.visible_to(person), pk=notice_id)
    if request.method == "POST":
        return _acknowledge(request, notice_id)
    context = {"notice": notice, "may_acknowledge": notice.acknowledged_at is None
               and warning.may_acknowledge(person, notice)}  # fmt: skip
    return render(request, "inspections/safety.html", context)


def _acknowledge(request: HttpRequest, notice_id: int) -> HttpResponse:
    try:
        warning.acknowledge(actor=person_of(request), notice_id=notice_id)
    except NoSuchThing:
        raise Http404
    except NotYours:
        return problem(request, 403)
    except Overtaken as late:
        return problem(request, 409, lead=say("Too late:"), sentence=late.message, present=request.path)
    messages.success(request, say("Acknowledged."))
    return HttpResponseRedirect(request.path, status=303)
