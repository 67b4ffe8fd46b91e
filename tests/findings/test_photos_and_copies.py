"""Photos of a finding and copies of it 抄送: who may look at them, and what a copy does not let one do."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from maintenance_audit.findings import facts
from maintenance_audit.findings.models import Paper
from tests.findings.story import FindingStory
from tests.hazards.story import photo
from workflows.documents.models import Document
from workflows.engine import beside
from workflows.engine.errors import BadMove, NoSuchThing
from workflows.engine.models import CaseCopy
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def papers(story: FindingStory, part: str) -> list[Document]:
    return [one.document for one in Paper.objects.filter(finding=story.row, part=part).select_related("document")]


def get(story: FindingStory, person: Person, name: str, paper: Document) -> int:
    return story.plant.client(person).get(reverse(name, args=[paper.pk])).status_code


def walked(story: FindingStory) -> dict[str, list[Document]]:
    """Each part has one: as found, with the reply, after, at the re-check."""
    story.found()
    story.reply()
    facts.keep_before(story.row, papers(story, "reply"))
    story.confirm()
    story.rectify()
    story.fails(story.who("checker"))
    story.rectify(photos=[photo("#117733", "再改.jpg")])
    story.passes(story.who("second_checker"), photos=[photo("#663399", "复查.jpg")])
    return {part: papers(story, part) for part in ("before", "reply", "after", "recheck")}


def test_each_version_keeps_its_photos_for_those_who_may_read_the_case(story: FindingStory) -> None:
    kept = walked(story)
    assert {part: len(found) for part, found in kept.items()} == {"before": 1, "reply": 1, "after": 2, "recheck": 1}
    page = story.page(story.firm)
    for paper in (one for found in kept.values() for one in found):
        assert reverse("document_thumb", args=[paper.pk]) in page, paper.name
        for name in ("document", "document_thumb", "document_view"):
            for person in (story.firm, story.who("lead"), story.plant.observer):
                assert get(story, person, name, paper) == 200, (paper.name, person.name, name)
            for person in (story.who("other_firm_person"), story.plant.stranger, story.plant.other_chief):
                assert get(story, person, name, paper) == 404, (paper.name, person.name, name)
    before, reply = kept["before"][0], kept["reply"][0]
    assert before.digest_kept == reply.digest_kept and before.pk != reply.pk


def test_a_copy_is_read_with_its_photos_and_lets_one_do_nothing(story: FindingStory) -> None:
    story.walked_to_rectification()
    stranger = story.plant.stranger
    assert story.get(stranger) == 404
    beside.copy(actor=story.who("lead"), case_id=story.case.pk, to=stranger)
    page = story.page(stranger)
    assert "装的是新件，附领料单。" in page and "申请延期" not in page and "decision-bar" not in page
    assert all(get(story, stranger, "document", paper) == 200 for paper in papers(story, "reply"))
    assert story.case.number in story.page(stranger, reverse("finding_list"))
    assert story.send(stranger, "complete", words="我来改").status_code in (403, 404) and story.at() == "rectification"
    assert story.told("x") == set() and CaseCopy.objects.get(case=story.case).person == stranger
    assert story.page(story.firm) and "抄送" not in story.page(
        story.firm
    )  # the firm does not read what the plant sends
    with pytest.raises(BadMove):
        beside.copy(actor=story.who("lead"), case_id=story.case.pk, to=stranger)


def test_nobody_of_another_firm_is_sent_a_copy(story: FindingStory) -> None:
    story.walked_to_rectification()
    other: Any = story.who("other_firm_person")
    with pytest.raises(BadMove) as refused:
        beside.copy(actor=story.who("lead"), case_id=story.case.pk, to=other)
    assert refused.value.field == "person" and other.name in refused.value.message
    assert not CaseCopy.objects.exists() and story.get(other) == 404
    with pytest.raises(NoSuchThing):
        beside.copy(actor=story.plant.stranger, case_id=story.case.pk, to=story.plant.coauthor)
