"""Until both forms are sealed nobody but its inspector learns anything of a record: by page, file, API, export, count,
notice or log; nor does the database hold a word of it in plain text.

Two worlds that differ in nothing but what one inspector recorded and sealed: each page, file, API answer and log line
that anybody else gets is the same in both. What differs by chance (tokens, digests, keys) is taken out first.
"""

from __future__ import annotations

import logging
import os
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from maintenance_audit.inspections import photos, sheet
from maintenance_audit.inspections.models import Inspection
from tests import samples
from tests.awards.test_sealed_marks_tell_nothing import BY_CHANCE, _differences, _text, keys_as_they_were
from tests.inspections.story import FINE, InspectionStory, picture
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from tests.test_every_url import doors
from workflows.engine import plant_calendar
from workflows.ledger.clock import injected, now
from workflows.operations.authority import is_operator
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db

SAYS_MORE = {"sign_out", "checkpoint_file", "metrics", "readyz", "source_archive"}
TELLS_OF_THE_MACHINE = " desk"  # how it is this second; read for the canary like every other page
FULL = bool(os.environ.get("ASSAY_PROVE"))
CANARY = "金丝雀零七三"
VALUE = "0.057319"[:5]  # within the tolerance, and nowhere else in the plant
PLACE = "31.415926"
ALONE = rf"(^|[^0-9]){VALUE.replace('.', '[.]')}0*([^0-9]|$)"  # not the thousandths of a second of some moment


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    publish_rules(plant)
    told = InspectionStory(plant)
    told.to_draw(8)
    return told


def record(story: InspectionStory, inspection: Inspection, *, bad: bool) -> None:
    """Everything is said with the canary in it; the verdicts are one thing or the other. A photo comes with each."""
    said = dict(FINE)
    said["seal"] = (
        {"verdict": "nonconforming", "severity": "critical", "nature": "old_part", "note": f"{CANARY}旧件"}
        if bad
        else {"verdict": "conforming", "note": f"{CANARY}新件"}
    )
    said["axis"] = {"verdict": "conforming", "value": VALUE, "note": CANARY}
    said["tag"] = {"how": "none", "said": f"{CANARY}牌子掉了"}
    upload = SimpleUploadedFile(f"{CANARY}.jpg", picture().read(), "image/jpeg")
    key = sheet.key_of(sheet.of(inspection).claims[0])
    reported = {"latitude": PLACE, "longitude": PLACE, "at": "2031-07-03T00:00:00Z"}
    photos.add(
        inspection, actor=inspection.assignment.person, token=UUID(int=73), key=key, upload=upload, reported=reported
    )
    story.seal(inspection, **said)


def people_of(story: InspectionStory, other: Inspection) -> list[Person]:
    """Others than the inspector; among them the one of the other form, and whoever stands highest."""
    plant = story.plant
    top = story.person("顶层", "39999", plant.company)
    for role in (Role.ADMINISTRATOR, Role.AUDIT_LEAD, Role.UNION_REPRESENTATIVE, Role.RULE_PUBLISHER, Role.OBSERVER):
        plant.hold(top, role, plant.company)
    # The company's administrator and nothing else, who looks after the machine as well.
    operator = story.person("机维", "39998", plant.company)
    plant.hold(operator, Role.ADMINISTRATOR, plant.company)
    assert is_operator(operator) and not is_operator(plant.admin)
    some = [story.lead, other.assignment.person, top, operator, plant.contractor_person]
    more = [story.union, story.planner, plant.observer, plant.admin, plant.section_chiefs[0], plant.stranger]
    return some + (more if FULL else [])


def addresses(story: InspectionStory, inspection: Inspection) -> list[tuple[str, str]]:
    """Every GET that could be about the record: all that name something of it, and all that name nothing."""
    case, lot = inspection.case, story.lot
    values = samples.of_arguments_of(story.plant, Story(story.plant), story)
    own: dict[str, Any] = {
        "number": case.number, "subject": f"case:{case.pk}", "kind": "inspection", "seq": 2, "uuid": UUID(int=73),
        "document/pk": UUID(int=73), "document_thumb/pk": UUID(int=73), "document_view/pk": UUID(int=73),
        "drawn_job": inspection.drawn_job_id, "adjudicate/number": case.number,
        **{f"{name}/number": case.number for name in samples.OF_AN_INSPECTION},
        **{f"{name}/number": lot.case.number for name in samples.OF_A_LOT},
        **{f"{name}/number": inspection.drawn_job.lot_job.number for name in samples.OF_A_JOB},
    }  # fmt: skip
    named = {key.rpartition("/")[2] for key in own}
    about = [door for door in doors() if not door.arguments or set(door.arguments) & named]
    found = {(door.name, door.address(values | own)) for door in about if door.name not in SAYS_MORE}
    return sorted(found)


def seen(story: InspectionStory, people: dict[Person, str], asked: list[tuple[str, str]]) -> dict[str, str]:
    told: dict[str, str] = {}
    for person, token in people.items():
        client, bearer = story.plant.client(person), {"Authorization": f"Bearer {token}"}
        client.raise_request_exception = False
        for name, address in asked:
            answer = client.get(address, headers=bearer if address.startswith("/api/") else {})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            told[f"{person.name} {name}"] = f"{answer.status_code} {BY_CHANCE.sub('#', _text(body))}"
    return told


def world(story: InspectionStory, inspection: Inspection, people: dict[Person, str], asked: Any, *, bad: bool) -> Any:
    plant_calendar.forget()  # what an earlier test has read of it would run out between the worlds
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda line: heard.append(line.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(listener)
    try:
        record(story, inspection, bad=bad)
        return seen(story, people, asked), "\n".join(heard), in_plain_text()
    finally:
        logging.getLogger().removeHandler(listener)


def in_plain_text() -> dict[str, str]:
    """A row of each table in which the canary, the measured value or the place can be read."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            # A bytea shows itself as hex here; its bytes are looked at as text, too.
            cursor.execute(
                f"SELECT t::text FROM {table} t WHERE t::text LIKE ANY(%s) OR t::text ~ %s LIMIT 1",
                [[f"%{word}%" for word in (CANARY, CANARY.encode().hex(), PLACE)], ALONE],
            )
            if row := cursor.fetchone():
                found[table] = row[0]
    return found


@pytest.mark.prove
def test_nothing_that_anybody_gets_depends_on_a_record(story: InspectionStory) -> None:
    site, records = story.inspection("site"), story.inspection("records")
    people = {person: tokens.issue(person, "看") for person in people_of(story, records)}
    asked, worlds = addresses(story, site), []
    with injected(now()):
        for bad in (False, True):
            with keys_as_they_were(), transaction.atomic():
                worlds.append(world(story, site, people, asked, bad=bad))
                transaction.set_rollback(True)
    (good, log, tables), (poor, other_log, other_tables) = worlds
    assert len(good) > 300
    compared = [key for key in good if not key.endswith(TELLS_OF_THE_MACHINE)]
    assert {key: found for key in compared if (found := _differences(good[key], poor[key]))} == {}
    for told in (*good.values(), *poor.values(), log, other_log):
        assert CANARY not in told and PLACE not in told
    assert tables == other_tables == {}


def test_a_draft_is_in_no_table_either(story: InspectionStory) -> None:
    site = story.inspection("site")
    story.write(site, seal={"note": CANARY}, axis={"value": VALUE})
    assert in_plain_text() == {}


def test_the_canary_can_be_found(story: InspectionStory) -> None:
    """Once both are sealed it is read where it may be: what looks for it, finds it."""
    site, records = story.inspection("site"), story.inspection("records")
    record(story, site, bad=False)
    story.seal(records)
    assert in_plain_text().keys() >= {"inspections_found", "documents_document"}
    page = story.plant.client(story.lead).get(f"/inspections/compared/{site.drawn_job_id}/").content.decode()
    assert CANARY in page
