"""What a substitute does beside a turn, and what becomes of it when the absent one is back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.proposal_story import Story
from workflows.engine import beside
from workflows.engine.errors import BadMove, NotYours, StandsStill
from workflows.engine.models import Case, Decision
from workflows.engine.withdrawal import withdraw
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence, end_absence
from workflows.organisation.models import Absence, Person

pytestmark = pytest.mark.django_db


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def away(story: Story) -> Absence:
    story.file()
    until = now() + timedelta(days=3)
    plant = story.plant
    return declare_absence(actor=plant.team_leader, substitute=plant.teammate, starts_at=None, ends_at=until)


def test_a_substitute_takes_back_holds_resumes_and_copies_in_the_absent_ones_seat(story: Story, away: Absence) -> None:
    plant, case = story.plant, story.case
    story.act(plant.teammate, "approve")
    beside.take_back(actor=fresh(plant.teammate), case_id=case.pk)
    assert story.at() == "team_review" and story.item(plant.team_leader).person == plant.team_leader
    item = story.item(plant.team_leader)
    from workflows.engine.turn import turn

    with turn(actor=fresh(plant.teammate), case_id=case.pk, item_id=item.pk) as t:
        t.hold("等图纸")
    for act in (beside.take_back, beside.urge):
        with pytest.raises(StandsStill):
            act(actor=fresh(plant.teammate), case_id=case.pk)
    beside.release_hold(actor=fresh(plant.teammate), case_id=case.pk)
    beside.copy(actor=fresh(plant.teammate), case_id=case.pk, to=plant.stranger)
    named = Decision.objects.filter(case=case, actor=plant.teammate).values_list("verb", "on_behalf_of__name")
    assert dict(named) == dict.fromkeys(("approve", "take_back", "hold", "resume", "copy"), "秦砺")


def test_what_was_decided_in_ones_seat_is_ones_own_to_take_back(story: Story, away: Absence) -> None:
    plant, case = story.plant, story.case
    story.act(plant.teammate, "approve")
    end_absence(actor=plant.team_leader, absence=away)
    with pytest.raises(BadMove):
        beside.take_back(actor=fresh(plant.teammate), case_id=case.pk)
    taken = beside.take_back(actor=fresh(plant.team_leader), case_id=case.pk)
    assert taken.on_behalf_of is None and story.item(plant.team_leader).person == plant.team_leader


def test_a_substitute_of_the_same_pool_acts_on_what_the_absent_one_has_claimed(story: Story) -> None:
    plant = story.plant
    plant.hold(plant.section_member, "team_leader", plant.team)
    story.file()
    story.act(plant.team_leader, "claim")
    until = now() + timedelta(days=3)
    declare_absence(actor=plant.team_leader, substitute=plant.section_member, starts_at=None, ends_at=until)
    from workflows.engine.turn import turn

    item = story.item(plant.team_leader)
    with turn(actor=fresh(plant.section_member), case_id=item.case_id, item_id=item.pk) as t:
        t.approve()
    done = Decision.objects.get(case=story.case, verb="approve")
    assert (done.actor, done.on_behalf_of) == (plant.section_member, plant.team_leader)


def test_whoever_lost_the_role_takes_nothing_back(story: Story) -> None:
    plant, case = story.plant, story.file()
    story.act(plant.team_leader, "approve")
    plant.team_leader.holdings.update(ends_at=now())
    with pytest.raises(NotYours):
        beside.take_back(actor=fresh(plant.team_leader), case_id=case.pk)
    assert story.at() == "section_review"


def test_a_held_case_is_withdrawn_by_its_author(story: Story) -> None:
    plant, case = story.plant, story.file()
    story.act(plant.team_leader, "hold", "等图纸")
    page = plant.client(plant.author).get(f"/cases/{case.number}/").content.decode()
    assert f"/cases/{case.number}/withdraw/" in page
    withdraw(actor=plant.author, case_id=case.pk, reason="不做了")
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.standing, case.held_at, case.held_reason) == ("closed", "withdrawn", None, "")
