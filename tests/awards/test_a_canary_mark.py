"""A mark that can be recognised is written and sealed; then every role knocks at every door, and nobody brings it out.

In full each role asks and posts at each address; else each address is asked by some of the roles, and each role asks
some of the addresses. The rows of the database are searched as well, as somebody with a copy of it would.
"""

from __future__ import annotations

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from pypdf import PdfReader

from innovation.awards import marking
from innovation.awards.mark_form import weighted
from innovation.awards.models import Seat
from innovation.awards.records import rules_of
from tests import samples
from tests.awards.award_story import AwardStory
from tests.awards.test_sealed_marks_tell_nothing import CANARY, _text
from tests.plant import Plant
from tests.proposal_story import Story
from tests.test_every_url import Door, doors
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db

FULL = bool(os.environ.get("ASSAY_PROVE"))
MARKS = (97, 13, 61, 7, 83, 41, 29, 71)
APART = 1 if FULL else 17  # of so many pairs of role and door one is tried


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    """Three candidates; one judge has written, another has sealed."""
    told = AwardStory(plant)
    told.begin()
    for title in ("分布锥改双层导流", "渣口冷却水套改铜件", "吹扫枪改型"):
        told.implemented(title)
    told.open()
    told.do(told.officer)
    for judge in told.judges[:2]:
        write(told, judge)
    told.seal(told.judges[1])
    return told


def write(story: AwardStory, judge: Person) -> None:
    seat = Seat.objects.select_related("round__case__rules").get(round=story.round, person=judge)
    rules = rules_of(seat.round.case)
    for candidate in marking.to_mark(seat):
        marking.write(seat, candidate, marks_of(rules), CANARY, rules)


def marks_of(rules: Any) -> dict[str, int]:
    return {criterion.key: mark for criterion, mark in zip(rules.criteria, MARKS, strict=False)}


def traces(story: AwardStory) -> re.Pattern[str]:
    """The comment, the weighted mark, and the marks side by side as a row, a list or JSON would have them."""
    rules = rules_of(story.round.case)
    marks = marks_of(rules)
    shown = weighted(marks, rules)
    row = r"\D{1,40}".join(str(mark) for mark in marks.values())
    return re.compile("|".join((CANARY, rf"\b{re.escape(shown)}\b", rf"\b{row}\b")))


def one_of_each_role(story: AwardStory) -> list[Person | None]:
    """Somebody for each role, who has no other; whoever may operate the plant; an author; nobody at all."""
    plant, made = story.plant, []
    for nth, role in enumerate(Role):
        unit = plant.contractor if role == Role.CONTRACTOR else plant.workshop
        person = Person.objects.create(
            employee_no=f"8{nth:04}", name=f"职{nth}", unit=unit, must_change_password=False,
            password=plant.author.password, joined_on=date(2019, 7, 1),
        )  # fmt: skip
        plant.hold(person, role, unit)
        made.append(person)
    plant.hold(plant.admin, Role.ADMINISTRATOR, plant.company)
    return [*made, story.judges[2], plant.admin, plant.author, plant.stranger, None]


def addresses(story: AwardStory) -> Iterator[tuple[Door, str]]:
    """Every door there is, at the round where it can be about the round."""
    case = story.round.case
    values = samples.of_arguments(story.plant, Story(story.plant))
    of_round: dict[str, Any] = {"number": case.number, "round_number": case.number, "subject": f"case:{case.pk}"}
    for door in doors():
        if not door.name.endswith("sign_out"):
            yield door, door.address(values | of_round)
            if set(door.arguments) & of_round.keys() and (there := door.address(values)) != door.address(
                values | of_round
            ):
                yield door, there


@contextmanager
def listening() -> Iterator[list[str]]:
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(f"{record.getMessage()} {record.exc_text or ''}")  # type: ignore[method-assign]
    logging.getLogger().addHandler(listener)
    try:
        yield heard
    finally:
        logging.getLogger().removeHandler(listener)


def said(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return f"{dict(answer.headers)} {_text(body)}"


def knock(client: Client, address: str, bearer: dict[str, str]) -> Iterator[str]:
    headers = bearer if address.startswith("/api/") else {}
    yield said(client.get(address, headers=headers))
    with transaction.atomic():
        yield said(client.post(address, {"token": str(uuid4()), "reason": "看看"}, headers=headers))
        transaction.set_rollback(True)


@pytest.mark.prove
def test_no_role_at_any_door_brings_a_mark_out(story: AwardStory, record_property: Any) -> None:
    trace, asked = traces(story), list(addresses(story))
    found, knocks = [], 0
    with listening() as heard:
        for nth, person in enumerate(one_of_each_role(story)):
            client = story.plant.client(person) if person else Client()
            client.raise_request_exception = False
            bearer = {"Authorization": f"Bearer {tokens.issue(person, '看')}"} if person else {}
            for at, (door, address) in enumerate(asked):
                if (nth + at) % APART == 0:
                    knocks += 2
                    answers = "\n".join(knock(client, address, bearer))
                    found += [(person and person.name, door.name, hit) for hit in trace.findall(answers)]
    assert found == []
    assert not [line for line in heard if trace.search(line)]
    assert not [one for one in mail.outbox if trace.search(f"{one.subject} {one.body}")]
    record_property("proved", f"{knocks} knocks at {len(asked)} addresses, no mark")


def test_the_traces_would_be_seen(story: AwardStory) -> None:
    """The judge who wrote them reads them, so what is searched for is what pages show; and once open, all read it."""
    trace, number = traces(story), story.round.case.number
    with transaction.atomic():
        case = story.round.candidates.first().proposal.case
        own = story.plant.client(story.judges[0])
        assert trace.search(said(own.get(f"/awards/{number}/score/")))
        assert trace.search(said(own.get(f"/awards/{number}/score/{case.number}/")))
    for judge in [story.judges[0], *story.judges[2:]]:
        write(story, judge)
        story.seal(judge)
    assert trace.search(said(story.plant.client(story.officer).get(f"/awards/{number}/")))


def test_a_copy_of_the_database_holds_no_mark(story: AwardStory) -> None:
    trace = traces(story)
    raw = re.compile("|".join(text.encode().hex() for text in (CANARY, json.dumps(MARKS[:2])[1:-1])))
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                assert not trace.search(row) and not raw.search(row), table
    assert "awards_sheet" in tables and "ledger_payload" in tables
