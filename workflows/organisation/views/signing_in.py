"""Coming and going: sign-in, sign-out, the password, the language of the page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.i18n import set_language as django_set_language

from workflows.organisation.access import KnownRequest, public, signed_in
from workflows.organisation.forms.sign_in import ChangePasswordForm, SignInForm
from workflows.organisation.people import choose_password


class SignInView(LoginView):
    """Django's view: it checks `next` against this host, and gives the session a new key."""

    authentication_form = SignInForm
    template_name = "organisation/sign_in.html"
    redirect_authenticated_user = True


sign_in = public(SignInView.as_view())
sign_out = public(LogoutView.as_view())
set_language = public(django_set_language)


@signed_in
@never_cache
@sensitive_post_parameters()
def change_password(request: KnownRequest) -> HttpResponse:
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_password(actor=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your password is changed. Other devices have to sign in again."))
        return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "organisation/change_password.html", {"form": form}, status=status)
