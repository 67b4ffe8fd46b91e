"""Every verb at every human step of every registered flow, plain, in an any-of, an all-of and a vote, after a return
and by a substitute, through the page and through the API. docs/verbs.md is written from the same run."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.matrix import page
from tests.engine.matrix.cells import Matrix
from tests.engine.matrix.guides import GUIDES
from tests.engine.matrix.scenes import human_steps, people_the_plant
from tests.plant import Plant
from workflows.engine import kinds

pytestmark = [pytest.mark.django_db, pytest.mark.prove]


@pytest.fixture(autouse=True)
def quiet(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A thousand refusals are expected here; nobody wants to read them in the log."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", [kind.name for kind in kinds.all_kinds()])
def test_every_verb_at_every_step(name: str, plant: Plant, record_property: Callable[[str, object], None]) -> None:
    assert name in GUIDES, f"tell the matrix how a {name} is filed: tests/engine/matrix/guides.py"
    people_the_plant(plant)
    GUIDES[name].begin(plant)
    matrix, kind = Matrix(plant), kinds.get(name)
    assert matrix.walk(kind) == {node.name for node in human_steps(kind)}
    text = page.section(kind, matrix.facts)
    if os.environ.get("ASSAY_WRITE"):
        page.put(kind, text)
    assert not matrix.wrong, f"{len(matrix.wrong)} of {matrix.tried} cells:\n" + "\n".join(matrix.wrong)
    assert page.stands(kind, text), "run this test with ASSAY_WRITE=1 and read what has changed in docs/verbs.md"
    record_property("proved", f"{matrix.tried} cells of {name}, each works or is refused for its stated reason")
