"""The operator's desk: what stands, why, and trying it again."""

from __future__ import annotations

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from workflows.engine.errors import Late
from workflows.operations import authority, desk, doctor
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.models import Role

log = structlog.get_logger("assay.desk")

administrators = holding(Role.ADMINISTRATOR)


@administrators
@never_cache
@require_safe
def show_desk(request: KnownRequest) -> HttpResponse:
    """Each administrator sees the cases of their units; how the machine is, those of the whole tree."""
    operator = authority.is_operator(request.user)
    context = {
        "troubles": desk.troubles(request.user),
        "operator": operator,
        "findings": doctor.examine() if operator else [],
    }
    return render(request, "operations/desk.html", context)


@administrators
@require_POST
def retry(request: KnownRequest, number: str) -> HttpResponse:
    case = desk.cases_of(request.user).filter(number=number, process__isnull=False).first()
    if case is None:
        raise Http404(number)
    try:
        desk.retry(actor=request.user, case=case)
    except Late:
        messages.info(request, _("%(number)s moves already; nothing was left to do.") % {"number": number})
    except Exception as error:  # it is kept as a failure, and the desk shows why
        log.exception("a retry failed", number=number)
        told = {"number": number, "why": type(error).__name__}
        messages.error(request, _("%(number)s could not be started again: %(why)s. It is listed below.") % told)
    else:
        still = any(trouble.case.pk == case.pk for trouble in desk.troubles(request.user))
        if still:
            messages.warning(request, _("%(number)s was tried again and still stands.") % {"number": number})
        else:
            messages.success(request, _("%(number)s moves again.") % {"number": number})
    return redirect("desk")
