"""Signing in, and choosing a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workflows.organisation import lockout
from workflows.organisation.forms.plain import PlainForm, css_class_of, tidy
from workflows.organisation.models import Person


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("Employee number and password do not match. Check both and try again."),
        "inactive": _("This account is no longer in use. If that is a mistake, ask your administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Employee number")
        self.fields["username"].widget.attrs.update({"class": "form-control", "autocapitalize": "none"})
        self.fields["password"].widget.attrs.update({"class": "form-control"})
        self.label_suffix = ""

    def clean_username(self) -> str:
        return tidy(self.cleaned_data["username"])

    def get_invalid_login_error(self) -> ValidationError:
        """Only who knows the password learns that the account is closed; a shut door tells nobody anything."""
        person = Person.objects.filter(employee_no=self.cleaned_data["username"], is_active=False).first()
        shut = getattr(self.request, "axes_locked_out", False)
        if person and not shut and person.check_password(self.cleaned_data["password"]):
            return ValidationError(self.error_messages["inactive"], code="inactive")
        return super().get_invalid_login_error()


class CodeForm(PlainForm):
    """The second step: six digits from the app, or a recovery code. A passkey's answer comes in a hidden field."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Six digits from the authenticator app, or a recovery code"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


class PasskeyForm(PlainForm):
    name = forms.CharField(
        label=_("Name of this passkey"), max_length=40, help_text=_("So that you know it again, e.g. my phone")
    )


class ChangePasswordForm(PasswordChangeForm):
    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": _("This is not your present password."),
        "password_mismatch": _("The two new passwords differ."),
        "same": _("The new password has to differ from the present one."),
    }

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.label_suffix = ""
        labels = (_("Present password"), _("New password"), _("New password again"))
        for field, label in zip(self.fields.values(), labels, strict=True):
            field.label = label
            field.widget.attrs["class"] = css_class_of(field.widget)
        self.fields["new_password1"].help_text = _("At least 10 characters, not digits only, and not your name.")
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self) -> str:
        """Guessing at a screen left open counts like guessing at the door."""
        number = self.user.employee_no
        if lockout.is_shut(self.request, number):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        try:
            return super().clean_old_password()
        except ValidationError:
            lockout.count_failure(self.request, number)
            raise

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        old, new = cleaned.get("old_password"), cleaned.get("new_password1")
        if old and old == new:
            self.add_error("new_password1", forms.ValidationError(self.error_messages["same"], code="same"))
        return cleaned
