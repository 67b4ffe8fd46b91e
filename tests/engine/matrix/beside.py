"""Acts of a kind that are no verbs of the engine: they leave the step and its task where they are, so they have a page
and a service of their own. docs/verbs.md names them below the kind's table."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse


class Act(NamedTuple):
    """`view`: its page's URL name; `operation`: the API's, where there is one. `held`: the test that tries it."""

    what: str
    steps: str
    who: str
    view: str
    operation: str
    held: str


ACTS: dict[str, tuple[Act, ...]] = {
    "finding": (
        Act(
            "reply late", "confirmation", "the firm's people, until it is decided; marked as late", "finding_reply", "",
            "tests/findings/test_bad_luck.py",
        ),
        Act(
            "ask for more time", "rectification",
            "whoever of the firm puts it right, once a round, until its day is over; not while held",
            "finding_extension", "ask_extension", "tests/findings/test_more_time.py",
        ),
        Act(
            "grant or refuse more time", "rectification",
            "whoever ordered it, else a lead who is not concerned; until it is handed in, not while held. A day that "
            "is granted moves the step's clock", "finding_extension_answer", "answer_extension",
            "tests/findings/test_more_time.py",
        ),
    ),
}  # fmt: skip


def section(kind: str) -> str:
    acts = ACTS.get(kind, ())
    if not acts:
        return ""
    head = "\nBeside the verbs, by a page and a service of its own; step and task stay where they are:\n\n"
    rows = [
        f"| {act.what} | {act.steps} | {act.who} | `{page_of(act)}` | {_code(operation_of(act))} | `{act.held}` |"
        for act in acts
    ]
    return head + "\n".join(["| | at | who | page | API | tried by |", "|---|---|---|---|---|---|", *rows]) + "\n"


def page_of(act: Act) -> str:
    return reverse(act.view, args=["NUMBER"])


def operation_of(act: Act) -> str:
    """`POST /api/…`, as the API describes itself."""
    from config.api import api

    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, one in operations.items():
            if act.operation and one.get("operationId") == act.operation:
                return f"{method.upper()} {path}"
    assert not act.operation, f"the API has no {act.operation}"
    return ""


def _code(words: str) -> str:
    return f"`{words}`" if words else "–"
