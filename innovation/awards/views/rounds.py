"""Rounds: the list, and one round as its officer and its readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from innovation.awards import kind as award_kind
from innovation.awards import selecting
from innovation.awards.access import may_read_list
from innovation.awards.board import Board
from innovation.awards.models import AwardRound, Seat
from workflows.engine import history, picture
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.organisation.models import Person
from workflows.organisation.roles import held_by

PAGE = 24


@dataclass(frozen=True)
class Station:
    label: str
    state: str
    at: datetime | None  # when it was over, or is due


@never_cache
@require_safe
def award_rounds(request: HttpRequest) -> HttpResponse:
    """By workshop and month, newest first."""
    found = AwardRound.objects.visible_to(_person(request)).select_related("case", "workshop")
    counted = found.annotate(
        standing=Count("candidates", filter=Q(candidates__out="")),
        awards=Count("candidates", filter=~Q(candidates__grade="") & Q(
            candidates__out="", candidates__waits=False, candidates__void_at=None, announced_at__isnull=False
        )),
    )  # fmt: skip
    page = Paginator(counted.order_by("-month", "workshop__path"), PAGE).get_page(request.GET.get("page"))
    steps = Step.objects.filter(case__in=[one.case_id for one in page], closed_at=None).order_by("pk")
    at = {step.case_id: step for step in steps}
    rows = [
        {"round": one, "step": at.get(one.case_id), "chip": award_kind.chip_of(one, at.get(one.case_id))}
        for one in page
    ]
    return render(request, "awards/round_list.html", {"page": page, "rows": rows})


@never_cache
@require_safe
def award_round(request: HttpRequest, number: str) -> HttpResponse:
    person = _person(request)
    round = readable_round(person, number)
    told = history.of(round.case)
    selects = selecting.may_select(person, round)
    context = {
        "round": round,
        "case": round.case,
        "board": Board(round, request.GET.get("page")),
        "stations": _stations(told),
        "present": told.present,
        "chip": award_kind.chip_of(round, told.present.step if told.present else None),
        "filed": next((d for d in told.decisions if d.verb == "file"), None),
        "subject": f"case:{round.case_id}",
        "item": _open_item(person, round.case),
        "judges": Seat.objects.filter(round=round, person=person).exists(),
        "reads_list": may_read_list(person, round),
        "may_put_in": selects and selecting.may_put_in(round),
        "may_take_out": selects and selecting.may_take_out(round),
    }
    return render(request, "awards/round.html", context)


def readable_round(person: Person, number: str) -> AwardRound:
    visible = AwardRound.objects.visible_to(person)
    visible = visible.select_related("case__rules", "case__unit", "case__process", "workshop", "checkpoint")
    return get_object_or_404(visible, case__number=number)


def _stations(told: history.History) -> list[Station]:
    found = []
    for station in picture.of(told).stations:
        step = station.last.step if station.last else None
        at = (step.closed_at or step.due_at) if step else None
        first: Decision | None = next((d for d in told.decisions if d.verb == "file"), None)
        if station.node == "file" and at is None and first is not None:
            at = first.decided_at
        found.append(Station(station.label, "done" if station.state == "stopped" else station.state, at))
    return found


def _open_item(person: Person, case: Case) -> WorkItem | None:
    """What waits for this person in the round; a judge's own marking has its own link."""
    pools = Q(person=person)
    for held in held_by(person):
        pools |= Q(person=None, role=held.role, unit=held.unit_id)
    waiting = WorkItem.objects.filter(pools, case=case, state=WorkItem.State.OPEN).exclude(step__node="scoring")
    return waiting.select_related("step").first()


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]
