"""Somebody objects without a name, through the union's representative. Nobody ever reads who it was."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import connection
from django.test import Client
from django.urls import reverse

from innovation.awards import objecting
from innovation.objections.models import Objection, Unsigned
from tests.objections.objection_story import GROUNDS, ObjectionStory
from workflows.engine.models import Case
from workflows.ledger.entries import unseal
from workflows.ledger.models import Entry
from workflows.notices import delivery
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


def read_receipt(code: str) -> Any:
    """Without signing in, from any machine."""
    return Client().post(reverse("objection_receipt"), {"code": code})


def test_the_representative_takes_it_up_in_their_own_name(story: ObjectionStory) -> None:
    union = story.representative()
    (award,) = story.announced()
    code = story.unsigned(story.plant.stranger, award)
    assert len(code.replace("-", "")) == 28  # of 31 letters: 138 bits
    assert [one.pk for one in objecting.held(story.round)] == [award.pk]
    assert "在工会代表处" in read_receipt(code).content.decode()

    client = story.plant.client(union)
    assert GROUNDS in client.get(reverse("unsigned_objections")).content.decode()
    url = reverse("unsigned_objection", args=[story.left().key])
    story.confirm()  # it came in time, however late the representative reads it
    assert story.lines(award) == []
    answer = client.post(url, {"how": "take_up", "grounds": "乙班早有此法，见交接班记录。"})
    assert answer.status_code == 303
    objection = Objection.objects.get()
    assert objection.case.author == union and objection.grounds == "乙班早有此法，见交接班记录。"
    assert objection.case.number in read_receipt(code).content.decode()

    assert client.post(url, {"how": "take_up", "grounds": GROUNDS}).status_code == 422  # once
    assert Objection.objects.count() == 1
    story.decide(objection.case, uphold=True, reason="记录属实。")
    assert "记录属实。" in read_receipt(code).content.decode()


def test_declined_with_a_reason_that_the_receipt_shows(story: ObjectionStory) -> None:
    union = story.representative()
    (award,) = story.announced()
    code = story.unsigned(story.plant.stranger, award)
    story.confirm()
    url, client = reverse("unsigned_objection", args=[story.left().key]), story.plant.client(union)
    assert client.post(url, {"how": "decline", "reason": " "}).status_code == 422
    assert story.lines(award) == []
    assert client.post(url, {"how": "decline", "reason": "与本奖无关。"}).status_code == 303
    assert "与本奖无关。" in read_receipt(code).content.decode()
    assert len(story.lines(award)) == 2  # released into the next list


def test_without_a_representative_one_objects_by_name_only(story: ObjectionStory) -> None:
    (award,) = story.announced()
    url, client = reverse("object_to_award", args=[award.pk]), story.plant.client(story.plant.stranger)
    assert "本车间没有工会代表" in client.get(url).content.decode()
    answer = client.post(url, {"how": "unsigned", "grounds": GROUNDS})
    assert answer.status_code == 422 and GROUNDS in answer.content.decode()
    assert not Unsigned.objects.exists()


def test_the_union_s_representative_above_where_the_workshop_has_none(story: ObjectionStory) -> None:
    union = story.representative()
    union.holdings.update(unit=story.plant.company)
    (award,) = story.announced()
    story.unsigned(story.plant.stranger, award)
    assert story.plant.client(union).get(reverse("unsigned_objections")).context["waiting"]
    # Once the workshop has its own, it is theirs.
    story.plant.hold(story.plant.teammate, Role.UNION_REPRESENTATIVE, story.plant.workshop)
    assert not story.plant.client(union).get(reverse("unsigned_objections")).context["waiting"]
    assert story.plant.client(story.plant.teammate).get(reverse("unsigned_objections")).context["waiting"]


def test_nobody_else_reads_the_representative_s_pages(story: ObjectionStory) -> None:
    story.representative()
    (award,) = story.announced()
    story.unsigned(story.plant.stranger, award)
    key = story.left().key
    for person in (
        story.plant.stranger,
        story.plant.author,
        story.plant.admin,
        story.plant.observer,
        story.awards.officer,
    ):
        client = story.plant.client(person)
        assert client.get(reverse("unsigned_objections")).status_code == 403
        assert client.get(reverse("unsigned_objection", args=[key])).status_code == 403
    story.plant.hold(story.plant.other_chief, Role.UNION_REPRESENTATIVE, story.plant.contractor)  # of another place
    client = story.plant.client(story.plant.other_chief)
    assert client.get(reverse("unsigned_objection", args=[key])).status_code == 404


def test_a_double_click_leaves_one_with_one_code(story: ObjectionStory) -> None:
    story.representative()
    (award,) = story.announced()
    client, url = story.plant.client(story.plant.stranger), reverse("object_to_award", args=[award.pk])
    sent = {"how": "unsigned", "grounds": GROUNDS, "receipt": client.get(url).context["receipt"]}
    first, again = client.post(url, sent), client.post(url, sent)
    assert first.context["code"] == again.context["code"] and Unsigned.objects.count() == 1
    assert Entry.objects.filter(event="award.objection.written").count() == 1


def test_an_author_does_not_object_to_their_own_award_without_a_name_either(story: ObjectionStory) -> None:
    story.representative()
    (award,) = story.announced()
    answer = story.plant.client(story.plant.author).post(
        reverse("object_to_award", args=[award.pk]), {"how": "unsigned", "grounds": GROUNDS}
    )
    assert answer.status_code == 422 and not Unsigned.objects.exists()


def test_a_wrong_code_tells_nothing(story: ObjectionStory) -> None:
    assert read_receipt("abcd-efgh").status_code == 422
    assert read_receipt("").status_code == 422
    assert Client().get(reverse("objection_receipt")).status_code == 200


# The canary. -------------------------------------------------------------------------------------------------------


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Every line that anything logs, as it would be written."""
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            known = {k: v for k, v in vars(record).items() if k not in ("args", "exc_info")}
            said.append(f"{record.getMessage()} {known} {structlog.contextvars.get_contextvars()}")

    listening, root = Listening(level=logging.DEBUG), logging.getLogger()
    level = root.level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(listening)
    root.setLevel(level)


def test_who_wrote_it_stands_nowhere(story: ObjectionStory, lines: list[str]) -> None:
    """Nothing that was written since this person came to the page, and no answer to anybody, names them."""
    union = story.representative()
    (award,) = story.announced()
    writer = Person.objects.create(
        employee_no="77001", name="雁过无痕", unit=story.plant.other_team, must_change_password=False,
        password=story.plant.author.password, joined_on=story.plant.author.joined_on,
    )  # fmt: skip
    client = story.plant.client(writer)
    client.get(reverse("home"))
    before, lines[:] = rows_of_everything(), []
    requests = _counted()

    url = reverse("object_to_award", args=[award.pk])
    page = client.get(url)
    answer = client.post(url, {"how": "unsigned", "grounds": GROUNDS, "receipt": page.context["receipt"]})
    refused = client.post(url, {"how": "unsigned", "grounds": " "})
    code = answer.context["code"]
    assert answer.status_code == 200 and refused.status_code == 422
    assert "sessionid" not in answer.cookies and "messages" not in answer.cookies
    assert _counted() == requests  # nor is there a count of how many came here
    assert client.post(reverse("objection_receipt"), {"code": code}).status_code == 200
    taken = story.plant.client(union).post(
        reverse("unsigned_objection", args=[story.left().key]), {"how": "take_up", "grounds": GROUNDS}
    )
    assert taken.status_code == 303
    case = Case.objects.get(kind="award_objection")
    delivery.drain()
    story.decide(case, uphold=False, reason="不成立。")

    new = [row for row in rows_of_everything() if row not in before]
    assert any(row[0] == "objections_unsigned" for row in new)
    assert [row for row in new if _names(row[1], writer)] == []
    assert [line for line in lines if _names_in(line, writer)] == []
    asked = [line for line in lines if "assay.request" in line]
    assert asked and not [line for line in asked if "/awards/object/" in line or "/receipt/" in line]
    assert str(code) not in "".join(lines) and not [row for row in new if code in row[1]]

    entry = Entry.objects.get(event="award.objection.written")
    assert entry.payload.body is None or writer.employee_no not in entry.payload.body
    assert unseal(entry)["actor"] == writer.employee_no  # under the key that the database does not have


def _names(row: str, person: Person) -> bool:
    return person.employee_no in row or person.name in row or re.search(PERSON % person.pk, row) is not None


def _names_in(line: str, person: Person) -> bool:
    return person.employee_no in line or person.name in line or f"'actor': {person.pk}" in line


PERSON = r'"\w*(?:person|actor|author|recipient|uploader|handled_by|user|requester|owner|_by)(?:_id)?": %d[,}]'
TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1"""


def rows_of_everything() -> set[tuple[str, str]]:
    """Each row of each table, as the database itself would print it."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found |= {(table, row) for (row,) in cursor.fetchall()}
    return found


def _counted() -> list[str]:
    from prometheus_client import generate_latest

    text = generate_latest().decode()
    return [line for line in text.splitlines() if "object_to_award" in line or "objection_receipt" in line]


def test_no_page_names_them_to_anybody(story: ObjectionStory) -> None:
    """Every role's own pages that could speak of it, and the ledger's."""
    union = story.representative()
    (award,) = story.announced()
    writer = story.plant.stranger
    story.unsigned(writer, award)
    left = story.left()
    story.plant.client(union).post(
        reverse("unsigned_objection", args=[left.key]), {"how": "take_up", "grounds": GROUNDS}
    )
    case = Case.objects.get(kind="award_objection")
    pages = [
        reverse("case", args=[case.number]),
        reverse("award_objection_list") + "?tab=all",
        reverse("unsigned_objections"),
        reverse("unsigned_objection", args=[left.key]),
        reverse("object_to_award", args=[award.pk]),
        reverse("notice_list"),
        f"/ledger/unsigned:{left.key}/",
        f"/api/cases/{case.number}",
        f"/api/ledger/unsigned:{left.key}",
    ]
    people = [
        union,
        story.plant.author,
        story.awards.officer,
        story.plant.admin,
        story.plant.observer,
        *story.plant.reviewers[:1],
    ]
    for person in people:
        client = story.plant.client(person)
        for page in pages:
            answer = client.get(page)
            text = b"".join(answer) if answer.streaming else answer.content
            assert writer.name not in text.decode() and writer.employee_no not in text.decode(), (person, page)
        assert client.get(f"/ledger/unsigned:{left.key}/").status_code == 404
