"""Corrections bent by whom the case concerns, by a form sent for another case, and by what changed since."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine.models import Decision
from workflows.ledger.clock import now
from workflows.operations.models import Correction
from workflows.organisation import ties
from workflows.organisation.absences import declare_absence
from workflows.organisation.models import Person, Role


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    return story


def ask(plant: Plant, story: Story, by: Person, to: str = "section_review") -> Correction:
    sent = {"number": story.case.number, "to": to, "reason": "报错了班组", "token": uuid4()}
    assert plant.client(by).post(reverse("correction_new"), sent).status_code == 302
    return Correction.objects.waiting().get(case=story.case)


def answer(plant: Plant, by: Person, made: Correction, how: str):
    sent = {"answer_is": how, "password": plant.password, "answer": "不必"}
    return plant.client(by).post(reverse("correction", args=[made.pk]), sent)


@pytest.mark.parametrize("who", ["author", "tied"])
def test_whom_the_case_concerns_declines_nothing(plant: Plant, story: Story, who: str) -> None:
    made = ask(plant, story, plant.admin, "close")
    person = plant.author if who == "author" else plant.publisher
    if who == "author":
        plant.hold(person, Role.RULE_PUBLISHER, plant.workshop)
    else:
        ties.declare_tie(actor=plant.author, other=person)
    assert answer(plant, person, made, "decline").status_code == 422
    made.refresh_from_db()
    assert made.state == "waiting"
    assert not Decision.objects.filter(verb="drop_correction").exists()


def test_who_asked_may_still_take_it_back_once_concerned(plant: Plant, story: Story) -> None:
    made = ask(plant, story, plant.admin)
    ties.declare_tie(actor=plant.admin, other=plant.author)
    assert answer(plant, plant.admin, made, "decline").status_code == 302


def test_what_somebody_concerned_asked_for_is_not_carried_out(plant: Plant, story: Story) -> None:
    made = ask(plant, story, plant.admin)
    ties.declare_tie(actor=plant.admin, other=plant.author)
    assert answer(plant, plant.publisher, made, "confirm").status_code == 422
    assert story.at() == "team_review"


def test_a_form_used_for_another_case_says_so(plant: Plant, story: Story) -> None:
    other = Story(plant)
    other.file(title="另一件")
    client, token = plant.client(plant.admin), uuid4()
    sent = {"number": story.case.number, "to": "section_review", "reason": "x", "token": token}
    assert client.post(reverse("correction_new"), sent).status_code == 302
    again = client.post(reverse("correction_new"), sent | {"number": other.case.number})
    assert again.status_code in (409, 422)
    assert not Correction.objects.filter(case=other.case).exists()


def test_another_ones_form_is_refused_plainly(plant: Plant, story: Story) -> None:
    other = Story(plant)
    other.file(title="另一件")
    token = uuid4()
    sent = {"number": story.case.number, "to": "section_review", "reason": "x", "token": token}
    assert plant.client(plant.admin).post(reverse("correction_new"), sent).status_code == 302
    theirs = sent | {"number": other.case.number}
    assert plant.client(plant.reviewers[0]).post(reverse("correction_new"), theirs).status_code in (409, 422)


def test_a_substitute_confirms_nothing_in_the_publishers_place(plant: Plant, story: Story) -> None:
    made = ask(plant, story, plant.admin)
    tomorrow = now() + timedelta(days=1)
    declare_absence(actor=plant.publisher, substitute=plant.admin, starts_at=None, ends_at=tomorrow)
    assert answer(plant, plant.admin, made, "confirm").status_code in (403, 422)
    assert story.at() == "team_review"
