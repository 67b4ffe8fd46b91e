"""An entry says whose act it was under one of two names. A third would close a contractor's own acts to them, unseen:
so every name that the business apps give to somebody's number is known here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from workflows.engine.outside import WHOSE

ROOT = Path(__file__).parents[2]
# Whom an entry names besides, or the number as a form, an answer of the API or a record shows it; no act of theirs.
OTHERS = {"answers", "for", "from", "inspector", "leader", "person", "rectifier", "supervisor", "to"}


def named(path: Path) -> Iterator[str]:
    """Under which names this file hands on somebody's number: `by=actor.employee_no`, `{"by": actor.employee_no}`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            pairs = [(word.arg, word.value) for word in node.keywords if word.arg]
        elif isinstance(node, ast.Dict):
            keys = zip(node.keys, node.values, strict=True)
            pairs = [(key.value, value) for key, value in keys if isinstance(key, ast.Constant)]
        else:
            continue
        for name, value in pairs:
            bare = value.body if isinstance(value, ast.IfExp) else value
            if isinstance(bare, ast.Attribute) and bare.attr == "employee_no":
                yield str(name)


def test_an_act_is_its_persons_under_a_known_name() -> None:
    found = {name for path in (ROOT / "maintenance_audit").rglob("*.py") for name in named(path)}
    assert set(WHOSE) <= found, "the walk finds nothing any more"
    assert found <= {*WHOSE, *OTHERS}
