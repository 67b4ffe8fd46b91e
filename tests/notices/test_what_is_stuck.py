"""Mails that do not get through stand on a page, with the reason; somebody tries again or discards them, on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from workflows.ledger import clock
from workflows.ledger.models import Entry
from workflows.notices import backoff
from workflows.notices.models import Channel, Notice, Outbox, State
from workflows.notices.outbox import oldest_waiting, post
from workflows.notices.tasks import deliver
from workflows.organisation.models import Role

pytestmark = pytest.mark.usefixtures("quiet_registry")
LIST = "/notices/undelivered/"


def tell(*people, key: str = "d:1") -> None:
    post(
        event="engine.task.waiting", key=key, recipients=[p.pk for p in people], subject="case:1",
        context={"number": "TA-1", "title": "秘密的标题"}, url="/cases/TA-1/",
    )  # fmt: skip


@pytest.fixture
def stuck(plant, settings) -> Outbox:
    """A mail that was given up."""
    settings.EMAIL_BACKEND = "tests.notices.refusing.Backend"
    plant.author.email = "refused@plant.example"
    plant.author.save()
    tell(plant.author)
    deliver()
    row = Outbox.objects.filter(channel=Channel.MAIL)
    row.update(tries=backoff.GREATEST_TRIES - 1, next_try_at=clock.now())
    deliver()
    return row.get()


def test_it_stands_there_with_its_reason_and_without_what_it_says(plant, stuck):
    assert stuck.state == State.FAILED
    page = plant.client(plant.admin).get(LIST).content.decode()
    for shown in (
        "韩铸",
        "refused@plant.example",
        "SMTPRecipientsRefused",
        "没有这个地址",
        "已不再重发",
        f"试过 {stuck.tries} 次",
    ):
        assert shown in page
    assert "秘密的标题" not in page
    assert "TA-1" not in page


def test_one_that_is_still_tried_says_when_next(plant, settings):
    settings.EMAIL_BACKEND = "tests.notices.refusing.Backend"
    plant.author.email = "refused@plant.example"
    plant.author.save()
    tell(plant.author)
    deliver()
    page = plant.client(plant.admin).get(LIST).content.decode()
    assert "还会重发" in page
    assert "下次重发" in page


def test_it_is_tried_again_and_goes(plant, stuck, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    answer = plant.client(plant.admin).post(reverse("admin_stuck_retry", args=["mail", stuck.pk]), follow=True)
    assert "正在重发" in answer.content.decode()
    deliver()
    stuck.refresh_from_db()
    assert (stuck.state, stuck.last_error) == (State.SENT, "")
    again = plant.client(plant.admin).post(reverse("admin_stuck_retry", args=["mail", stuck.pk]))
    assert again.status_code == 404


def test_all_are_tried_again_in_one_go(plant, stuck, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    answer = plant.client(plant.admin).post(reverse("admin_stuck_retry_all"), follow=True)
    assert "1 条正在重发" in answer.content.decode()
    deliver()
    assert "都送到了" in plant.client(plant.admin).get(LIST).content.decode()


def test_it_is_discarded_with_a_reason_that_stands_in_the_ledger(plant, stuck):
    client, address = plant.client(plant.admin), reverse("admin_stuck_discard", args=["mail", stuck.pk])
    answer = client.post(address, {"reason": " "})
    assert answer.status_code == 422
    assert 'id="id_reason_error"' in answer.content.decode()
    assert client.post(address, {"reason": "已离职，邮箱注销"}).status_code == 302
    stuck.refresh_from_db()
    assert stuck.state == State.DROPPED
    entry = Entry.objects.get(chain__subject=f"unit:{plant.team.pk}", event="notices.discarded")
    assert "已离职，邮箱注销" in entry.payload.body
    assert "秘密的标题" not in entry.payload.body
    assert "放弃未送达的通知" in client.get(reverse("admin_unit", args=[plant.team.pk])).content.decode()
    assert client.post(address, {"reason": "再来"}).status_code == 404
    deliver()
    stuck.refresh_from_db()
    assert stuck.state == State.DROPPED
    assert Notice.objects.filter(recipient=plant.author).count() == 1  # on the site it was all along


def test_others_have_no_business_there(plant, stuck):
    for person in (plant.author, plant.team_leader, plant.observer, plant.contractor_person):
        assert plant.client(person).get(LIST).status_code == 403
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    elsewhere = plant.client(plant.stranger)
    assert "韩铸" not in elsewhere.get(LIST).content.decode()
    for name in ("admin_stuck_retry", "admin_stuck_discard"):
        assert elsewhere.post(reverse(name, args=["mail", stuck.pk]), {"reason": "x"}).status_code == 404
        assert elsewhere.post(reverse(name, args=["pigeon", stuck.pk]), {"reason": "x"}).status_code == 404
    elsewhere.post(reverse("admin_stuck_retry_all"))
    stuck.refresh_from_db()
    assert stuck.state == State.FAILED


def test_the_page_in_english(plant, stuck):
    plant.admin.language = "en"
    plant.admin.save()
    page = plant.client(plant.admin).get(LIST).content.decode()
    assert "given up" in page
    assert "12 tries" in page


def test_the_page_costs_the_same_for_one_and_a_hundred(plant, stuck):
    client = plant.client(plant.admin)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    tell(*plant.reviewers, *plant.section_chiefs, key="d:2")
    Outbox.objects.filter(key="d:2").update(state=State.FAILED, last_error="550")
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(few) == len(many)


def test_pauses_grow_and_end_at_an_hour():
    pauses = [backoff.pause_after(tries) for tries in range(1, 13)]
    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)
    assert timedelta(hours=6) < sum(pauses, timedelta(0)) < timedelta(hours=8)


def test_how_far_behind_delivery_is(plant):
    assert oldest_waiting() is None
    moment = clock.now()
    with clock.injected(moment - timedelta(minutes=9)):
        tell(plant.author)
    assert oldest_waiting() == moment - timedelta(minutes=9)
    deliver()
    assert oldest_waiting() is None
