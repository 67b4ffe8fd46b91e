"""Publicity 公示: what everybody of the workshop may read, and the sheet for the notice board."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from innovation.awards import access, notice_sheet, publication
from innovation.awards.models import AwardRound
from innovation.proposals.views.sent import person_of
from workflows.ledger.checkpoints import fingerprint_of
from workflows.reports import pdf
from workflows.site.templatetags.assay import page_url


@require_safe
def publicity(request: HttpRequest, number: str) -> HttpResponse:
    person = person_of(request)
    round = access.announced(person, number)
    found = publication.of(round)
    context = {
        "round": round,
        "published": found,
        "awards": found.awards,
        "example": found.awards[0] if found.awards else None,
        "may_read_list": round.confirmed_at is not None and access.may_read_list(person, round),
        "until": notice_sheet.until_words(found),
        "how": notice_sheet.how_it_is_reckoned(found),
        "may_object": round.is_open_for_objections,
        "objections_taken": bool(found.awards) and page_url("object_to_award", found.awards[0].candidate.pk),
        "words_held": _("Under objection"),
        "words_void": _("Void"),
        "words_waits": _("Waits for budget"),
        "words_dropped": _("dropped: the highest or the lowest"),
        **proof(request, round),
    }
    return render(request, "awards/publicity.html", context)


@require_safe
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """The printed notice, A4."""
    round = access.announced(person_of(request), number)
    sheet = notice_sheet.sheet(publication.of(round), **proof(request, round))
    return pdf.shown(f"{number}-publicity", pdf.printed(notice_sheet.SOURCE, sheet))


def proof(request: HttpRequest, round: AwardRound) -> dict[str, Any]:
    """What a sceptic holds against the ledger: the checkpoint taken when the notice went out, and the page's code."""
    taken, address = round.checkpoint, request.build_absolute_uri(reverse("publicity", args=[round.case.number]))
    return {
        "checkpoint": taken,
        "digest": _in_fours(taken.digest) if taken else [],
        "fingerprint": _in_fours(fingerprint_of(taken.key)) if taken else [],
        "address": address,
        "code": pdf.code(address),
    }


def _in_fours(digest: str) -> list[str]:
    return [digest[n : n + 4] for n in range(0, len(digest), 4)]
