"""In front of a machine: its label's address, and the labels to print."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from maintenance_audit.register import beside, listing, tags
from maintenance_audit.register.keepers import for_the_plant
from maintenance_audit.register.models import Equipment
from workflows.organisation.access import KnownRequest, public
from workflows.reports import pdf
from workflows.site.offline import NOBODY


@public
@never_cache
@require_safe
def tag_page(request: HttpRequest, tag: str) -> HttpResponse:
    """What the reader may do here. Whoever is not signed in is told nothing, not even whether there is such a tag."""
    if not request.user.is_authenticated:
        return render(request, "register/tag_signed_out.html", {"tag": tag[:60], "next": quote(tags.path_of(tag[:60]))})
    found = tags.find(tag)
    if found is not None and found.tag != tag:
        return redirect(tags.path_of(found.tag))
    acts = beside.acts_of(request.user, found) if found else []
    seen = found is not None and Equipment.objects.visible_to(request.user).filter(pk=found.pk).exists()
    if not seen and not acts:
        return _entry(request, tag, _("No equipment has the tag %(tag)s, or you may not see it."), 404)
    context = {"row": found, "seen": seen, "acts": acts, "where": tags.where(found) if seen and found else ""}
    return render(request, "register/tag.html", context)


@public
@never_cache
@require_GET
def tag_entry(request: HttpRequest) -> HttpResponse:
    """Where a tag is typed that cannot be scanned."""
    typed = tags.meant(request.GET.get("tag", ""))
    return redirect(tags.path_of(typed)) if typed else _entry(request)


def _entry(request: HttpRequest, typed: str = "", refused: str = "", status: int = 200) -> HttpResponse:
    words = refused % {"tag": typed[:60]} if refused else ""
    return render(request, "register/tag_entry.html", {"typed": typed[:60], "refused": words}, status=status)


@public
@require_GET
def tag_shell(request: HttpRequest) -> HttpResponse:
    """What a phone keeps for a scan without signal: it knows nobody and reads the tag from the address."""
    return render(request, "register/tag_shell.html", {**NOBODY, "scripts": beside.offline_scripts()})


@for_the_plant
@require_safe
def labels(request: KnownRequest) -> HttpResponse:
    """Labels of what the list shows, several to a sheet."""
    rows = listing.equipment(request.user, request.GET)
    if request.GET.get("one"):
        rows = rows.filter(tag=request.GET["one"])
    return pdf.shown("labels", pdf.printed(tags.SOURCE, tags.labels(rows[: tags.MOST])))
