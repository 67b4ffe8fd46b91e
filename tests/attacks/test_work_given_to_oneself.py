"""An administrator, who has no business right at all, hands work on: never to themself, never out of reach."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine.models import WorkItem
from workflows.organisation.models import Person


@pytest.fixture
def added(plant: Plant) -> Story:
    """The leader has added a signer, who takes part by name and by no role."""
    publish_rules(plant)
    story = Story(plant)
    story.file()
    story.act(plant.team_leader, "add_signer", plant.teammate, "before", "请先看")
    return story


def hand_on(plant: Plant, giver: Person, to: Person):
    item = WorkItem.objects.get(person=giver, state="open")
    sent = {"reason": "调走", f"to-{item.pk}": to.employee_no}
    return plant.client(plant.admin).post(reverse("handover_person", args=[giver.pk]), sent)


def test_an_administrator_takes_nobodys_vote(plant: Plant, added: Story) -> None:
    hand_on(plant, plant.teammate, plant.admin)
    assert WorkItem.objects.get(origin="added").person == plant.teammate
    assert not WorkItem.objects.filter(person=plant.admin).exists()
    assert plant.client(plant.admin).get(reverse("case", args=[added.case.number])).status_code == 404


@pytest.mark.parametrize("who", ["author", "coauthor", "contractor_person"])
def test_it_never_goes_to_whom_the_case_concerns_or_outside(plant: Plant, added: Story, who: str) -> None:
    hand_on(plant, plant.teammate, getattr(plant, who))
    assert WorkItem.objects.get(origin="added").person == plant.teammate


def test_nobody_elses_item_goes_along(plant: Plant, added: Story) -> None:
    """The form names the leader's item under the teammate's name."""
    theirs = WorkItem.objects.get(person=plant.team_leader)
    sent = {"reason": "调走", f"to-{theirs.pk}": plant.section_member.employee_no}
    plant.client(plant.admin).post(reverse("handover_person", args=[plant.teammate.pk]), sent)
    theirs.refresh_from_db()
    assert theirs.person == plant.team_leader
