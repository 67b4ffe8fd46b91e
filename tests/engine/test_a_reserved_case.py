"""A reserved case is read by those in whose hands it is; for everybody else it is not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db.models import Q

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import beside, broadcast, withholding
from workflows.engine.errors import BadMove
from workflows.engine.models import Case
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    told = Story(plant)
    told.file()
    Case.objects.update(reserved=True)
    told.case.refresh_from_db()
    return told


def sees(person: Person, case: Case) -> bool:
    return Case.objects.visible_to(person).filter(pk=case.pk).exists()


def test_who_sees_by_place_does_not_see_it(story: Story) -> None:
    plant = story.plant
    for person in (plant.observer, plant.reviewers[0], plant.section_chiefs[0], plant.teammate, plant.admin):
        assert not sees(person, story.case)
        assert plant.client(person).get(f"/cases/{story.case.number}/").status_code == 404
        assert story.case.number not in plant.client(person).get("/").content.decode()
    assert sees(plant.author, story.case)


def test_it_is_in_no_sum_and_no_group_hears_of_it(story: Story) -> None:
    assert broadcast.sum_of(story.plant.workshop).open == 0
    assert broadcast.reach_of_cases([f"case:{story.case.pk}"]) == {}


def test_no_copy_is_sent(story: Story) -> None:
    with pytest.raises(BadMove):
        beside.copy(actor=story.plant.author, case_id=story.case.pk, to=story.plant.stranger)
    assert not sees(story.plant.stranger, story.case)


def test_once_it_is_open_place_counts_again(story: Story) -> None:
    Case.objects.update(reserved=False)
    assert sees(story.plant.observer, story.case)


@pytest.fixture
def withheld(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    people: list[int] = []
    monkeypatch.setattr(withholding, "_answers", [])
    condition = lambda person: Q(kind="proposal") if person.pk in people else Q(pk__in=[])  # noqa: E731
    withholding.register(condition, kinds=("proposal",), roles=tuple(Role))
    yield people


def test_what_is_withheld_from_somebody_is_not_there_for_them(story: Story, withheld: list[int]) -> None:
    Case.objects.update(reserved=False)
    withheld.append(story.plant.observer.pk)
    assert not sees(story.plant.observer, story.case)
    assert sees(story.plant.section_chiefs[0], story.case)
