"""The cases of one kind: mine, and all that I may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from workflows.engine import kinds, queue
from workflows.engine.api.paging import cursor_of, read_cursor
from workflows.engine.models import Case, CaseParty, Step
from workflows.engine.views.rows import lines_of, standing_of
from workflows.organisation.access import signed_in
from workflows.organisation.api import Refusal
from workflows.organisation.models import Person

PAGE = 50


@signed_in
@require_safe
def case_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Filed last first, by keyset. The address says whose (tab), at which standing, with which words."""
    described, person = kinds.get(kind), request.user
    asked = Asked(request.GET, dict(described.standings))
    found = list(_cases(person, kind, asked)[: PAGE + 1])  # type: ignore[arg-type]
    shown = found[:PAGE]
    lines = lines_of(shown)
    more = cursor_of(shown[-1].filed_at, shown[-1].pk) if len(found) > PAGE else ""
    context = {
        "kind": described,
        "asked": asked,
        "rows": [{"case": c, "line": lines.get(c.pk), "chip": _chip(c), "step": _open_step(c)} for c in shown],
        "file_words": str(described.filing.heading) if described.filing else "",
        "file_url": reverse(f"file_{kind}") if described.filing else "",
        "counted_url": reverse(described.counted_at) if described.counted_at else "",
        "more": asked.address(after=more) if more else "",
    }
    return render(request, "engine/case_list.html", context)


class Asked:
    """What the address says; nonsense is left out."""

    def __init__(self, given: QueryDict, standings: dict[str, Any]) -> None:
        self.tab = "all" if given.get("tab") == "all" else "mine"
        self.q = given.get("q", "").strip()[:100]
        self.standing = given.get("standing", "") if given.get("standing") in standings else ""
        self.start = _key(given.get("after", ""))

    def address(self, **changes: str) -> str:
        query = QueryDict(mutable=True)
        named = {"tab": self.tab if self.tab != "mine" else "", "q": self.q, "standing": self.standing} | changes
        for name, value in named.items():
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.standing)


def _cases(person: Person, kind: str, asked: Asked) -> QuerySet[Case]:
    found: QuerySet[Case] = Case.objects.visible_to(person).filter(kind=kind)
    if asked.tab == "mine":
        mine = CaseParty.objects.filter(person=person).values("case")
        found = found.filter(Q(author=person) | Q(pk__in=mine))
    if asked.standing:
        found = found.filter(standing=asked.standing)
    if asked.q:
        found = queue.matching(found, asked.q, case="")
    steps = Prefetch("steps", Step.objects.filter(closed_at=None), to_attr="open_steps")
    if asked.start is not None:
        moment, pk = asked.start
        found = found.filter(Q(filed_at__lt=moment) | Q(filed_at=moment, pk__lt=pk))
    return found.select_related("unit", "author").prefetch_related(steps).order_by("-filed_at", "-pk")


def _key(cursor: str) -> tuple[datetime, int] | None:
    """The row that the page before ended with; None at the beginning and for nonsense."""
    try:
        moment, pk = read_cursor(cursor)
    except Refusal:
        return None
    return (moment, pk) if moment else None


def _open_step(case: Case) -> dict[str, Any] | None:
    step: Step | None = next(iter(case.open_steps), None)  # type: ignore[attr-defined]
    if step is None:
        return None
    node = kinds.kind_of(case).flow.instance.node(step.node)
    return {"title": node.task_title, "step": step, "by_days": node.by_days}


def _chip(case: Case) -> dict[str, str]:
    back = any(step.returned_by_id for step in case.open_steps)  # type: ignore[attr-defined]
    return standing_of(case, back=back)
