"""How many rounds a proof runs: a few in `make test`, all in `make prove`, or as the environment says."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from tests.plant import Plant, build
from tests.proofs.crowd import Crowd
from tests.proofs.truth import broken
from tests.proposal_story import Story, publish_rules
from workflows.organisation.models import Person, Posting, Role


@pytest.fixture(scope="session")
def rounds(in_full: bool) -> int:
    return int(os.environ.get("ASSAY_ROUNDS", "1000" if in_full else "50"))


@pytest.fixture(scope="session")
def fewer(rounds: int) -> int:
    """For the races beside the main one."""
    return max(3, rounds // 10)


@pytest.fixture
def say(in_full: bool, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Progress, for proofs that take minutes; past what pytest holds back until the end."""
    manager = request.config.pluginmanager
    terminal, capture = manager.getplugin("terminalreporter"), manager.getplugin("capturemanager")

    def aloud(words: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.write_line(f"  {time.strftime('%H:%M:%S')}  {words}")

    return aloud if in_full else lambda words: None


@pytest.fixture
def story(transactional_db: None) -> Iterator[Story]:
    """A plant whose rows every thread sees; in the end the database must hold together."""
    plant = build()
    publish_rules(plant)
    yield Story(plant)
    with connection.cursor() as cursor:
        assert broken(cursor) == {}


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """Unlogged: pytest would keep each refusal's record with its request and answer, and Python look through thousands
    of them in the middle of somebody's turn."""
    logging.disable(logging.ERROR)
    with Crowd(8) as people:
        yield people
    logging.disable(logging.NOTSET)


@pytest.fixture
def leaders(story: Story) -> list[Person]:
    """Eight people who lead the same team, so that one task waits for all of them."""
    plant = story.plant
    return [plant.team_leader, *(_leader(plant, n) for n in range(7))]


def _leader(plant: Plant, number: int) -> Person:
    person = Person.objects.create(
        employee_no=f"2{number:04d}", name=f"赵{'一二三四五六七'[number]}", unit=plant.team, must_change_password=False
    )
    Posting.objects.create(person=person, unit=plant.team, starts_at="2023-01-01T00:00Z")
    plant.hold(person, Role.TEAM_LEADER, plant.team)
    return person
