"""The first page: what to do now, then what of mine has moved, numbers last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.engine import kinds, withholding
from workflows.engine.heads import CAP
from workflows.engine.keeping.keepers import keeps_plant
from workflows.engine.models import Case, Decision, Step
from workflows.engine.views.calendar import missing
from workflows.engine.views.rows import came_back, standing_of
from workflows.ledger.clock import now
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, Role, Unit
from workflows.organisation.roles import Held, held_by, holds
from workflows.site import todo
from workflows.site.moments import day_words, weekday
from workflows.site.verbs import said

MOST_OF_MINE = 4


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    local = timezone.localtime(now())
    context = {
        "greeting": greeting(local.hour) % {"name": person.name},
        "day": _("%(weekday)s %(day)s") % {"day": day_words(local.date()), "weekday": weekday(local.date())},
        "todo": todo.urgent(person),
        "mine": mine(person),
        "unsent": [begun for kind in kinds.all_kinds() for begun in kind.unsent(person)],
        "year": year(person, local.year),
        "watch": watched(person),
        **_calendar(person),
    }
    return render(request, "site/home.html", context)


def _calendar(person: Person) -> dict[str, Any]:
    """A year that the plant calendar lacks is said loudly to whoever administers."""
    if not holds(person, Role.ADMINISTRATOR) or not (gaps := missing()):
        return {}
    return {"missing": gaps, "may_import": keeps_plant(person)}


def greeting(hour: int) -> str:
    if hour < 5:
        return _("It is late, %(name)s")
    if hour < 11:
        return _("Good morning, %(name)s")
    if hour < 13:
        return _("Good day, %(name)s")
    return _("Good afternoon, %(name)s") if hour < 18 else _("Good evening, %(name)s")


@dataclass(frozen=True)
class Mine:
    """A case of mine and the last thing that somebody said about it."""

    case: Case
    standing: str
    state: str
    last: Decision | None
    said: str


def mine(person: Person) -> list[Mine]:
    """My cases, the one that moved last first. Three statements, however many there are."""
    cases = list(Case.objects.filed_by(person).order_by("-moved_at")[:MOST_OF_MINE])
    return _all_told(cases)


def _all_told(cases: list[Case]) -> list[Mine]:
    last = last_decisions(case.pk for case in cases)
    back = came_back(cases)
    return [_told(case, last.get(case.pk), back=case.pk in back) for case in cases]


def last_decisions(case_ids: Iterable[int]) -> dict[int, Decision]:
    found = (
        Decision.objects.filter(case__in=list(case_ids), actor__isnull=False)
        .exclude(verb__in=["claim", "release", "file"])
        .order_by("case_id", "-decided_at", "-pk")
        .distinct("case_id")
        .select_related("actor")
    )
    return {decision.case_id: decision for decision in found}


def _told(case: Case, last: Decision | None, *, back: bool) -> Mine:
    chip = standing_of(case, back=back)
    return Mine(case, chip["words"], chip["state"], last, said(last.verb) if last else "")


@dataclass(frozen=True)
class Watch:
    """What an observer looks over: where, how much of it is late, what moved last."""

    where: str
    late: str
    moved: list[Mine]


def watched(person: Person) -> Watch | None:
    """For an observer; five statements, none for others."""
    held = [h for h in held_by(person) if h.role == Role.OBSERVER]
    if not held:
        return None
    under = reduce(or_, (Q(unit__path__startswith=h.path) for h in held))
    cases = list(Case.objects.open_to_view(person).filter(under, imported=False).order_by("-moved_at")[:MOST_OF_MINE])
    units = Unit.objects.filter(pk__in=[h.unit_id for h in held]).order_by("path").values_list("name", flat=True)
    return Watch(_(", ").join(units), _late_under(person, held), _all_told(cases))


def _late_under(person: Person, held: list[Held]) -> str:
    """Counted up to CAP."""
    below = reduce(or_, (Q(case__unit__path__startswith=h.path) for h in held))
    steps = Step.objects.filter(below, closed_at=None, due_at__lt=now(), case__reserved=False)
    if (withheld := withholding.of(person)) is not None:
        steps = steps.exclude(case__in=Case.objects.filter(withheld).order_by().values("pk"))
    late = len(steps.values_list("pk")[:CAP])
    return f"{CAP}+" if late >= CAP else str(late)


@dataclass(frozen=True)
class Year:
    filed: int
    under_way: int
    decided: int
    since: datetime


def year(person: Person, number: int) -> Year:
    since = timezone.make_aware(datetime(number, 1, 1))  # noqa: DTZ001
    states = dict(
        Case.objects.filed_by(person).filter(filed_at__gte=since).order_by().values_list("state").annotate(Count("pk"))
    )
    decided = Decision.objects.filter(actor=person, decided_at__gte=since, item__isnull=False).exclude(verb="claim")
    under_way = sum(n for state, n in states.items() if state != Case.State.CLOSED)
    return Year(sum(states.values()), under_way, decided.values("case").distinct().count(), since)
