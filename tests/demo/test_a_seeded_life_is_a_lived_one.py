"""The invented lives follow the flow: each is lived again through the engine, and the rows are compared."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.demo.lived import live_again, record_of
from workflows.engine.models import Case, Decision

pytestmark = pytest.mark.django_db

EACH = 2  # of every path that the seeded plant has


def paths() -> dict[str, list[int]]:
    """The proposals by the path they went: nodes and verbs in order. Award rounds are run, not written."""
    told: dict[int, list[str]] = defaultdict(list)
    decided = Decision.objects.filter(case__kind="proposal").order_by("case", "ledger_seq")
    rows = decided.values_list("case_id", "step__node", "verb")
    for case, node, verb in rows:
        told[case].append(f"{node}:{verb}" if node else verb)
    found: dict[str, list[int]] = defaultdict(list)
    for case_id, words in told.items():
        found[" ".join(words)].append(case_id)
    return found


def differences(seeded: Any, lived: Any, at: str = "") -> list[str]:
    """Where two records differ, and how."""
    if isinstance(seeded, dict) and isinstance(lived, dict):
        names = seeded.keys() | lived.keys()
        return [line for n in sorted(names) for line in differences(seeded.get(n), lived.get(n), f"{at}.{n}")]
    if isinstance(seeded, list) and isinstance(lived, list) and len(seeded) == len(lived):
        pairs = enumerate(zip(seeded, lived, strict=True))
        return [line for n, (s, v) in pairs for line in differences(s, v, f"{at}[{n}]")]
    return [] if seeded == lived else [f"{at}: seeded {seeded!r}, lived {lived!r}"]


def test_seeded_and_lived_are_alike_column_by_column(seeded: Path) -> None:
    found = paths()
    assert len(found) >= 12
    wrong = []
    for path, ids in found.items():
        for case in Case.objects.filter(pk__in=ids[:EACH]):
            unlike = differences(record_of(case), record_of(live_again(case)))
            wrong += [f"{case.number} {path}", *unlike] if unlike else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("verb", ["return", "reject", "lapse"])
def test_the_seeded_lives_have_troubles_too(seeded: Path, verb: str) -> None:
    assert Decision.objects.filter(verb=verb).exists()
