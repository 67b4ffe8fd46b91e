"""The new doors, tried by those who see their own and nothing else, change nothing, or have no business right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from tests.api.caller import Caller
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import failures
from workflows.engine.errors import NotYours, Refusal
from workflows.engine.models import Decision, RuleVersion, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence, end_absence, stands_in_for
from workflows.organisation.models import Person

TITLE = "分布锥改双层导流"
ANALYTICS = ("process_times", "process_waiting", "process_returns", "process_months", "process_people",
             "process_visits", "process_reasons", "process_cases")  # fmt: skip


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    return story


@pytest.mark.parametrize("who", ["contractor_person", "admin", "stranger"])
def test_the_analytics_know_no_case_that_one_may_not_read(plant: Plant, story: Story, who: str) -> None:
    story.act(plant.team_leader, "return_to", "revision", then="resume", reason="缺图纸一张")
    client = plant.client(getattr(plant, who))
    for name in ANALYTICS:
        for query in ("", f"?unit={plant.team.pk}", "?since=2026-01-01&stage=filed"):
            answer = client.get(reverse(name) + query)
            text = answer.content.decode()
            assert answer.status_code in (200, 404), (name, query)
            for told in (TITLE, story.case.number, "缺图纸一张", plant.team_leader.name):
                assert told not in text, (name, query, told)


@pytest.mark.parametrize("who", ["contractor_person", "admin", "stranger", "observer", "coauthor"])
def test_several_at_once_over_somebody_elses_tasks_do_nothing(plant: Plant, story: Story, who: str) -> None:
    item = WorkItem.objects.get(case=story.case, state="open")
    person = getattr(plant, who)
    for verb in ("approve", "claim", "release"):
        answer = Caller.of(person).post("/api/queue/batch", token=str(uuid4()), verb=verb, items=[item.pk, 2**62])
        said = answer.json()
        assert said["done"] == 0 and said["left"] == 2
        if who in ("contractor_person", "admin", "stranger"):
            foreign, nobody = said["items"]
            assert (foreign["number"], foreign["refused"]["code"]) == ("", nobody["refused"]["code"])
        page = (
            plant.client(person)
            .post(reverse("batch"), {"verb": verb, "item": [item.pk], "token": str(uuid4())})
            .content.decode()
        )
        assert who in ("observer", "coauthor") or TITLE not in page
    item.refresh_from_db()
    assert item.state == "open" and item.person is None
    assert not Decision.objects.filter(case=story.case, actor=person).exclude(verb="file").exists()


@pytest.mark.parametrize("who", ["contractor_person", "observer", "stranger", "team_leader", "publisher"])
def test_the_operators_doors_are_shut(plant: Plant, story: Story, who: str) -> None:
    client = plant.client(getattr(plant, who))
    assert client.get(reverse("desk")).status_code == 403
    assert client.post(reverse("desk_retry", args=[story.case.number])).status_code == 403
    leaver = plant.team_leader
    assert client.post(reverse("handover_person", args=[leaver.pk]), {"reason": "x"}).status_code == 403
    assert client.get(reverse("handover")).status_code == 403
    if who != "publisher":
        assert client.get(reverse("corrections")).status_code == 403
    assert client.post(reverse("admin_calendar_day"), {"day": "2026-12-01", "is_working": "0"}).status_code == 403
    assert client.get(reverse("admin_stuck")).status_code == 403


@pytest.mark.parametrize("who", ["contractor_person", "admin", "stranger", "team_leader"])
def test_trying_rules_is_for_those_who_make_or_watch_them(plant: Plant, story: Story, who: str) -> None:
    version = RuleVersion.objects.get()
    client = plant.client(getattr(plant, who))
    for name in ("rule_what_if", "rule_what_if_sheet"):
        answer = client.get(reverse(name, args=[version.pk]))
        assert answer.status_code == 403
        assert TITLE.encode() not in answer.content


def test_what_failed_is_told_without_the_row_it_failed_at(plant: Plant, story: Story) -> None:
    with pytest.raises(IntegrityError) as failed, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE engine_case SET author_id = NULL WHERE id = %s", [story.case.pk])
    assert TITLE in str(failed.value)  # PostgreSQL quotes the row
    failures.note("decision", f"case:{story.case.pk}", failed.value)
    page = plant.client(plant.admin).get(reverse("desk")).content.decode()
    assert story.case.number in page and TITLE not in page


def test_papers_before_filing_are_nobody_elses(plant: Plant) -> None:
    from tests.hazards.story import photo

    token = uuid4()
    sent: Any = {"file": photo(), "token": str(uuid4()), "holder": f"filing:{token}", "purpose": "before"}
    kept = Caller.of(plant.author).send("/api/documents", **sent)
    assert kept.status_code == 201, kept.content.decode()
    other = Caller.of(plant.stranger)
    assert other.get(f"/api/documents/{kept.json()['uuid']}").status_code == 404
    for holder in (f"filing:{token}", f"filing:{str(token).upper()}", f"filing:{token.hex}"):
        again = other.send("/api/documents", **(sent | {"file": photo(), "token": str(uuid4()), "holder": holder}))
        assert again.status_code == 404, holder


def test_a_substitute_whose_time_ended_acts_no_more_in_the_same_request(plant: Plant, story: Story) -> None:
    absence = declare_absence(
        actor=plant.team_leader, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=1)
    )
    actor = Person.objects.get(pk=plant.teammate.pk)
    assert stands_in_for(actor) == [plant.team_leader.pk]  # read, say, for the list that the batch came from
    end_absence(actor=plant.team_leader, absence=absence)
    item = WorkItem.objects.get(case=story.case, state="open")
    with pytest.raises(Refusal) as refused, turn(actor=actor, case_id=item.case_id, item_id=item.pk) as t:
        t.approve()
    assert isinstance(refused.value, NotYours)


def test_probes_tell_strangers_no_names(plant: Plant, story: Story, client: Any) -> None:
    assert client.get("/metrics").status_code == 404
    ready = client.get("/readyz").json()
    assert set(ready) == {"ready", "parts"} and set(ready["parts"].values()) <= {"ok", "failing"}
