"""A third process is one folder: docs/add-a-process.md, line by line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.case_story import hand_in_and_publish
from tests.hazards.story import HazardStory
from workflows.engine import kinds
from workflows.engine.models import RuleVersion

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "maintenance_audit/hazards"
WORDS = re.compile(r"hazard|rectif|隐患|整改", re.IGNORECASE)
APART = {"migrations", "locale", "__pycache__"}


def own_files() -> list[Path]:
    return [f for f in FOLDER.rglob("*") if f.suffix in (".py", ".html", ".js", ".css") and not APART & set(f.parts)]


def test_it_has_fewer_than_300_lines() -> None:
    lines = {file.name: len(file.read_text().splitlines()) for file in own_files()}
    assert sum(lines.values()) < 300, lines


def test_the_shared_ground_knows_no_word_of_it() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {hit.group()}"
        for file in (ROOT / "workflows").rglob("*")
        if file.suffix in (".py", ".html", ".js", ".css", ".po", ".txt") and file.is_file()
        for hit in WORDS.finditer(file.read_text())
    ]
    assert found == []


def test_the_other_business_knows_nothing_of_it_either() -> None:
    for file in (ROOT / "innovation").rglob("*.py"):
        assert not re.search(r"hazard", file.read_text(), re.IGNORECASE), file


def test_besides_it_there_is_a_line_in_settings_and_one_in_urls() -> None:
    named = [
        line.strip()
        for name in ("config/settings.py", "config/urls.py")
        for line in (ROOT / name).read_text().splitlines()
        if WORDS.search(line)
    ]
    assert named == ['"maintenance_audit.hazards",', 'path("hazards/", include(kind_urls("hazard"))),']


def test_it_brings_its_own_words() -> None:
    from config import translations

    assert (FOLDER / "locale/zh_Hans/LC_MESSAGES/django.po").exists()
    assert [c for c in translations.untranslated() if "hazards" in c] == []


def test_arrows_point_down() -> None:
    """It imports the shared ground and itself; import-linter holds the rest."""
    for file in own_files():
        if file.suffix == ".py":
            taken = re.findall(r"^\s*from (\w+)\.", file.read_text(), re.MULTILINE)
            assert set(taken) <= {"django", "maintenance_audit", "workflows", "viewflow"}, file
    linter = Path(sys.executable).with_name("lint-imports")
    if linter.exists():
        done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_its_rules_are_drafted_compared_and_published_on_the_same_pages(story: HazardStory) -> None:
    plant, draft = story.plant, reverse("rule_draft") + "?kind=hazard"
    client = plant.client(plant.drafter)
    page = client.get(draft)
    typed: dict[str, Any] = {f.html_name: f.value() or "" for f in [*page.context["form"], *page.context["note"]]}
    assert typed["major-level"] == "workshop" and typed["mend_hours"] == 16
    wrong = client.post(draft, typed | {"major-rectify_hours": "0", "note": "重大隐患四小时内改完"})
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == {"major-rectify_hours"}
    answer = client.post(draft, typed | {"major-rectify_hours": "4", "note": "重大隐患四小时内改完"})
    assert answer.status_code == 303
    text = plant.client(plant.publisher).get(answer["Location"]).content.decode()
    assert "重大隐患" in text and "<del>8</del>" in text and "<ins>4</ins>" in text
    version = RuleVersion.objects.get(kind="hazard", state="draft")
    hand_in_and_publish(plant, version)
    version.refresh_from_db()
    assert version.state == "published" and version.content["major"]["rectify_hours"] == 4
    listed = client.get(reverse("rule_list")).content.decode()
    assert "隐患整改 · 熔炼车间" in listed and f"?kind=hazard&unit={plant.workshop.pk}" in listed


@pytest.mark.django_db
def test_everything_else_came_by_registration(story: HazardStory) -> None:
    """Queue line and filter, search, case page with picture, flow page, menu, home: nobody wrote them here."""
    plant, chief = story.plant, story.plant.section_chiefs[0]
    case = story.report()
    assert "一般隐患" in story.page(chief, reverse("queue"), kind="hazard", category="hazard.general")
    assert "渣包吊耳有裂纹" not in story.page(chief, reverse("queue"), category="hazard.major")
    assert "隐患整改" in story.page(chief, reverse("search"), q="吊耳")
    assert "验收" in story.page(plant.author)
    assert "整改" in story.page(plant.author, reverse("flow_picture", args=["hazard"]), case=case.number)
    home = story.page(plant.author, reverse("home"))
    assert reverse("file_hazard") in home and reverse("hazard_list") in home and case.number in home
    assert kinds.get("hazard").label


@pytest.mark.django_db
def test_the_analytics_count_a_major_one_where_it_was(story: HazardStory) -> None:
    """A workshop's assignment is an assignment: nobody has to say so again for the figures."""
    from workflows.reports.process import funnel
    from workflows.reports.process.asked import Asked

    plant = story.plant
    story.report(severity="major")
    assert story.at() == "workshop_assignment"
    story.assign(plant.reviewers[0])
    story.rectify()
    assert story.at() == "workshop_verification"
    figure = funnel.of(Asked.of(plant.observer, {"kind": "hazard"}))
    assert [(s.milestone.name, s.reached) for s in figure.stages] == [
        ("filed", 1), ("section_assignment", 1), ("rectification", 1), ("section_verification", 1), ("ended", 0),
    ]  # fmt: skip
