"""A leaver's work changes hands: whom, what, to whom, and what became of each piece."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from workflows.engine.errors import BadMove
from workflows.operations import handover
from workflows.operations.views.desk import administrators
from workflows.organisation.access import KnownRequest
from workflows.organisation.models import Person

A_PAGE = 50


@administrators
@never_cache
@require_safe
def pick_leaver(request: KnownRequest) -> HttpResponse:
    """Whoever has open work, those whose account is closed first."""
    text = request.GET.get("q", "").strip()[:60]
    people = Person.objects.administered_by(request.user).exclude(pk=request.user.pk).matching(text)
    waiting = Count("items", filter=Q(items__state__in=("open", "parked"), items__case__reserved=False))
    found = people.annotate(open_work=waiting).filter(open_work__gt=0).select_related("unit")
    page = Paginator(found.order_by("is_active", "-open_work", "employee_no"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "operations/handover_pick.html", {"page": page, "q": text})


@administrators
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: KnownRequest, person_id: int) -> HttpResponse:
    people = Person.objects.administered_by(request.user).exclude(pk=request.user.pk)
    leaver = get_object_or_404(people.select_related("unit"), pk=person_id)
    refused = None
    if request.method == "POST":
        try:
            wishes = _wishes(request, leaver)
            done = handover.hand_on(
                actor=request.user, giver=leaver, wishes=wishes, reason=request.POST.get("reason", "")
            )
            return render(request, "operations/handover_done.html", {"leaver": leaver, "done": done})
        except BadMove as error:
            refused = error
    context = {
        "leaver": leaver,
        "pieces": _with_choice(handover.pieces(leaver, actor=request.user), request.POST),
        "refused": refused,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "operations/handover.html", context, status=422 if refused else 200)


def _wishes(request: KnownRequest, leaver: Person) -> dict[int, Person | None]:
    """Item → whom it should go to, None for "leave it". Named by number or by a name that only one person bears."""
    fields = (key for key in request.POST if key.startswith("to-"))
    typed = {key.removeprefix("to-"): request.POST.get(key, "").strip() for key in fields}
    chosen = {int(pk): value for pk, value in typed.items() if pk.isascii() and pk.isdigit() and len(pk) < 19}
    known = Person.objects.active().filter(employee_no__in=set(chosen.values())).in_bulk(field_name="employee_no")
    return {pk: _known(value, known) for pk, value in chosen.items()}


def _known(typed: str, known: dict[str, Person]) -> Person | None:
    if not typed:
        return None
    if typed not in known:
        raise BadMove(_("Nobody with this employee number: %(number)s.") % {"number": typed[:20]})
    return known[typed]


def _with_choice(pieces: list[handover.Piece], sent: QueryDict) -> list[tuple[handover.Piece, str]]:
    """Each with what is chosen for it: what was sent, else what is proposed."""
    proposed = ((p, p.proposed.employee_no if p.proposed else "") for p in pieces)
    return [(piece, sent.get(f"to-{piece.item.pk}", number)) for piece, number in proposed]
