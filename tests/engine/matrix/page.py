"""docs/verbs.md: what each verb does at each step, written from the rules that the matrix has held the product to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.engine.matrix import beside
from tests.engine.matrix.rules import REASONS, RULES, Facts, Nothing, Refused, rule
from tests.engine.matrix.scenes import CONTEXTS
from workflows.engine.kinds import CaseKind

PAGE = Path(__file__).resolve().parents[3] / "docs" / "verbs.md"
WORKS = "●"
SAID = {
    "plain": "alone", "any": "any-of", "all": "all-of", "vote": "vote", "returned": "after a return",
    "substitute": "by a substitute",
}  # fmt: skip
NUMBERS = {name: str(number) for number, name in enumerate(REASONS, start=1)}

HEAD = f"""# 动词与环节 · Verbs and steps

Written by `tests/engine/test_verb_matrix.py` (`ASSAY_WRITE=1`), which tries the cells through the page and the API
(all of them in `make prove`, one in four in `make test`) and takes each back again. {WORKS}: it works, with its state,
decision, ledger entry, notices and names checked; a number: it is refused for that reason. Where a cell depends on how
the step is signed ({", ".join(SAID.values())}) or on the door, it says so; else it holds for all of
them. –: there is no such thing at that step.

| | Reason | page | API |
|--:|---|---|---|
"""


def legend() -> str:
    rows = [f"| {NUMBERS[name]} | {r.told or r.says} | {r.page} | {r.api} {r.code} |" for name, r in REASONS.items()]
    return HEAD + "\n".join(rows) + "\n"


def section(kind: CaseKind, facts: Mapping[tuple[str, str], Facts]) -> str:
    """One kind's table; a column a step, in the order of the flow."""
    steps = list(dict.fromkeys(node for node, _context in facts))
    head = f"## {kind.name}\n\n| |" + "".join(f" {step.replace('_', ' ')} |" for step in steps)
    lines = [head, "|---|" + "---|" * len(steps)]
    for row in RULES:
        cells = [_cell(row, {c: facts[step, c] for c in CONTEXTS if (step, c) in facts}) for step in steps]
        lines.append(f"| {row} |" + "".join(f" {cell} |" for cell in cells))
    return "\n".join(lines) + "\n" + beside.section(kind.name)


def _cell(row: str, facts: Mapping[str, Facts]) -> str:
    marks = {context: _mark(row, known) for context, known in facts.items()}
    usual = max(marks.values(), key=list(marks.values()).count)
    other = {mark: [SAID[c] for c, m in marks.items() if m == mark] for mark in marks.values() if mark != usual}
    return "; ".join([usual, *(f"{', '.join(where)} {mark}" for mark, where in other.items())])


def _mark(row: str, facts: Facts) -> str:
    page, api = (_one(row, replace(facts, door=door)) for door in ("page", "api"))
    return page if page == api else f"{page}, API {api}"


def _one(row: str, facts: Facts) -> str:
    what = rule(row, facts)
    if isinstance(what, Nothing):
        return "–"
    return NUMBERS[what.reason] if isinstance(what, Refused) else WORKS


def put(kind: CaseKind, text: str) -> None:
    """Write the legend and this kind's section; the other sections stay."""
    parts = _parts()
    parts[kind.name] = text
    PAGE.write_text("\n".join([legend(), *(parts[name] for name in sorted(parts, reverse=True))]), "utf-8")


def stands(kind: CaseKind, text: str) -> bool:
    written = PAGE.read_text("utf-8")
    return written.startswith(legend()) and _parts().get(kind.name) == text


def _parts() -> dict[str, str]:
    if not PAGE.exists():
        return {}
    sections = PAGE.read_text("utf-8").split("\n## ")[1:]
    return {s.split("\n")[0]: "## " + s.rstrip("\n") + "\n" for s in sections}
