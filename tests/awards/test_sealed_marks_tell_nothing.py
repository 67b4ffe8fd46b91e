"""Before the marks of a round open, the plant answers everybody the same whatever the marks are.

Two worlds that differ in nothing but one judge's marks and words, written and sealed: each page, file, API answer and
log line that anybody else gets is the same in both. What differs by chance (tokens, digests, keys) is taken out first.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import zip_longest
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection, transaction

from tests import samples
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from tests.proposal_story import Story
from tests.test_every_url import doors
from workflows.ledger.clock import injected, now
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db

# Disk, memory, the time since the last beat, a second factor's own clock and the sources as they lie stand on these,
# and are never twice the same.
SAYS_MORE_THAN_THE_ROUND = {"sign_out", "checkpoint_file", "metrics", "desk", "readyz", "security", "source_archive"}
FULL = bool(os.environ.get("ASSAY_PROVE"))
CANARY = "金丝雀零七三"
# The longest first: a token that happens to begin with eight hex digits is one thing of chance, not two.
BY_CHANCE = re.compile(
    r"[A-Za-z0-9_-]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|[0-9a-f]{4}\s?…\s?[0-9a-f]{4}"
)


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
    return sorted(one for one in found if one[0] not in SAYS_MORE_THAN_THE_ROUND)


def seen(story: AwardStory, people: dict[Person, str], asked: list[tuple[str, str]]) -> dict[str, str]:
    """What each is answered at each address, without what chance made."""
    told: dict[str, str] = {}
    for person, token in people.items():
        client, bearer = story.plant.client(person), {"Authorization": f"Bearer {token}"}
        client.raise_request_exception = False
        for name, address in asked:
            answer = client.get(address, headers=bearer if address.startswith("/api/") else {})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            told[f"{person.name} {name}"] = f"{answer.status_code} {BY_CHANCE.sub('#', _text(body))}"
    return told


def _text(body: bytes) -> str:
    """Of a spreadsheet or an archive what its files say, but for when it was made."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with ZipFile(BytesIO(body)) as archive:
        names = sorted(name for name in archive.namelist() if not name.startswith("docProps/"))
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)


def world(story: AwardStory, people: dict[Person, str], mark: int, *, sealed: bool) -> tuple[dict[str, str], str]:
    """What everybody else sees of a world in which the first judge gave this mark; then it never was."""
    judge, asked = story.judges[0], addresses(story)
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
    worlds, people = [], {person: tokens.issue(person, "看") for person in people_of(story)}
    with injected(now()):
        for mark in (13, 13, 97)[not FULL :]:  # in full, once to fill what is kept from one request to the next
            known = dict(story.plant.extra)
            with keys_as_they_were(), transaction.atomic():
                worlds.append(world(story, people, mark, sealed=sealed))
                transaction.set_rollback(True)
            story.plant.extra = known  # whom a story has brought in went with the rollback
    (low, log), (high, other_log) = worlds[-2:]
    assert len(low) > 300
    assert {key: found for key in low if (found := _differences(low[key], high[key]))} == {}
    for told in (*low.values(), *high.values(), log, other_log):
        assert CANARY not in told


@contextmanager
def keys_as_they_were() -> Iterator[None]:
    """What counted on is set back, as a rollback does not: both worlds give their rows the same keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value FROM pg_sequences"
        )
        before = cursor.fetchall()
        yield
        for name, last in before:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, last or 1, last is not None])


def _differences(one: str, other: str) -> list[tuple[str, str]]:
    pairs = zip_longest(one.splitlines(), other.splitlines(), fillvalue="")
    return [(a.strip()[:300], b.strip()[:300]) for a, b in pairs if a != b][:3]
