"""Every URL of the site is classified; nobody unknown passes, and a stranger gets nowhere near a colleague's things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import samples
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.organisation.access import Access, access_of

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Door:
    name: str  # with its namespace
    route: str
    arguments: tuple[str, ...]
    access: Access | None

    def address(self, values: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={argument: self._value(values, argument) for argument in self.arguments})

    def _value(self, values: dict[str, Any], argument: str) -> Any:
        for key in (f"{self.name}/{argument}", argument):
            if key in values:
                return values[key]
        pytest.fail(f"Give {self.name!r} a sample of {argument!r} in tests/samples.py.")


def doors() -> list[Door]:
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: list[URLPattern | URLResolver], space: str = "", route: str = "") -> Iterator[Door]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, here)
        else:
            name = f"{space}{pattern.name}" if pattern.name else ""
            yield Door(name, here, tuple(pattern.pattern.converters), access_of(pattern.callback))


@pytest.fixture
def values(plant: Plant) -> dict[str, Any]:
    publish_rules(plant)
    return samples.of_arguments(plant, Story(plant))


def test_every_url_says_who_may_knock() -> None:
    assert [door.route for door in doors() if door.access is None] == []


def test_every_url_has_a_name() -> None:
    assert [door.route for door in doors() if not door.name] == []


def passed(answer: Any) -> bool:
    """Did the answer hold anything, or do anything? A plain refusal, whatever its number, is neither."""
    if answer.status_code in (301, 302):
        return not answer["Location"].startswith("/sign-in/")
    return answer.status_code not in (400, 401, 403, 404, 405, 409, 422)


def test_nobody_unknown_passes_a_door_that_is_not_public(values: dict[str, Any]) -> None:
    client = Client()
    shut = [door for door in doors() if door.access and not door.access.public]
    # Asking for a token is how the unknown become known; its own stories are with the API.
    shut = [door for door in shut if door.route != "api/token"]
    through = [
        (door.name, method)
        for door in shut
        for method in METHODS
        if passed(getattr(client, method)(door.address(values)))
    ]
    assert through == []


def test_a_stranger_gets_nowhere_near_what_is_not_theirs(plant: Plant, values: dict[str, Any]) -> None:
    client = plant.client(plant.stranger)
    named = [door for door in doors() if door.arguments and door.access and not door.access.public]
    through = [
        (door.name, method, answer.status_code)
        for door in named
        if door.name not in samples.FOR_EVERYBODY.keys() | samples.AMONG_ONES_OWN
        for method in METHODS
        if passed(answer := getattr(client, method)(door.address(values)))
    ]
    assert through == []


def test_what_looks_among_ones_own_things_leaves_others_alone(plant: Plant, values: dict[str, Any]) -> None:
    client = plant.client(plant.stranger)
    before = samples.fingerprint()
    for door in doors():
        if door.name in samples.AMONG_ONES_OWN:
            for method in METHODS:
                getattr(client, method)(door.address(values))
    assert samples.fingerprint() == before


def test_a_person_without_roles_finds_no_administration(plant: Plant, values: dict[str, Any]) -> None:
    for person in (plant.author, plant.team_leader, plant.contractor_person):
        client = plant.client(person)
        for door in doors():
            if door.name.startswith("admin_"):
                assert client.get(door.address(values)).status_code == 403, door.name


def test_the_walk_fails_for_an_argument_without_a_sample() -> None:
    with pytest.raises(pytest.fail.Exception):
        Door("case", "cases/<str:unheard_of>/", ("unheard_of",), Access()).address({"number": 1})
