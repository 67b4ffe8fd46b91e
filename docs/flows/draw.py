"""Draw docs/flows/proposal.svg and proposal.md from the flow that runs.

    .venv/bin/python docs/flows/draw.py

Boxes and lines are laid out by hand, because people read them; which ways there are, the flow says. A way that is
missing here, or drawn here and not there, ends the drawing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
WIDTH, HEIGHT = 1110, 560
HALF_WIDTH, HALF_HEIGHT = 74, 26
Ways = set[tuple[str, str]]

# In the order of the story.
PLACES = {
    "file": (80, 210), "revision": (80, 300),
    "team_review": (270, 210), "section_review": (480, 210), "workshop_review": (690, 210),
    "rejection": (270, 50), "appeal_panel": (900, 210), "rejected": (80, 50),
    "arrangement": (270, 430), "implementation": (450, 430), "effect_report": (630, 430),
    "finance_check": (820, 395), "chief_check": (820, 465), "verified": (1010, 430),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A path as drawn, and the ways of the flow that it stands for; a returned case's ways are not the flow's."""

    path: str
    ways: str = ""
    returned: bool = False

    def all_ways(self) -> Ways:
        return {(a, b) for way in self.ways.split() for a, b in [way.split(">")]}


LINES = [
    Line("M154 210H196", "file>team_review"),
    Line("M80 184V150H455V184", "file>section_review"),
    Line("M455 150H665V184", "file>workshop_review"),
    Line("M80 274V236", "revision>team_review revision>section_review revision>workshop_review"),
    Line("M344 210H406", "team_review>section_review"),
    Line("M554 210H616", "section_review>workshop_review"),
    Line("M920 184V120H270V76", "appeal_panel>rejection team_review>rejection"),
    Line("M290 184V120", "team_review>rejected"),
    Line("M480 184V120", "section_review>rejection section_review>rejected"),
    Line("M690 184V120", "workshop_review>rejection workshop_review>rejected"),
    Line("M270 120H80V76", "appeal_panel>rejected"),
    Line("M196 50H154", "rejection>rejected"),
    Line("M344 50H510V184", "rejection>section_review"),
    Line("M510 50H720V184", "rejection>workshop_review"),
    Line("M720 50H880V184", "rejection>appeal_panel"),
    Line("M290 236V360H270V404", "team_review>arrangement"),
    Line("M500 236V360H270", "section_review>arrangement"),
    Line("M710 236V360H500", "workshop_review>arrangement"),
    Line("M920 236V360H710", "appeal_panel>arrangement"),
    Line("M344 430H376", "arrangement>implementation"),
    Line("M524 430H556", "implementation>effect_report"),
    Line("M704 430H725V395H746", "effect_report>finance_check"),
    Line("M725 430V465H746", "effect_report>chief_check"),
    Line("M894 395H925V430H936", "finance_check>verified"),
    Line("M894 465H925V430", "chief_check>verified"),
    Line("M880 236V300H154", returned=True),
    Line("M670 236V300", returned=True),
    Line("M460 236V300", returned=True),
    Line("M250 236V300", returned=True),
    Line("M894 408H905V520H630V456", returned=True),
    Line("M894 478H905", returned=True),
    Line("M630 520H450V456", returned=True),
    Line("M450 520H270V456", returned=True),
]
WORDS = [
    (560, 42, "start", "申诉一次，由没办过的人审 · one appeal, decided by others"),
    (530, 113, "start", "驳回 · rejected"),
    (298, 143, "start", "不在班组的 · not in a team"),
    (88, 100, "start", "申诉后 · after an appeal"),
    (375, 203, "middle", "上报 · up"),
    (585, 203, "middle", "上报 · up"),
    (162, 318, "start", "退回：给提案人，或走过的任一步 · returned to the author, or to any step it has been through"),
    (284, 378, "start", "同意，在权限内：采纳 · approved: accepted"),
    (722, 389, "end", "超过界限 · above"),
    (722, 482, "end", "以下 · up to it"),
    (280, 538, "start", "退回：给做过的任一步 · returned to any work since the acceptance"),
]
STYLE = (
    "text{font:12px system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;fill:#3d4852}"
    ".t{font-size:14px;font-weight:600;fill:#1d2429;text-anchor:middle}.e{font-size:10.5px;text-anchor:middle}"
    "rect{fill:#fff;stroke:#8a949c;stroke-width:1.5}.end{fill:#eef1f3}.in{fill:#fbece4;stroke:#a3431a}"
    "path{fill:none;stroke:#6b7780;stroke-width:1.5}.r{stroke:#8a6100;stroke-dasharray:5 4}"
    ".w{paint-order:stroke;stroke:#fff;stroke-width:4px}"
)


def told(flow: Any) -> dict[str, Any]:
    """The steps that people take, the beginning and the ends; gates and machine steps are passed through."""
    from workflows.engine.nodes import CaseEnd, HumanStep

    return {n.name: n for n in flow.instance.nodes() if n.name == "file" or isinstance(n, HumanStep | CaseEnd)}


def reached(node: Any, names: set[str]) -> Iterator[str]:
    seen, queue = {node.name}, [edge.dst for edge in node._outgoing()]
    while queue:
        following = queue.pop(0)
        if following.name in seen:
            continue
        seen.add(following.name)
        if following.name in names:
            yield following.name
        else:
            queue += [edge.dst for edge in following._outgoing()]


def check(found: Ways) -> None:
    drawn = {way for line in LINES for way in line.all_ways()}
    wrong = [f"not drawn: {a} > {b}" for a, b in sorted(found - drawn)]
    wrong += [f"not in the flow: {a} > {b}" for a, b in sorted(drawn - found)]
    if wrong:
        sys.exit("\n".join(wrong))


def box(name: str, chinese: str, english: str) -> str:
    x, y = PLACES[name]
    look = "end" if name in ("verified", "rejected") else "in" if name == "file" else ""
    radius = 26 if look else 8
    return (
        f'<rect class="{look}" x="{x - HALF_WIDTH}" y="{y - HALF_HEIGHT}" width="{2 * HALF_WIDTH}" '
        f'height="{2 * HALF_HEIGHT}" rx="{radius}"/><text class="t" x="{x}" y="{y - 3}">{escape(chinese)}</text>'
        f'<text class="e" x="{x}" y="{y + 15}">{escape(english)}</text>'
    )


def line(one: Line) -> str:
    look, head = (' class="r"', "b") if one.returned else ("", "a")
    return f'<path{look} d="{one.path}" marker-end="url(#{head})"/>'


def picture(titles: dict[str, tuple[str, str]]) -> str:
    marker = (
        '<marker id="{}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" style="fill:{};stroke:none;stroke-dasharray:none"/></marker>'
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="创新提案的流程 · The flow of a proposal"><style>{STYLE}</style>',
        f"<defs>{marker.format('a', '#6b7780')}{marker.format('b', '#8a6100')}</defs>",
        f'<rect x="0" y="0" width="{WIDTH}" height="{HEIGHT}" style="stroke:none"/>',
        *(line(one) for one in LINES),
        *(box(name, *titles[name]) for name in PLACES),
        *(f'<text class="w" x="{x}" y="{y}" text-anchor="{a}">{escape(words)}</text>' for x, y, a, words in WORDS),
        "</svg>\n",
    ]
    return "\n".join(parts)


def page(titles: dict[str, tuple[str, str]], found: Ways) -> str:
    rows = []
    for name in PLACES:
        to = [f"{titles[b][0]} · {titles[b][1]}" for b in PLACES if (name, b) in found]
        rows.append(f"| {titles[name][0]} · {titles[name][1]} | {'<br>'.join(to) or '结束 · end'} |")
    head = [
        "# 创新提案的流程 · The flow of a proposal",
        "",
        "![流程图 · The flow](proposal.svg)",
        "",
        "由 `docs/flows/draw.py` 写出。退回另有规矩：审的人可以退给提案人或走过的任一步；"
        "核定的人可以退给采纳以后做过的任一步；补好后直接回来，或再走一遍，由退回的人定。",
        "",
        "Written by `docs/flows/draw.py`. Returns come besides: a reviewer may return to the author or to any step "
        "that the case has been through, a verifier to any work since the acceptance; it comes back, or walks again, "
        "as the returner picks.",
        "",
        "| 步骤 · Step | 下一步 · Leads to |",
        "|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ASSAY_TESTING", "1")
    import django

    from config import messages

    messages.compile_stale()
    django.setup()
    from django.utils import translation

    from innovation.proposals.flow import ProposalFlow

    nodes = told(ProposalFlow)
    found = {(name, to) for name, node in nodes.items() for to in reached(node, set(nodes))}
    check(found)
    titles: dict[str, tuple[str, str]] = {}
    for name, node in nodes.items():
        with translation.override("zh-hans"):
            chinese = str(node.task_title)
        with translation.override("en"):
            titles[name] = (chinese, str(node.task_title))
    (FOLDER / "proposal.svg").write_text(picture(titles), "utf-8")
    (FOLDER / "proposal.md").write_text(page(titles, found), "utf-8")


if __name__ == "__main__":
    main()
