"""Machines ask how the plant is; the doctor says it in words."""

from __future__ import annotations

import json
import logging
from io import StringIO

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import plant_calendar
from workflows.engine.turn import turn
from workflows.notices.models import Outbox
from workflows.operations import doctor, heartbeat, metrics, readiness
from workflows.operations.models import Heartbeat
from workflows.operations.tasks import beat
from workflows.store.gathering import change

pytestmark = pytest.mark.django_db


def test_the_process_is_up_whatever_else_is_not(monkeypatch) -> None:
    monkeypatch.setattr(connection, "cursor", lambda: 1 / 0)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_once_beat_has_been_seen() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False, "parts": {"database": "ok", "broker": "ok", "beat": "failing", "outbox": "ok"},
    }  # fmt: skip
    beat()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


def test_a_silent_beat_is_named() -> None:
    beat()
    Heartbeat.objects.update(at=timezone.now() - timezone.timedelta(seconds=heartbeat.LATE_AFTER + 5))
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["beat"]) == (503, "failing")


def test_an_outbox_that_nobody_empties_is_named(plant: Plant) -> None:
    beat()
    publish_rules(plant)
    Story(plant).file()
    assert Client().get("/readyz").status_code == 200
    Outbox.objects.update(next_try_at=timezone.now() - timezone.timedelta(seconds=readiness.OUTBOX_LATE_AFTER + 5))
    assert Client().get("/readyz").json()["parts"]["outbox"] == "failing"


def test_a_broker_that_is_away_is_named(settings) -> None:
    from celery import current_app

    kept = current_app.conf.broker_url, current_app.conf.broker_write_url
    current_app.conf.broker_url = current_app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    try:
        assert readiness.parts()["broker"] is False
    finally:
        current_app.conf.broker_url, current_app.conf.broker_write_url = kept


def test_strangers_find_no_metrics(settings) -> None:
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-long-token-of-the-plant"
    assert Client().get("/metrics").status_code == 404
    assert Client(headers={"authorization": "Bearer another"}).get("/metrics").status_code == 404
    settings.METRICS_NETWORKS = ["10.1.0.0/16"]
    assert Client().get("/metrics", REMOTE_ADDR="10.2.0.1").status_code == 404
    assert Client().get("/metrics", REMOTE_ADDR="10.1.0.1").status_code == 200
    assert Client(headers={"authorization": "Bearer a-long-token-of-the-plant"}).get("/metrics").status_code == 200


def figures(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _space, value in lines}


def test_the_figures(plant: Plant, settings) -> None:
    settings.METRICS_TOKEN = "a-long-token-of-the-plant"
    publish_rules(plant)
    story = Story(plant)
    story.file()
    story.act(plant.team_leader, "approve")
    beat()
    plant.client(plant.author).get(reverse("home"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE engine_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE engine_decision SET decided_at = decided_at - interval '1 minute'")
        cursor.execute("ALTER TABLE engine_decision ENABLE TRIGGER USER")
    metrics.DATABASE.last, metrics.DATABASE.verbs = 0, type(metrics.DATABASE.verbs)()
    client = Client(headers={"authorization": "Bearer a-long-token-of-the-plant"})
    told = figures(client.get("/metrics").content.decode())
    assert told["assay_open_steps"] == 1
    assert told['assay_decisions_total{verb="approve"}'] == 1
    assert 0 <= told["assay_beat_age_seconds"] < 5
    assert told["assay_outbox_waiting"] >= 2
    assert any(name.startswith('assay_request_seconds_count{answer="2xx",method="GET",page="home"') for name in told)
    again = figures(client.get("/metrics").content.decode())
    assert again['assay_decisions_total{verb="approve"}'] == 1  # a scrape counts nothing twice


def test_mails_that_wait_on_purpose_are_no_backlog(plant: Plant, settings) -> None:
    settings.METRICS_TOKEN = "a-long-token-of-the-plant"
    publish_rules(plant)
    Story(plant).file()
    Outbox.objects.filter(channel="in_product").update(state="sent", sent_at=timezone.now())
    Outbox.objects.update(created_at=timezone.now() - timezone.timedelta(hours=9))
    Outbox.objects.filter(channel="mail").update(
        held_for="quiet", next_try_at=timezone.now() + timezone.timedelta(hours=3)
    )
    client = Client(headers={"authorization": "Bearer a-long-token-of-the-plant"})
    told = figures(client.get("/metrics").content.decode())
    assert (told["assay_outbox_waiting"], told["assay_outbox_oldest_seconds"]) == (0, 0)
    Outbox.objects.filter(channel="mail").update(next_try_at=timezone.now() - timezone.timedelta(minutes=3))
    told = figures(client.get("/metrics").content.decode())
    assert told["assay_outbox_waiting"] >= 1 and 180 <= told["assay_outbox_oldest_seconds"] < 240
    beat()
    assert Client().get("/readyz").json()["parts"]["outbox"] == "ok"  # a mail that is late keeps nobody out


def test_what_comes_after_a_decision_is_no_failure_of_its_case(plant: Plant) -> None:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    structlog.contextvars.clear_contextvars()
    story.act(plant.team_leader, "claim")
    known = structlog.contextvars.get_contextvars()
    assert "case" not in known and known["acted_on"] == story.case.pk
    item = story.item(plant.team_leader)
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        turn(actor=plant.team_leader, item_id=item.pk, number=story.case.number) as t,
    ):
        t.case.title = None
        change(t.case, "title")  # it breaks when the turn's rows are written, after the verb
    assert structlog.contextvars.get_contextvars()["case"] == story.case.pk
    structlog.contextvars.clear_contextvars()


def doctors(language: str = "zh-hans") -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("doctor", language=language, stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def test_the_doctor_finds_a_plant_well(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    plant_calendar.import_year(timezone.localdate().year)
    beat()
    said, code = doctors()
    ill = [line for line in said.splitlines() if line.startswith("✗")]
    assert (ill, code) == ([], 0)
    assert "beat: 定时器和后台" in said
    english, _code = doctors("en")
    assert "beat: Beat and a worker were alive" in english


def test_the_doctor_names_what_is_ill(settings, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "file"
    said, code = doctors("en")
    assert code == 1
    assert "✗ beat: Beat has never run here." in said
    assert "✗ files: " in said


def test_the_doctor_asks_for_counting_after_a_large_import() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE brought_in AS SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g")
        (finding,) = doctor._asked("statistics", doctor.CHECKS["statistics"])
        assert finding.state == doctor.MIND and "brought_in" in finding.said and "ANALYZE" in finding.said
        cursor.execute("ANALYZE brought_in")
        (finding,) = doctor._asked("statistics", doctor.CHECKS["statistics"])
        assert "brought_in" not in finding.said


def test_a_check_that_breaks_keeps_no_other(monkeypatch) -> None:
    monkeypatch.setitem(doctor.CHECKS, "clock", lambda: 1 / 0)
    found = {finding.name: finding for finding in doctor.examine()}
    assert found["clock"].state == doctor.ILL
    assert "steps" in found


def test_a_log_line_names_request_actor_and_case(plant: Plant, caplog, settings) -> None:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    client = plant.client(plant.team_leader)
    item = story.item(plant.team_leader)
    with caplog.at_level(logging.INFO, logger="assay.request"):
        answer = client.post(reverse("decide", args=[story.case.number, item.pk]), {"verb": "claim"})
    record = next(r for r in caplog.records if r.name == "assay.request")
    assert isinstance(record.msg, dict)
    assert record.msg["request"] == answer["X-Request-ID"]
    assert (record.msg["actor"], record.msg["acted_on"]) == (plant.team_leader.pk, story.case.pk)
    from workflows.operations import logs

    formatter = logs.configuration("INFO", json=True)["formatters"]["structured"]
    line = json.loads(formatter.pop("()")(**formatter).format(record))
    assert (line["event"], line["page"], line["status"]) == ("request", "decide", 303)
    assert plant.team_leader.name not in json.dumps(line, ensure_ascii=False)


def test_a_strangers_request_id_is_not_taken(settings) -> None:
    forged = {"x-request-id": "somebody-elses-id"}
    assert Client(headers=forged).get("/healthz")["X-Request-ID"] != "somebody-elses-id"
    settings.BEHIND_PROXY = True
    assert Client(headers=forged).get("/healthz")["X-Request-ID"] == "somebody-elses-id"
    assert Client(headers={"x-request-id": "a b\tc"}).get("/healthz")["X-Request-ID"] != "a b\tc"


def test_orders_that_nobody_took_are_not_piled_up(settings) -> None:
    """A worker that comes back after a night finds a few of each kind; what is ordered once a day waits for it."""
    for name, order in settings.CELERY_BEAT_SCHEDULE.items():
        every, expires = order["schedule"], order.get("options", {}).get("expires")
        assert (expires is None) == (every >= 3600), name
        assert expires is None or 60 <= expires <= 60 + 2 * every, name
