"""The same form once more: on the same case, on another one, and after the work has gone on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from innovation.proposals.models import Authorship, Problem
from innovation.proposals.typed_form import typed_from
from tests.proposal_story import Story
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def mended(story: Story, **changes: Any) -> dict[str, Any]:
    problem = Problem.raise_new(title="烟尘率高", unit=story.plant.section, by=story.plant.section_member)
    proposal = Case.objects.get(pk=story.case.pk).proposal
    lines = {"line_kind": ["saving"], "line_label": ["省"], "line_unit_value": ["1000"], "line_quantity": ["90"]}
    return typed_from(proposal) | {"problem": [str(problem.pk)], "token": str(uuid4())} | lines | changes


def returned(story: Story) -> str:
    story.file()
    story.act(story.plant.team_leader, "return_to", "revision", then="resume", reason="补图")
    return reverse("revise_proposal", args=[story.case.number])


def authors(story: Story) -> list[tuple[str, int]]:
    rows = Authorship.objects.filter(proposal__case=story.case).order_by("place")
    return list(rows.values_list("person__name", "share"))


def test_a_mended_proposal_sent_twice_is_told_so(story: Story) -> None:
    url, client = returned(story), story.plant.client(story.plant.author)
    sent = mended(story)
    assert client.post(url, sent).status_code == 302
    again = client.post(url, sent)
    assert again.status_code == 409 and "您" in again.content.decode()
    assert story.plant.client(story.plant.teammate).get(url).status_code == 404


def test_a_token_of_another_case_says_nothing_of_this_one(story: Story) -> None:
    plant, token = story.plant, str(uuid4())
    client = plant.client(plant.team_leader)
    for status in (303, 422):
        story.file()
        url = reverse("decide", args=[story.case.number, story.item(plant.team_leader).pk])
        answer = client.post(url, {"verb": "approve", "token": token})
        assert answer.status_code == status
    assert "没读出来" in answer.content.decode()
    assert story.at() == "team_review"


def test_who_mends_for_a_departed_author_leaves_the_authors_as_they_are(story: Story) -> None:
    plant = story.plant
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    url = returned(story)
    before = authors(story)
    page = plant.client(plant.coauthor).get(url)
    assert page.status_code == 200
    assert plant.client(plant.coauthor).post(url, mended(story)).status_code == 302
    assert authors(story) == before and before[0][0] == plant.author.name
    assert story.at() == "team_review"


def test_a_substitute_mends_in_the_author_s_seat(story: Story) -> None:
    plant, url = story.plant, returned(story)
    declare_absence(actor=plant.author, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=3))
    client, before = plant.client(plant.teammate), authors(story)
    assert client.get(url).status_code == 200
    assert client.post(url, mended(story)).status_code == 302
    assert authors(story) == before
    done = story.case.decisions.get(verb="done")  # type: ignore[union-attr]
    assert (done.actor, done.on_behalf_of) == (plant.teammate, plant.author)
