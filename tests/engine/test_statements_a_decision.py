"""How many statements a decision costs below the page: the lock, what is read, what is written; savepoints included."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.proposal_story import Story
from workflows.engine import clocks
from workflows.engine.turn import turn
from workflows.ledger.clock import injected
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db

ONE, SEVERAL = 8, 12


def act(story: Story, person: Person, verb: str, /, *args: Any) -> int:
    """The statements of one turn, for a person read anew as in a request."""
    person = Person.objects.get(pk=person.pk)
    item = story.item(person)
    with CaptureQueriesContext(connection) as seen, turn(actor=person, item_id=item.pk, case_id=item.case_id,
                                                         token=uuid4()) as held:  # fmt: skip
        getattr(held, verb)(*args)
    print(f"{verb}: {len(seen)}", *(query["sql"][:150] for query in seen.captured_queries), sep="\n")
    return len(seen)


def test_claiming_and_approving_alone(story: Story) -> None:
    story.file()
    assert act(story, story.plant.team_leader, "claim") <= ONE
    assert act(story, story.plant.team_leader, "approve", "已核对") <= ONE
    assert story.at() == "section_review"


@pytest.mark.parametrize("more", [0, 12])
def test_the_last_of_all_signs(story: Story, more: int) -> None:
    """As many statements for fifteen signers as for three."""
    plant = story.plant
    chiefs = list(plant.section_chiefs)
    for number in range(more):
        one = Person.objects.create(employee_no=f"S{number:02}", name=f"工{number}", unit=plant.section)
        plant.hold(one, Role.SECTION_CHIEF, plant.section)
        chiefs.append(one)
    story.file()
    story.act(plant.team_leader, "approve")
    first = act(story, chiefs[0], "approve")
    for chief in chiefs[1:-1]:
        story.act(chief, "approve")
    assert first <= SEVERAL
    assert act(story, chiefs[-1], "approve") <= SEVERAL
    assert story.at() == "workshop_review"


def test_the_deciding_vote(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "approve")
    for chief in story.plant.section_chiefs:
        story.act(chief, "approve")
    votes = [act(story, reviewer, "approve") for reviewer in story.plant.reviewers[:4]]
    assert max(votes) <= SEVERAL
    assert story.at() == "arrangement"


def test_what_a_clock_does(story: Story) -> None:
    """Reminder, lateness, escalation: each ring, whoever it has to find and tell."""
    story.file()
    step, rings = story.step(), []
    while step.rings_at is not None:
        with injected(step.rings_at), CaptureQueriesContext(connection) as seen:
            assert clocks.fall_due(step.pk) == 1
        # The savepoint stands for the transaction's own BEGIN and COMMIT here, within the test's.
        rings.append(len(seen) - 2)
        step.refresh_from_db()
    assert step.reminded_at and step.late_at and step.escalated_at
    print(rings)
    assert max(rings) <= SEVERAL
