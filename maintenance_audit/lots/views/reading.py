"""Lots: the list, one lot, and the page of its draws that everybody of the plant and the contractor may read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import segno
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maintenance_audit.lots import acts, redraw, standing
from maintenance_audit.lots.board import Board
from maintenance_audit.lots.models import Lot, LotState
from maintenance_audit.lots.record import record_of
from workflows.engine import history, picture, queue, waiving
from workflows.engine.models import Case, Step, WorkItem
from workflows.engine.views.listing import read
from workflows.engine.views.rows import Row, rows_of
from workflows.organisation.models import Person, Role, Unit, UnitKind
from workflows.organisation.roles import held_by

PAGE = 24
MINE = ("lot", "inspection", "adjudication", "finding")  # kinds of which the list's page says what waits for its reader
FIRST = 8  # of that
RELATED = ("case__rules", "case__unit", "case__process", "workshop", "contractor", "resubmits__case")
CHIPS = {
    LotState.DRAFT: ("waiting", "hourglass"),
    LotState.FROZEN: ("waiting", "lock"),
    LotState.COMMITTED: ("sealed", "lock"),
    LotState.REVEALED: ("waiting", "eye"),
    LotState.DRAWN: ("waiting", "draw"),
    LotState.VOID: ("none", "minus"),
}


def yours(person: Person) -> list[Row]:
    """What of the lots, their checks and what came of them this person is to do now, the most urgent first."""
    waits = queue.waiting_for(person).filter(case__kind__in=MINE)[:FIRST]
    return rows_of(read(list(waits)), grouped=False)


def chip_of(lot: Lot) -> dict[str, Any]:
    """Where the lot stands, as a word, a state and a shape."""
    if lot.case.state == Case.State.HELD:
        return {"words": lot.case.get_state_display(), "state": "held", "icon": "pause"}
    if lot.state == LotState.DECIDED:
        state = "accepted" if lot.accepted else "late"
        return {"words": lot.get_accepted_display(), "state": state, "icon": "check" if lot.accepted else "x"}
    state, icon = CHIPS.get(LotState(lot.state), ("waiting", "hourglass"))
    return {"words": lot.get_state_display(), "state": state, "icon": icon}


@never_cache
@require_safe
def lots(request: HttpRequest) -> HttpResponse:
    """By month, newest first."""
    person = _person(request)
    found = Lot.objects.visible_to(person).select_related("case__unit", "workshop", "contractor", "resubmits__case")
    found = found.annotate(frame=Count("jobs", filter=Q(jobs__withdrawn_at=None)))
    firms = Unit.objects.filter(pk__in=Lot.objects.visible_to(person).order_by().values("contractor")).order_by("code")
    firm = request.GET.get("contractor", "")
    if firm:
        found = found.filter(contractor__code=firm)
    page = Paginator(found.order_by("-month", "contractor__path", "-pk"), PAGE).get_page(request.GET.get("page"))
    steps = Step.objects.filter(case__in=[one.case_id for one in page], closed_at=None)
    at = {step.case_id: step for step in steps}
    context = {
        "page": page,
        "mine": yours(person) if page.number == 1 and not firm else [],
        "rows": [{"lot": one, "chip": chip_of(one), "step": at.get(one.case_id)} for one in page],
        "firms": firms,
        "firm": firm,
        "leads": [held.path for held in held_by(person) if held.role == Role.AUDIT_LEAD],
        "outside": person.unit.at_level(UnitKind.CONTRACTOR) is not None,
    }
    return render(request, "lots/lots.html", context)


@never_cache
@require_safe
def lot(request: HttpRequest, number: str) -> HttpResponse:
    person = _person(request)
    found = readable(person, number)
    told = history.of(found.case)
    step = told.present.step if told.present else None
    leads = acts.may_lead(person, found)
    context = {
        "lot": found,
        "case": found.case,
        "board": Board(found, step, person),
        "chip": chip_of(found),
        "stations": picture.of(told).stations,
        "present": told.present,
        "item": open_item(person, found.case),
        "leads": leads,
        "may_waive": waiving.may_ask(person, found.case),
        "may_withdraw": leads and acts.may_withdraw(found),
        "outside": person.unit.at_level(UnitKind.CONTRACTOR) is not None,
        "inspection": standing.of(found.workshop, found.contractor),
        "resubmitted": Lot.objects.filter(resubmits=found).select_related("case").first(),
    }
    return render(request, "lots/lot.html", context)


@never_cache
@require_safe
def draw_page(request: HttpRequest, number: str) -> HttpResponse:
    """The ceremony as the parties look at it together, and the record of it ever after."""
    return render(request, "lots/draw.html", _ceremony(request, number))


@never_cache
@require_safe
def draw_live(request: HttpRequest, number: str) -> HttpResponse:
    """What of the ceremony's page moves, asked again every few seconds while it is under way."""
    return render(request, "lots/_ceremony.html", _ceremony(request, number))


def _ceremony(request: HttpRequest, number: str) -> dict[str, Any]:
    person, found = _person(request), published(_person(request), number)
    told = history.of(found.case)
    step = told.present.step if told.present else None
    return {
        "lot": found,
        "case": found.case,
        "board": Board(found, step, person),
        "chip": chip_of(found),
        "stations": picture.of(told).stations,
        "present": told.present,
        "item": open_item(person, found.case),
        "live": found.case.state == Case.State.OPEN,
        "qr": segno.make(_address(request, found), error="m").svg_inline(scale=3, border=2, omitsize=True),
        "address": _address(request, found),
        "reads_lot": Lot.objects.visible_to(person).filter(pk=found.pk).exists(),
    }


@never_cache
@require_safe
def draw_record(request: HttpRequest, number: str) -> HttpResponse:
    found = published(_person(request), number)
    answer = JsonResponse(record_of(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{found.case.number}.json"'
    return answer


@require_safe
def redraw_program(request: HttpRequest) -> FileResponse:
    """The program that repeats a record, as it runs here."""
    return FileResponse(
        Path(redraw.__file__).open("rb"), as_attachment=True, filename="redraw.py", content_type="text/x-python"
    )


def readable(person: Person, number: str) -> Lot:
    found: Lot = get_object_or_404(Lot.objects.visible_to(person).select_related(*RELATED), case__number=number)
    return found


def published(person: Person, number: str) -> Lot:
    found = Lot.objects.published_to(person).select_related(*RELATED).filter(case__number=number).first()
    if found is None:
        raise Http404(number)
    return found


def open_item(person: Person, case: Case) -> WorkItem | None:
    """What waits for this person in the lot."""
    pools = Q(person=person)
    for held in held_by(person):
        pools |= Q(person=None, role=held.role, unit=held.unit_id)
    return WorkItem.objects.filter(pools, case=case, state=WorkItem.State.OPEN).select_related("step").first()


def _address(request: HttpRequest, lot: Lot) -> str:
    return request.build_absolute_uri(reverse("draw_record_page", args=[lot.case.number]))


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
