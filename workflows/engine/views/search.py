"""Search: a number, a title, two characters of anything, among what the person may read."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflows.engine import kinds, queue
from workflows.engine.heads import Key
from workflows.engine.models import Case
from workflows.engine.views import listing, rows
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person

MOST = 50


@signed_in
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    start = listing.read_key(request.GET.get("after", ""))
    found = _find(request.user, text, start) if text else []  # type: ignore[arg-type]
    shown = found[:MOST]
    more = listing.key(shown[-1].moved_at, shown[-1].pk) if len(found) > MOST else ""
    context = {"text": text, "groups": _groups(shown), "more": more, "begun": bool(start)}
    return render(request, "engine/search.html", context)


def _find(person: Person, text: str, start: Key | None) -> list[Case]:
    visible = Case.objects.visible_to(person).select_related("unit", "author")
    found = listing.behind(queue.matching(visible, text, case=""), start, by="moved_at")
    return list(found.order_by("-moved_at", "-pk")[: MOST + 1])


def _groups(found: list[Case]) -> list[dict[str, Any]]:
    """By kind, on each page, as they moved: last first."""
    lines, back = rows.lines_of(found), rows.came_back(found)
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in found:
        chip = rows.standing_of(case, back=case.pk in back)
        by_kind[case.kind].append({"case": case, "line": lines.get(case.pk), "chip": chip})
    return [{"label": kinds.get(name).label, "rows": shown} for name, shown in by_kind.items()]
