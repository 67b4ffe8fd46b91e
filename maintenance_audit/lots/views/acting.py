"""What the audit lead does beside the steps: opening, withdrawing, what cannot be shown, resubmitting, switching."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maintenance_audit.lots import acts, opening, replacing, standing, switching
from maintenance_audit.lots.models import Draw, DrawnJob, Lot, LotJob, Switching
from maintenance_audit.lots.views.reading import readable
from workflows.engine.errors import BadMove, NotYours
from workflows.engine.views.answers import Busy, busy, plainly
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Role, Unit, UnitKind
from workflows.organisation.roles import held_by


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_lots(request: HttpRequest) -> HttpResponse:
    """For jobs of this month or of last one that should not wait for the calendar."""
    workshops = _led_by(_person(request))
    today = timezone.localdate(now()).replace(day=1)
    months = [today, opening.last_month(today)]
    if request.method == "POST":
        return _open(request, workshops, months)
    pairs = {(month, pair) for month in months for pair in opening.openable([w.pk for w in workshops], month)}
    firms = Unit.objects.in_bulk({contractor for _month, (_workshop, contractor) in pairs})
    by_id = {one.pk: one for one in workshops}
    rows = [(month, by_id[w], firms[c]) for month, (w, c) in sorted(pairs)]
    return render(request, "lots/open.html", {"rows": rows})


def _open(request: HttpRequest, workshops: list[Unit], months: list[Any]) -> HttpResponse:
    month = next((one for one in months if f"{one:%Y-%m}" == request.POST.get("month")), None)
    workshop = next((one for one in workshops if one.code == request.POST.get("workshop")), None)
    contractor = Unit.objects.filter(kind=UnitKind.CONTRACTOR, code=request.POST.get("contractor", "")[:40]).first()
    if month is None or workshop is None or contractor is None:
        raise Http404
    try:
        lot = opening.open_lot(workshop, contractor, month, actor=_person(request))
    except BadMove as refused:
        messages.error(request, refused.message)
        return HttpResponseRedirect(reverse("open_lots"), status=303)
    if lot is None:
        messages.warning(request, _("There is a lot of this contractor and month already."))
        return HttpResponseRedirect(reverse("lots"), status=303)
    messages.success(request, _("Opened as %(number)s.") % {"number": lot.case.number})
    return HttpResponseRedirect(reverse("lot", args=[lot.case.number]), status=303)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_job(request: HttpRequest, number: str, job: str) -> HttpResponse:
    lot = _led(request, number)
    one = get_object_or_404(LotJob.objects.select_related("job"), lot=lot, number=job)

    def act(reason: str) -> str:
        acts.withdraw(actor=_person(request), lot_id=lot.pk, number=job, reason=reason)
        return _("%(number)s is withdrawn; it stays listed and is skipped.") % {"number": job}

    words = {
        "heading": _("Withdraw a job"),
        "explanation": _("It stays listed and the draw skips it. After the first reveal nothing is withdrawn."),
        "button": _("Withdraw it"),
        "needed": True,
    }
    return _reasoned(request, lot, one, words, act)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def job_not_shown(request: HttpRequest, number: str, job: str) -> HttpResponse:
    lot = _led(request, number)
    drawn = DrawnJob.objects.filter(draw__lot=lot, draw__tier=lot.tier, lot_job__number=job)
    one = get_object_or_404(drawn.select_related("lot_job__job"))

    def act(reason: str) -> str:
        done = acts.not_shown(actor=_person(request), lot_id=lot.pk, number=job, reason=reason)
        return _("%(number)s: %(result)s.") % {"number": job, "result": done.get_result_display()}

    words = {
        "heading": _("A drawn job cannot be shown"),
        "explanation": _("Without a reason it counts as nonconforming. With one it does not, and everybody reads it."),
        "button": _("Record it"),
        "needed": False,
    }
    return _reasoned(request, lot, one.lot_job, words, act)


@never_cache
@require_http_methods(["POST"])
def look_again(request: HttpRequest, number: str) -> HttpResponse:
    """Whoever lost the role or declared a tie is replaced by the next in the ranking."""
    lot = _led(request, number)
    draw = get_object_or_404(Draw, lot=lot, tier=lot.tier)
    assert lot.case.process_id is not None
    moved = replacing.look_again(draw.pk, lot.case.process_id)
    messages.success(request, _("Replaced: %(n)s.") % {"n": moved} if moved else _("Everybody drawn may still check."))
    return HttpResponseRedirect(reverse("lot", args=[number]), status=303)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resubmit_lot(request: HttpRequest, number: str) -> HttpResponse:
    lot = _led(request, number)
    context: dict[str, Any] = {"lot": lot, "case": lot.case, "again": lot.resubmits_id is not None}
    if request.method == "POST":
        how = request.POST.get("how", "")
        try:
            with plainly(_person(request), None):
                if how not in ("sample", "every"):
                    raise BadMove(_("Pick how it is checked."))
                made = opening.resubmit(lot, actor=_person(request), every=how == "every")
        except Busy:
            return busy(request)
        except BadMove as refused:
            return render(request, "lots/resubmit.html", context | {"refused": refused, "how": how}, status=422)
        messages.success(request, _("Resubmitted as %(number)s.") % {"number": made.case.number})
        return HttpResponseRedirect(reverse("lot", args=[made.case.number]), status=303)
    return render(request, "lots/resubmit.html", context)


@never_cache
@require_safe
def inspection_states(request: HttpRequest) -> HttpResponse:
    """Each contractor's switching state in the workshops that one reads."""
    seen = Lot.objects.visible_to(_person(request)).order_by().values_list("workshop", "contractor").distinct()
    kept = {
        (one.workshop_id, one.contractor_id): one
        for one in Switching.objects.filter(workshop__in={pair[0] for pair in seen}).select_related("after_lot__case")
    }
    units = Unit.objects.in_bulk({pk for pair in seen for pk in pair})
    rows = [
        (units[w], units[c], switching.from_json(kept[w, c].state if (w, c) in kept else {}), kept.get((w, c)))
        for w, c in sorted(seen)
    ]
    return render(request, "lots/states.html", {"rows": rows, "led": {w.pk for w in _led_by(_person(request))}})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def switch_inspection(request: HttpRequest, workshop: str, contractor: str, what: str) -> HttpResponse:
    """The lead's consent to reduced inspection, irregular work, an improvement that is accepted."""
    at = next((one for one in _led_by(_person(request)) if one.code == workshop), None)
    if what not in standing.ACTS or at is None:
        raise Http404(what)
    firm = get_object_or_404(Unit, kind=UnitKind.CONTRACTOR, code=contractor)
    get_object_or_404(Lot.objects.filter(workshop=at, contractor=firm)[:1])
    context = {"workshop": at, "contractor": firm, "what": what, "state": standing.of(at, firm)}
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            with plainly(_person(request), None):
                standing.move(what, workshop=at, contractor=firm, by=_person(request), reason=reason)
        except Busy:
            return busy(request)
        except BadMove as refused:
            return render(request, "lots/switch.html", context | {"refused": refused, "typed": reason}, status=422)
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(reverse("inspection_states"), status=303)
    return render(request, "lots/switch.html", context)


def _reasoned(
    request: HttpRequest, lot: Lot, one: LotJob, words: dict[str, Any], act: Callable[[str], str]
) -> HttpResponse:
    context = {"lot": lot, "case": lot.case, "one": one, **words}
    if request.method != "POST":
        return render(request, "lots/reason.html", context)
    reason = request.POST.get("reason", "")
    try:
        with plainly(_person(request), None):
            said = act(reason)
    except Busy:
        return busy(request)
    except BadMove as refused:
        return render(request, "lots/reason.html", context | {"refused": refused, "typed": reason}, status=422)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("lot", args=[lot.case.number]), status=303)


def _led(request: HttpRequest, number: str) -> Lot:
    lot = readable(_person(request), number)
    if not acts.may_lead(_person(request), lot):
        raise NotYours
    return lot


def _led_by(person: Person) -> list[Unit]:
    """The workshops at or under the places where this person leads the audit."""
    paths = [held.path for held in held_by(person) if held.role == Role.AUDIT_LEAD]
    return list(Unit.objects.under(*paths).filter(kind=UnitKind.WORKSHOP).order_by("path")) if paths else []


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
