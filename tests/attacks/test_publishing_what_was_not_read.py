"""Rules: what the publisher read is what is put in force, and the password there is not to be guessed."""

from __future__ import annotations

import copy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from innovation.proposals.rules import DEFAULT_RULES
from tests.plant import Plant
from tests.proposal_story import publish_rules
from workflows.engine import rulebook
from workflows.engine.errors import BadMove
from workflows.engine.models import RuleVersion


@pytest.fixture
def made(plant: Plant) -> RuleVersion:
    publish_rules(plant)
    return submitted(plant, None, reverify_months=11)


def submitted(plant: Plant, version: RuleVersion | None, **changes) -> RuleVersion:
    content = copy.deepcopy(DEFAULT_RULES) | changes
    if version is None:
        version = rulebook.draft(
            actor=plant.drafter, kind="proposal", unit=plant.workshop, content=content, note="改一处"
        )
    else:
        version = rulebook.redraft(actor=plant.drafter, version_id=version.pk, content=content, note="改一处")
    return rulebook.submit(actor=plant.drafter, version_id=version.pk)


def form_of(client: Client, version: RuleVersion) -> dict[str, str]:
    page = client.get(reverse("rule_detail", args=[version.pk]))
    form = page.context["form"]
    return {f.html_name: f.value() or "" for f in form} | {"digest": page.context["version"].digest}


def test_a_draft_exchanged_behind_the_page_is_not_published(plant: Plant, made: RuleVersion) -> None:
    client = plant.client(plant.publisher)
    page = client.get(reverse("rule_detail", args=[made.pk])).content.decode()
    assert f'name="digest" value="{made.digest}"' in page
    sent = form_of(client, made) | {"password": plant.password}
    submitted(plant, made, reverify_months=3)
    answer = client.post(reverse("rule_publish", args=[made.pk]), sent)
    assert answer.status_code == 422
    made.refresh_from_db()
    assert made.state == "draft"
    sent = form_of(client, made) | {"password": plant.password}
    assert client.post(reverse("rule_publish", args=[made.pk]), sent).status_code == 303


def test_a_form_that_does_not_say_what_was_read_publishes_nothing(plant: Plant, made: RuleVersion) -> None:
    client, address = plant.client(plant.publisher), reverse("rule_publish", args=[made.pk])
    for digest in ({}, {"digest": ""}, {"digest": "0" * 64}):
        assert client.post(address, {"password": plant.password} | digest).status_code == 422
    made.refresh_from_db()
    assert made.state == "draft"


def test_the_draft_is_compared_under_its_lock(plant: Plant, made: RuleVersion) -> None:
    read = made.digest
    submitted(plant, made, reverify_months=3)
    with pytest.raises(BadMove):
        rulebook.publish(actor=plant.publisher, version_id=made.pk, read=read)


def test_the_publishers_password_is_not_guessed_at_a_screen_left_open(plant: Plant, made: RuleVersion) -> None:
    client, address = plant.client(plant.publisher), reverse("rule_publish", args=[made.pk])
    for n in range(settings.AXES_FAILURE_LIMIT):
        client.post(address, {"password": f"guess-{n}"})
    client.post(address, {"password": plant.password})
    made.refresh_from_db()
    assert made.state == "draft"
