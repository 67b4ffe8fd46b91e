"""What a run says about itself: the servers, the browser, what was not walked, and the page of proofs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config import proofs
from tests.start.processes import ROOT, python

STORY = """
import pytest

@pytest.mark.browser
def test_walked():
    pass

@pytest.mark.prove
def test_counted(in_full, record_property):
    record_property("proved", "1,000 rounds" if in_full else "50 rounds")
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """Outside the tests' own tree, and without a browser on PATH."""
    (tmp_path / "test_story.py").write_text(STORY)
    (tmp_path / "bin").mkdir()
    for name in ("git", "sh"):
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)
    return tmp_path


def run(story: Path, module: str, *arguments: str) -> str:
    extra = {"PATH": str(story / "bin"), "HOME": str(story), "PLAYWRIGHT_BROWSERS_PATH": str(story)}
    paths = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    with python("-m", module, *paths, *arguments, str(story / "test_story.py"), **extra) as process:
        assert process.stdout
        return process.stdout.read()


def test_without_a_browser_the_summary_says_what_was_not_walked(story: Path) -> None:
    said = run(story, "pytest")
    assert "PostgreSQL" in said and "started for this run" in said
    assert "NOT TESTED for want of a browser: 1 tests" in said
    assert said.rstrip().splitlines()[-1].strip("= ").startswith("1 passed, 1 skipped")


def test_the_page_of_proofs_holds_counts_results_and_the_machine(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase name="test_one_decision_each_round" time="61.26"><properties>'
        '<property name="proved" value="1,000 rounds of 8"/></properties></testcase>'
        '<testcase name="test_other" time="1"><failure message="no"/></testcase></testsuite></testsuites>'
    )
    page = proofs.page(list(proofs.read(report)), ["PostgreSQL 15.18 (system)"])
    assert "| one decision each round | 1,000 rounds of 8 | holds | 61.3 | " in page
    assert "| other |  | failure | 1.0 | " in page
    assert "- Machine of the last run: " in page and "PostgreSQL 15.18" in page


def test_the_page_of_proofs_says_how_long_each_fault_took_and_what_was_not_proved(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase name="test_faults" time="9"><properties>'
        '<property name="recoveries" value="{&quot;FLUSHALL&quot;: [1.5, 2.0, 9.25]}"/></properties></testcase>'
        '<testcase name="test_full_disk" time="0"><skipped message="no"/></testcase></testsuite></testsuites>'
    )
    told = list(proofs.read(report))
    assert "| FLUSHALL | 3 | 2.0 | 9.2 | " in proofs.page(told, [])
    assert proofs.amiss(told) == ["skipped: full disk"]


def test_proofs_that_are_run_alone_leave_the_others_on_the_page() -> None:
    first = [proofs.Proof("racing", "holds", 60, "1,000 rounds"), proofs.Proof("killing", "failure", 9, "")]
    page = proofs.page(first, [])
    again = proofs.page([proofs.Proof("killing", "holds", 12, "", {"kill -9 of web": [2.5]})], [], page)
    assert "| racing | 1,000 rounds | holds | 60.0 | " in again
    assert "| killing |  | holds | 12.0 | " in again and "failure" not in again
    last = proofs.page([proofs.Proof("racing", "holds", 61, "1,000 rounds")], [], again)
    assert "| kill -9 of web | 1 | 2.5 | 2.5 | " in last and "| 61.0 |" in last and "| 60.0 |" not in last
