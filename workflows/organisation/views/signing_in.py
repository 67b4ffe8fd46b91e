"""Coming and going: sign-in with its second step, sign-out, the password, the language of the page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from workflows.organisation import lockout
from workflows.organisation.access import KnownRequest, public, signed_in
from workflows.organisation.forms.sign_in import ChangePasswordForm, CodeForm, SignInForm
from workflows.organisation.models import SignedInBy
from workflows.organisation.people import choose_password
from workflows.organisation.signin import devices, entering, factors, passkeys


class SignInView(LoginView):
    """Django's view: it checks `next` against this host, and gives the session a new key."""

    authentication_form = SignInForm
    template_name = "organisation/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        person = form.get_user()
        by = SignedInBy.LDAP if person.backend.endswith("PlantDirectory") else SignedInBy.PASSWORD
        return entering.proceed(self.request, person, by=by, onward=self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, oidc=settings.OIDC_NAME if settings.OIDC_ISSUER else "")


class SignOutView(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        devices.leave(request)
        return super().post(request, *args, **kwargs)


sign_in = public(SignInView.as_view())
sign_out = public(SignOutView.as_view())
set_language = public(django_set_language)


@public
@never_cache
@require_POST
def passkey_question(request: HttpRequest) -> HttpResponse:
    """What the browser shall sign: for who waits at the second step, else for whoever has a passkey here."""
    waiting = entering.pending(request)
    if waiting and "second" in request.GET:
        return JsonResponse(passkeys.ask(request, passkeys.SECOND, waiting.person))
    return JsonResponse(passkeys.ask(request, passkeys.ENTER))


@public
@never_cache
@require_POST
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey has checked finger, face or PIN: it is both factors. It opens a door that guessing has shut, too."""
    person = passkeys.proven(request, passkeys.ENTER, request.POST.get("passkey", ""))
    if person is None:
        messages.error(request, _("The passkey did not open. Try again, or use your employee number."))
        return redirect("sign_in")
    return entering.enter(request, person, by=SignedInBy.PASSKEY, onward=onward_of(request))


def onward_of(request: HttpRequest) -> str:
    """`next` if it leads to this host, else home."""
    mixin = RedirectURLMixin()
    mixin.request = request  # type: ignore[attr-defined]
    return mixin.get_redirect_url() or resolve_url(settings.LOGIN_REDIRECT_URL)


@public
@never_cache
@sensitive_post_parameters()
def second_step(request: HttpRequest) -> HttpResponse:
    waiting = entering.pending(request)
    if waiting is None:
        return redirect("sign_in")
    form, said = CodeForm(request.POST or None), ""
    number = waiting.person.employee_no
    if request.method == "POST" and not lockout.is_shut(request, number):
        said = _what_is_wrong(request, waiting, form)
        if not said:
            return entering.enter(request, waiting.person, by=waiting.by, onward=waiting.onward)
        lockout.count_failure(request, number)
    context = {"form": form, "said": said, "who": waiting.person, "kinds": {f.type for f in factors.of(waiting.person)}}
    return render(request, "organisation/second_step.html", context, status=422 if said else 200)


def _what_is_wrong(request: HttpRequest, waiting: entering.Pending, form: CodeForm) -> str:
    """Nothing, if the passkey's answer or the code holds."""
    if answer := request.POST.get("passkey", ""):
        fits = passkeys.proven(request, passkeys.SECOND, answer, waiting.person)
        return "" if fits else _("The passkey did not open. Try again, or use a code.")
    if form.is_valid() and factors.code_fits(waiting.person, form.cleaned_data["code"]):
        return ""
    return _("This code does not fit, or was used already. Take the next one.")


@signed_in
@never_cache
@sensitive_post_parameters()
def change_password(request: KnownRequest) -> HttpResponse:
    form = ChangePasswordForm(request.user, request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        choose_password(actor=request.user, password=form.cleaned_data["new_password1"])
        devices.keep_this(request, request.user)
        messages.success(request, _("Your password is changed. Other devices and programs have to sign in again."))
        return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "organisation/change_password.html", {"form": form}, status=status)
