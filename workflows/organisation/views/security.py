"""登录与安全: one's own second factors and signed-in devices. Changing a factor asks again who it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from workflows.organisation.access import KnownRequest, signed_in
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.forms.sign_in import CodeForm, PasskeyForm
from workflows.organisation.models import Device
from workflows.organisation.signin import devices, enrolment, entering, factors, passkeys, policy, reauthentication

View = Callable[..., HttpResponse]


@signed_in
@never_cache
def security(request: KnownRequest) -> HttpResponse:
    person = request.user
    required = policy.requires_of(person)
    mine = factors.of(person)
    enrolled = any(factor.type != factors.CODES for factor in mine)
    if (enrolled or not required) and entering.MUST_ENROL in request.session:
        del request.session[entering.MUST_ENROL]
    context = {
        "app": next((f for f in mine if f.type == factors.APP), None),
        "passkeys": [f for f in mine if f.type == factors.PASSKEY],
        "codes_left": factors.codes_left(person),
        "enrolled": enrolled,
        "required": required,
        "devices": Device.objects.visible_to(person).live(),
        "this_session": request.session.session_key,
    }
    return render(request, "organisation/security.html", context)


def confirmed(view: View) -> View:
    """Who came in or confirmed lately goes on; others are asked first, and come back."""

    @wraps(view)
    def guarded(request: KnownRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if reauthentication.lately_confirmed(request) else _ask_first(request)

    return guarded


def _ask_first(request: KnownRequest) -> HttpResponse:
    onward = request.path if request.method == "GET" else reverse("security")
    return redirect(f"{reverse('confirm_identity')}?{urlencode({'next': onward})}")


@signed_in
@never_cache
@sensitive_post_parameters()
def confirm_identity(request: KnownRequest) -> HttpResponse:
    form = PlainForm(request.POST or None)
    errors = ""
    if request.method == "POST":
        try:
            reauthentication.reauthenticate(request, request.POST.get("password", ""))
        except Refused as refused:
            errors = refused.message
        else:
            reauthentication.mark_confirmed(request)
            return redirect(_own(request.POST.get("next", "")))
    context = {"form": form, "password_error": errors, "next": _own(request.GET.get("next", ""))}
    return render(request, "organisation/confirm.html", context, status=422 if errors else 200)


def _own(address: str) -> str:
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else reverse("security")


@signed_in
@never_cache
@require_POST
def confirm_question(request: KnownRequest) -> HttpResponse:
    """What the browser shall sign, so that a passkey stands for the password in `reauthenticate`."""
    return JsonResponse(passkeys.ask(request, passkeys.CONFIRM, request.user))


@signed_in
@confirmed
@never_cache
def add_app(request: KnownRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("Six digits that the app shows now")
    secret = enrolment.secret_of(request)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            first = not factors.has_any(request.user)
            factors.add_app(actor=request.user, secret=secret, code=form.cleaned_data["code"])
            enrolment.forget(request)
            return _added(request, first, _("The authenticator app is added."))
    context = {"form": form, "secret": enrolment.in_groups(secret), "picture": enrolment.picture(request.user, secret)}
    return render(request, "organisation/factor_app.html", context, status=422 if form.errors else 200)


@signed_in
@confirmed
@never_cache
def add_passkey(request: KnownRequest) -> HttpResponse:
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        credential = passkeys.registered(request, request.POST.get("passkey", ""))
        with form.refusals():
            if credential is None:
                raise Refused(_("The passkey was not made. Press the button again."))
            first = not factors.has_any(request.user)
            factors.add_passkey(actor=request.user, name=form.cleaned_data["name"], credential=credential)
            return _added(request, first, _("The passkey is added."))
    return render(request, "organisation/factor_passkey.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@confirmed
@never_cache
@require_POST
def passkey_options(request: KnownRequest) -> HttpResponse:
    return JsonResponse(passkeys.ask_to_register(request, request.user))


def _added(request: KnownRequest, first: bool, words: str) -> HttpResponse:
    request.session.pop(entering.MUST_ENROL, None)
    messages.success(request, words)
    return _with_codes(request) if first else redirect("security")


def _with_codes(request: KnownRequest) -> HttpResponse:
    """Answers with the page itself: the codes are shown once and kept only encrypted."""
    codes = factors.draw_codes(actor=request.user)
    pairs = [f"{code[:4]} {code[4:]}" for code in codes]
    return render(request, "organisation/recovery_codes.html", {"codes": pairs})


@signed_in
@confirmed
@never_cache
@require_POST
def draw_codes(request: KnownRequest) -> HttpResponse:
    try:
        return _with_codes(request)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("security")


@signed_in
@require_POST
def remove_factor(request: KnownRequest, factor_id: int) -> HttpResponse:
    kinds = (factors.APP, factors.PASSKEY)
    factor = get_object_or_404(Authenticator.objects.filter(user=request.user, type__in=kinds), pk=factor_id)
    if not reauthentication.lately_confirmed(request):
        return _ask_first(request)
    try:
        factors.remove(actor=request.user, factor=factor)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("It is removed and opens nothing any more."))
    return redirect("security")


@signed_in
@require_POST
def end_device(request: KnownRequest, device_id: int) -> HttpResponse:
    device = get_object_or_404(Device.objects.visible_to(request.user), pk=device_id)
    devices.end(actor=request.user, device=device)
    messages.success(request, _("That device has to sign in again."))
    return redirect("security")


@signed_in
@require_POST
def end_other_devices(request: KnownRequest) -> HttpResponse:
    devices.end_others(request, actor=request.user)
    messages.success(request, _("All other devices have to sign in again."))
    return redirect("security")
