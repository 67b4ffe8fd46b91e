"""The forms that the walk in test_nasty_input cannot reach, because a step has to be passed first."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.organisation.factors import sign_in, with_app
from tests.plant import PASSWORD, Plant
from tests.test_nasty_input import NASTIER, NASTY, Findings, sent
from workflows.organisation.models import Person


@pytest.fixture
def enrolled(plant: Plant) -> Person:
    with_app(plant.author)
    return plant.author


def posted(client: Client, address: str, **fields: str) -> list[str]:
    """Each field made nasty in turn, the others as given; what failed."""
    found = Findings()
    for name in fields:
        for value in NASTY:
            found.note(sent(client, "post", address, {**fields, name: value}), address, name, repr(value))
    return found


def test_at_the_second_step(enrolled: Person) -> None:
    client = Client()
    sign_in(client, enrolled)
    assert posted(client, reverse("second_step"), code="1", passkey="") == []


def test_at_the_door_by_passkey(enrolled: Person) -> None:
    client = Client()
    client.post(reverse("passkey_question"))
    assert posted(client, reverse("sign_in_by_passkey"), passkey="{}", next="/") == []


def test_where_factors_are_added_and_identity_confirmed(plant: Plant) -> None:
    client = Client()
    sign_in(client, plant.author)
    assert posted(client, reverse("factor_app"), code="1") == []
    assert posted(client, reverse("factor_passkey"), name="手机", passkey="{}") == []
    assert posted(client, reverse("confirm_identity"), password="1", passkey="", next="/") == []


def test_where_a_token_is_asked_for(enrolled: Person) -> None:
    found, client = Findings(), Client()
    body = {"employee_no": enrolled.employee_no, "password": PASSWORD}
    for code in (*NASTY, *NASTIER):
        answer = sent(client, "post", "/api/token", {**body, "code": code}, content_type="application/json")
        found.note(answer, "code", ascii(code))
    assert found == []
