"""Approvals stand on what was filed: while it is under review only evidence comes beside it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.documents import made_files as made
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.documents import holders
from workflows.documents.models import Document
from workflows.engine import chains
from workflows.organisation.models import Person


@pytest.fixture
def story(plant: Plant) -> Story:
    holders.register_holder(
        "case", may_read=chains.may_read_case, may_write=chains.may_add_files, may_change=chains.may_mend
    )
    publish_rules(plant)
    return Story(plant)


def send(story: Story, person: Person, purpose: str) -> Any:
    file = SimpleUploadedFile("照片.jpg", made.photo())
    data = {"token": str(uuid4()), "holder": f"case:{story.case.pk}", "purpose": purpose, "file": file}
    return story.plant.client(person).post("/documents/", data)


def test_reviewers_and_authors_add_evidence_and_nothing_else(story: Story) -> None:
    plant, case = story.plant, story.file()
    story.act(plant.team_leader, "claim")
    for person in (plant.team_leader, plant.author, plant.coauthor):
        refused = send(story, person, "before")
        assert (refused.status_code, refused.json()["field"]) == (400, "purpose")
        assert "佐证" in refused.json()["message"]
        assert send(story, person, "evidence").status_code == 201
    assert case.proposal.digest() == type(case.proposal).objects.get(case=case).digest()
    assert {d.purpose for d in Document.objects.all()} == {"evidence"}


def test_the_author_adds_to_it_while_mending(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="补图")
    assert send(story, plant.coauthor, "before").status_code == 400
    assert send(story, plant.author, "before").status_code == 201
    assert send(story, plant.stranger, "before").status_code == 404
