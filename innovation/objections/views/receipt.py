"""Where an unsigned objection stands, told to whoever has its code. Who asks is not asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from innovation.objections import forms, unsigned
from innovation.objections.models import Unsigned
from workflows.organisation.access import public, unwatched


@unwatched
@public
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection_receipt(request: HttpRequest) -> HttpResponse:
    """The code is typed, never part of an address, where logs and histories would keep it."""
    form = forms.ReceiptForm(request.POST if request.method == "POST" else None)
    found = _found(form) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and found is None:
        form.add_error("code", _("No objection has this code. Look again at each sign."))
    status = 422 if form.is_bound and found is None else 200
    return render(request, "objections/receipt.html", {"form": form, "found": found}, status=status)


def _found(form: forms.ReceiptForm) -> Unsigned | None:
    rows = Unsigned.objects.select_related("candidate__proposal__case", "objection__case")
    return rows.filter(receipt=unsigned.digest(form.cleaned_data["code"])).first()
