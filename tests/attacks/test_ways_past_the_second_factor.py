"""Tokens, resets and the plant's own service as ways past the second factor, or into another's account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.caller import Caller
from tests.organisation.factors import with_app
from tests.organisation.sign_in_service import Service, known_to
from tests.organisation.test_signing_in_with_the_plants_service import is_in, walk
from tests.plant import Plant
from workflows.organisation import tokens
from workflows.organisation.models import ApiToken, Person, Role
from workflows.organisation.signin import policy


@pytest.fixture
def strict(plant: Plant) -> Plant:
    """The plant asks its upper roles for a second factor."""
    plant.hold(plant.admin, Role.ADMINISTRATOR, plant.company)
    policy.ask_for_second_factor(actor=plant.admin, top=plant.company, required=True)
    return plant


def test_a_token_from_before_the_rule_opens_nothing_until_there_is_a_factor(plant: Plant) -> None:
    caller = Caller.of(plant.reviewers[0])
    small = Caller.of(plant.author)
    assert caller.get("/api/me").status_code == 200
    plant.hold(plant.admin, Role.ADMINISTRATOR, plant.company)
    policy.ask_for_second_factor(actor=plant.admin, top=plant.company, required=True)
    assert caller.get("/api/me").status_code == 401
    assert small.get("/api/me").status_code == 200  # their role asks for none
    with_app(plant.reviewers[0])
    assert caller.get("/api/me").status_code == 200


def test_no_token_is_made_by_the_password_alone(strict: Plant) -> None:
    sent = {"employee_no": strict.reviewers[0].employee_no, "password": strict.password}
    assert Caller().post("/api/token", **sent).status_code == 403
    with_app(strict.reviewers[0])
    assert Caller().post("/api/token", **sent).status_code == 401


def test_a_session_that_has_to_enrol_makes_no_token(strict: Plant) -> None:
    client, person = Client(), strict.reviewers[0]
    client.post(reverse("sign_in"), {"username": person.employee_no, "password": strict.password})
    client.post(reverse("issue_token"), {"label": "x"})
    client.post("/api/queue/batch", {}, content_type="application/json")
    assert not ApiToken.objects.filter(person=person).exists()
    assert client.get("/api/me").status_code == 403


def test_a_session_left_open_long_ago_makes_no_token_that_outlives_it(plant: Plant) -> None:
    """Who came in long ago is asked again: a token lives for ninety days."""
    client = plant.client(plant.author)
    answer = client.post(reverse("issue_token"), {"label": "借来的手机"})
    assert tokens.PREFIX not in answer.content.decode()


@pytest.fixture
def service(settings) -> Iterator[Service]:
    with known_to(settings) as service:
        yield service


@pytest.mark.parametrize(
    "said", ["12345678901234567890X", "１２３４５６７８９０１２３４５６７８９０", "1234567890\x001234567890"]
)
def test_a_number_that_is_nearly_anothers_is_nobodys(plant: Plant, service: Service, said: str) -> None:
    Person.objects.filter(pk=plant.publisher.pk).update(employee_no="12345678901234567890")
    service.claims = {"sub": "idp-7", "preferred_username": said}
    client = Client()
    assert walk(client).status_code == 403
    assert not is_in(client)
