"""The flow of a kind as a picture, from the very nodes that run, and as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.engine import flow_layout, kinds
from workflows.engine.models import Case, Step
from workflows.engine.nodes import CaseEnd, HumanStep
from workflows.engine.views.case import find
from workflows.organisation.access import signed_in

LINE = 21  # columns of a box; a Chinese character takes two


@dataclass(frozen=True)
class Box:
    """A place as drawn. `state`: done, now or nothing; `round`: the beginning and the ends."""

    x: int
    y: int
    lines: list[tuple[int, str]]
    state: str
    round: bool

    width, height = flow_layout.BOX, flow_layout.HEIGHT

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@signed_in
@require_safe
def flow_picture(request: HttpRequest, kind: str) -> HttpResponse:
    described = next((k for k in kinds.all_kinds() if k.name == kind), None)
    if described is None:
        raise Http404(kind)
    case = _case(request, kind)
    been, at = _places(case)
    told = _told(described.flow)
    layout = flow_layout.lay_out([node.name for node in told], _ways(told))
    context = {
        "kind": described,
        "case": case,
        "boxes": [_box(node, n, layout, been, at) for n, node in enumerate(told)],
        "layout": layout,
        "nodes": _nodes(described, been, at),
    }
    return render(request, "engine/flow.html", context)


def _case(request: HttpRequest, kind: str) -> Case | None:
    number = request.GET.get("case", "")
    if not number:
        return None
    case = find(request.user, number)  # type: ignore[arg-type]
    if case.kind != kind:
        raise Http404(number)
    return case


def _places(case: Case | None) -> tuple[set[str], str]:
    """The nodes where the case has been, and where it is."""
    if case is None:
        return set(), ""
    steps = list(Step.objects.filter(case=case).values_list("node", "closed_at"))
    at = next((node for node, closed in steps if closed is None), "")
    return {"file", *(node for node, _closed in steps)}, at


def _told(flow: Any) -> list[Any]:
    """What people know of the flow, in the order in which its file tells the story: beginning, their steps, ends."""
    nodes = [n for n in flow.instance.nodes() if isinstance(n, HumanStep | CaseEnd) or n.name == "file"]
    declared = list(vars(flow))
    return sorted(nodes, key=lambda node: (isinstance(node, CaseEnd), declared.index(node.name)))


def _ways(told: list[Any]) -> dict[tuple[str, str], bool]:
    """Each way between them through gates and machine steps, and whether it is a rejection."""
    found: dict[tuple[str, str], bool] = {}
    for node in told:
        refused = getattr(node, "_rejected", None)
        for edge in node._outgoing():
            for following in _first_told(edge.dst):
                way, no = (node.name, following.name), edge.dst is refused
                found[way] = found.get(way, True) and no
    return found


def _box(node: Any, n: int, layout: flow_layout.Layout, been: set[str], at: str) -> Box:
    lines, top = wrapped(str(node.task_title)), layout.top(n)
    first = top + flow_layout.HEIGHT // 2 + 5 - (len(lines) - 1) * 9
    state = "now" if node.name == at else "done" if node.name in been else ""
    placed = [(first + k * 18, line) for k, line in enumerate(lines)]
    return Box(layout.left, top, placed, state, node.name == "file" or isinstance(node, CaseEnd))


def wrapped(title: str) -> list[str]:
    """The title in lines that fit the box; Chinese may break anywhere, English between words."""
    lines, line, used = [], "", 0
    for part in title.split(" ") if title.isascii() else list(title):
        size = sum(2 if east_asian_width(c) in "WF" else 1 for c in part)
        space = 1 if line and title.isascii() else 0
        if line and used + space + size > LINE:
            lines.append(line)
            line, used, space = "", 0, 0
        line, used = line + " " * space + part, used + space + size
    return [*lines, line] if line else lines


def _nodes(kind: kinds.CaseKind, been: set[str], at: str) -> list[dict[str, Any]]:
    """The same as text: the steps that people take and the ends, first things first, with where each leads."""
    found = []
    for node in _told(kind.flow):
        if not isinstance(node, HumanStep | CaseEnd):
            continue
        to = dict.fromkeys(str(n.task_title) for n in _next_told(node))
        state = "now" if node.name == at else "done" if node.name in been else ""
        end = isinstance(node, CaseEnd)
        found.append({"title": node.task_title, "to": _(", ").join(to), "state": state, "end": end})
    return found


def _next_told(node: Any) -> list[Any]:
    """The steps and ends reached from here through gates and machine steps."""
    return [found for edge in node._outgoing() for found in _first_told(edge.dst)]


def _first_told(node: Any) -> list[Any]:
    found, seen, queue = [], set(), [node]
    while queue:
        following = queue.pop(0)
        if following.name in seen:
            continue
        seen.add(following.name)
        if isinstance(following, HumanStep | CaseEnd):
            found.append(following)
        else:
            queue += [edge.dst for edge in following._outgoing()]
    return found
