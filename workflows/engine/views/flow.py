"""The flow of a kind as a picture, laid out by Viewflow from the very nodes that run, and as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from viewflow.workflow import chart

from workflows.engine import kinds
from workflows.engine.models import Case, Step
from workflows.engine.nodes import Act, CaseEnd, Fork, Gate, HumanStep
from workflows.engine.views.case import find
from workflows.organisation.access import signed_in

LINE = 18  # columns of a task's box; a Chinese character takes two


@dataclass(frozen=True)
class Box:
    """A node as drawn. `shape`: task, gate or event; `state`: done, now or nothing."""

    shape: str
    x: int
    y: int
    width: int
    height: int
    lines: list[tuple[int, str]]
    state: str

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def centre(self) -> int:
        return self.y + self.height // 2

    @property
    def radius(self) -> int:
        return min(self.width, self.height, 50) // 2

    @property
    def diamond(self) -> str:
        half = self.width // 2
        return f"M{self.middle} {self.y}l{half} {half} -{half} {half} -{half} -{half}z"


@signed_in
@require_safe
def flow_picture(request: HttpRequest, kind: str) -> HttpResponse:
    described = next((k for k in kinds.all_kinds() if k.name == kind), None)
    if described is None:
        raise Http404(kind)
    case = _case(request, kind)
    been, at = _places(case)
    grid = chart.calc_layout_data(described.flow)
    context = {
        "kind": described,
        "case": case,
        "boxes": [_box(cell, been, at) for cell in grid.cells],
        "edges": [" ".join(f"{x},{y}" for x, y in edge.segments) for edge in grid.edges],
        "width": max(cell.shape.x + cell.shape.width for cell in grid.cells) + 40,
        "height": max(cell.shape.y + cell.shape.height for cell in grid.cells) + 40,
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


def _box(cell: Any, been: set[str], at: str) -> Box:
    node, shape = cell.node, cell.shape
    kind = "gate" if isinstance(node, Gate | Fork) else "task" if isinstance(node, HumanStep | Act) else "event"
    # What is named for the code only stays without words; the ways between the named boxes say what it does.
    lines = wrapped(str(node.task_title)) if isinstance(node.task_title, Promise) else []
    top = shape.y + shape.height // 2 - (len(lines) - 1) * 8 + 4 if kind == "task" else shape.y + shape.height + 16
    state = "now" if node.name == at else "done" if node.name in been else "machine" if isinstance(node, Act) else ""
    placed = [(top + n * 16, line) for n, line in enumerate(lines)]
    return Box(kind, shape.x, shape.y, shape.width, shape.height, placed, state)


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
    for node in chart.topsort(kind.flow)[0]:
        if not isinstance(node, HumanStep | CaseEnd):
            continue
        to = dict.fromkeys(str(n.task_title) for n in _next_told(node))
        state = "now" if node.name == at else "done" if node.name in been else ""
        end = isinstance(node, CaseEnd)
        found.append({"title": node.task_title, "to": _(", ").join(to), "state": state, "end": end})
    return found


def _next_told(node: Any) -> list[Any]:
    """The steps and ends reached from here through gates and machine steps."""
    found, seen, queue = [], {node.name}, [edge.dst for edge in node._outgoing()]
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
