"""Before the marks of a round open, the plant answers everybody the same whatever the marks are.

Two worlds that differ in nothing but one judge's marks and words, written and sealed: each page, file, API answer and
log line that anybody else gets is the same in both. What differs by chance (tokens, digests, keys) is taken out first.
"""

from __future__ import annotations

import logging
import os
import re
from typing import Any

import pytest
from django.db import transaction

from tests import samples
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from tests.proposal_story import Story
from tests.test_every_url import doors
from workflows.ledger.clock import injected, now
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db

FULL = bool(os.environ.get("ASSAY_PROVE"))
CANARY = "金丝雀零七三"
BY_CHANCE = re.compile(r"[0-9a-f]{8,}|[0-9a-f]{4}…[0-9a-f]{4}|[A-Za-z0-9_-]{40,}|\b[A-Za-z0-9]{32}\b")


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    told.implemented("分布锥改双层导流")
    told.implemented("渣口冷却水套改铜件")
    told.open()
    told.do(told.officer)
    return told


def people_of(story: AwardStory) -> list[Person]:
    """Others than the judge whose marks they are; between them they hold every role at the plant's top."""
    plant, top = story.plant, story.judges[5]
    for role in (Role.ADMINISTRATOR, Role.AUDIT_LEAD, Role.UNION_REPRESENTATIVE, Role.RULE_PUBLISHER):
        plant.hold(top, role, plant.company)
    some = [story.officer, story.judges[1], top]
    return [*some, plant.observer, plant.finance, plant.admin, plant.author, plant.stranger] if FULL else some


def addresses(story: AwardStory) -> list[tuple[str, str]]:
    """Every GET that could be about the round: all that name something of it, and all that name nothing."""
    case = story.round.case
    values = samples.of_arguments(story.plant, Story(story.plant))
    of_round: dict[str, Any] = {
        "number": case.number, "round_number": case.number, "subject": f"case:{case.pk}", "kind": "award_round",
        "seq": 2,
    }  # fmt: skip
    about = [door for door in doors() if not door.arguments or set(door.arguments) & of_round.keys()]
    found = {(door.name, door.address(values | of_round)) for door in about}
    return sorted(one for one in found if one[0] not in {"sign_out", "checkpoint_file", "metrics"})


def seen(story: AwardStory, people: list[Person], asked: list[tuple[str, str]]) -> dict[str, str]:
    """What each is answered at each address, without what chance made."""
    told: dict[str, str] = {}
    for person in people:
        client, bearer = story.plant.client(person), {"Authorization": f"Bearer {tokens.issue(person, '看')}"}
        client.raise_request_exception = False
        for name, address in asked:
            answer = client.get(address, headers=bearer if address.startswith("/api/") else {})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            size = f"{len(body)} bytes" if _is_packed(answer) else BY_CHANCE.sub("#", body.decode("utf-8", "replace"))
            told[f"{person.name} {name}"] = f"{answer.status_code} {size}"
    return told


def _is_packed(answer: Any) -> bool:
    return "zip" in answer.get("Content-Type", "") or "sheet" in answer.get("Content-Type", "")


def world(story: AwardStory, mark: int, *, sealed: bool) -> tuple[dict[str, str], str]:
    """What everybody else sees of a world in which the first judge gave this mark; then it never was."""
    judge, people = story.judges[0], people_of(story)
    asked = addresses(story)
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(listener)
    try:
        story.write(judge, mark, comment=f"{CANARY}{mark}")
        if sealed:
            story.seal(judge)
        return seen(story, people, asked), "\n".join(heard)
    finally:
        logging.getLogger().removeHandler(listener)


@pytest.mark.prove
@pytest.mark.parametrize("sealed", [False, True] if FULL else [True])
def test_nothing_that_anybody_gets_depends_on_a_mark(story: AwardStory, sealed: bool) -> None:
    worlds = []
    with injected(now()):
        for mark in (13, 97):
            with transaction.atomic():
                worlds.append(world(story, mark, sealed=sealed))
                transaction.set_rollback(True)
    (low, log), (high, other_log) = worlds
    assert len(low) > 300
    assert {key: (low[key], high[key]) for key in low if _unlike(low[key], high[key])} == {}
    for told in (*low.values(), *high.values(), log, other_log):
        assert CANARY not in told


def _unlike(one: str, other: str) -> bool:
    """Keys that the database gave out went on counting from one world to the next."""
    plain = re.compile(r"\d+")
    return plain.sub("0", one) != plain.sub("0", other) or "97" in set(plain.findall(other)) - set(plain.findall(one))
