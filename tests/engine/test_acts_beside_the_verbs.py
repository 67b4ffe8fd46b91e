"""docs/verbs.md names what a kind offers beside the engine's verbs, and every page of that sort is named."""

from __future__ import annotations

from pathlib import Path

from maintenance_audit.findings.urls import urlpatterns
from tests.engine.matrix import beside, page

ROOT = Path(__file__).parents[2]
READ = {"finding_list", "finding_sheet", "finding"}


def test_each_is_in_the_page_with_its_door_and_the_test_that_tries_it() -> None:
    text = page.PAGE.read_text("utf-8")
    for kind, acts in beside.ACTS.items():
        assert beside.section(kind) in text, "run test_verb_matrix.py with ASSAY_WRITE=1"
        for act in acts:
            assert act.view in (ROOT / act.held).read_text("utf-8")


def test_every_act_on_a_finding_is_named() -> None:
    assert {one.name for one in urlpatterns} == READ | {act.view for act in beside.ACTS["finding"]}
