"""What happened is told once, after it is a fact, in the words of whom it concerns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy as _

from tests import plant as plants
from workflows.ledger import clock
from workflows.notices import delivery, kick, mail, wording
from workflows.notices.models import Channel, Notice, Outbox, State
from workflows.notices.outbox import post, unread_count
from workflows.notices.tasks import deliver

EVENT = "tests.furnace.tapped"


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kick, "_quiet_until", 0.0)
    wording.register(EVENT, title=_("Notices"), body="%(title)s · %(case)s")


@pytest.fixture
def mailbox(tmp_path: Path, settings) -> Callable[[], list[EmailMessage]]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def read() -> list[EmailMessage]:
        parts = [part for file in sorted(tmp_path.iterdir()) for part in file.read_bytes().split(b"-" * 79 + b"\n")]
        return [message_from_bytes(part, policy=policy.default) for part in parts if part.strip()]

    return read


@pytest.fixture
def committed(transactional_db: None) -> plants.Plant:
    return plants.build()


def tell(*people, key: str = "decision:1", **fields) -> None:
    values = {
        "event": EVENT,
        "subject": "case:1",
        "context": {"title": "换<b>喷嘴", "case": "TA-1"},
        "url": "/cases/1/",
    }
    post(key=key, recipients=[person.pk for person in people], **{**values, **fields})


def test_one_statement_tells_any_number_of_people(plant):
    for people in ([plant.author], [plant.author, *plant.reviewers, *plant.section_chiefs]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            tell(*people, key=f"decision:{len(people)}")
        assert len(queries) == 1
    assert Outbox.objects.filter(key="decision:9").count() == 9 * len(Channel)


def test_the_same_occurrence_is_told_once(plant):
    tell(plant.author)
    tell(plant.author, plant.coauthor)
    assert Outbox.objects.filter(channel=Channel.IN_PRODUCT).count() == 2


def test_nobody_to_tell_costs_nothing(plant, django_assert_num_queries):
    with django_assert_num_queries(0):
        tell()


def test_an_event_without_words_fails_loudly(plant):
    with pytest.raises(wording.UnknownEventError):
        tell(plant.author, event="tests.never.registered")


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"])
def test_a_notice_leads_nowhere_outside(plant, url):
    with pytest.raises(ValueError, match="a place in the product"):
        tell(plant.author, url=url)


def test_what_is_rolled_back_is_told_to_nobody(committed, mailbox):
    with pytest.raises(RuntimeError), transaction.atomic():
        tell(committed.author)
        raise RuntimeError
    deliver()
    assert not Outbox.objects.exists()
    assert not Notice.objects.exists()
    assert mailbox() == []


def test_the_task_running_twice_tells_once(plant, mailbox):
    tell(plant.author)
    deliver()
    deliver()
    Outbox.objects.update(state=State.WAITING)  # as if the worker had died before it could say "sent"
    Outbox.objects.filter(channel=Channel.MAIL).update(next_try_at=clock.now())
    deliver()
    assert Notice.objects.visible_to(plant.author).count() == 1
    first, again = mailbox()
    assert first["Message-ID"] == again["Message-ID"]


def test_workers_at_once_tell_once(committed, mailbox):
    people = [committed.author, *committed.reviewers, *committed.section_chiefs]
    for number in range(20):
        tell(*people, key=f"decision:{number}")

    def work(_: int) -> int:
        try:
            return delivery.drain(batch=7)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20 * len(people) * len(Channel)
    assert Notice.objects.count() == 20 * len(people)
    assert len({message["Message-ID"] for message in mailbox()}) == len(mailbox()) == 20 * len(people)
    assert not Outbox.objects.exclude(state=State.SENT).exists()


def test_the_mail_speaks_its_readers_language(plant, mailbox, settings):
    settings.SITE_ADDRESS = "https://assay.plant.example/"
    plant.coauthor.language = "en"
    plant.coauthor.save()
    tell(plant.author, plant.coauthor)
    deliver()
    by_reader = {message["To"]: message for message in mailbox()}
    chinese, english = by_reader[plant.author.email], by_reader[plant.coauthor.email]
    assert (chinese["Subject"], english["Subject"]) == ("通知", "Notices")
    for message in (chinese, english):
        assert "换<b>喷嘴 · TA-1" in message.get_content()
        assert "https://assay.plant.example/cases/1/" in message.get_content()
    assert "韩铸，您好" in chinese.get_content()
    assert "陆锍, hello" in english.get_content()


def test_nobody_without_an_address_or_account_gets_mail(plant, mailbox):
    plant.author.email = ""
    plant.author.save()
    plant.coauthor.is_active = False
    plant.coauthor.save()
    tell(plant.author, plant.coauthor)
    deliver()
    assert mailbox() == []
    assert Outbox.objects.filter(state=State.SKIPPED).count() == 2
    assert unread_count(plant.author) == 1


def test_a_mail_server_that_is_away_is_tried_again_and_given_up_in_the_end(plant, settings, mailbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    tell(plant.author)
    deliver()
    row = Outbox.objects.get(channel=Channel.MAIL)
    assert row.state == State.WAITING
    assert row.next_try_at > clock.now()
    assert "ConnectionRefusedError" in row.last_error
    deliver()
    row.refresh_from_db()
    assert row.tries == 1  # not before its time

    Outbox.objects.filter(pk=row.pk).update(tries=mail.GREATEST_TRIES - 1)
    with clock.injected(clock.now() + timedelta(hours=2)):
        deliver()
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert unread_count(plant.author) == 1


def test_a_mail_that_waited_goes_out_when_the_server_is_back(plant, settings, mailbox):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    tell(plant.author)
    deliver()
    settings.EMAIL_BACKEND = backend
    with clock.injected(clock.now() + timedelta(minutes=5)):
        deliver()
    assert len(mailbox()) == 1


def test_a_broker_that_is_away_harms_and_delays_nobody(committed, monkeypatch):
    from celery import current_app

    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis+socket:///nowhere/at/all.sock")
    kick._broker.cache_clear()  # a connection that is kept from before would still be good
    started = time.monotonic()
    with transaction.atomic():
        tell(committed.author)
    with transaction.atomic():
        tell(committed.author, key="decision:2")
    assert time.monotonic() - started < 2
    kick._broker.cache_clear()
    assert kick._quiet_until > time.monotonic() + 10
    deliver()  # as the beat does
    assert unread_count(committed.author) == 2


def test_a_placeholder_without_a_value_does_not_hold_up_the_others(plant, mailbox):
    tell(plant.author, context={"case": "TA-1"})
    tell(plant.coauthor, key="decision:2")
    deliver()
    assert sorted("— · TA-1" in message.get_content() for message in mailbox()) == [False, True]


def test_a_line_feed_in_a_title_forges_no_mail_header(plant, mailbox):
    wording.register("tests.forged", title="%(title)s")
    tell(plant.author, event="tests.forged", context={"title": "喷嘴\nBcc: all@plant.example"})
    deliver()
    (message,) = mailbox()
    assert message["Bcc"] is None
    assert message["Subject"] == "喷嘴 Bcc: all@plant.example"


@pytest.fixture(autouse=True)
def known(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a story registers is forgotten after it."""
    before = dict(wording._registry)
    yield
    wording._registry.clear()
    wording._registry.update(before)


assert settings.TESTING


def test_one_bad_address_does_not_hold_up_the_others(plant, settings, mailbox):
    settings.EMAIL_BACKEND = "tests.notices.refusing.Backend"
    plant.author.email = "refused@plant.example"
    plant.author.save()
    tell(plant.author, plant.coauthor)
    deliver()
    states = dict(Outbox.objects.filter(channel=Channel.MAIL).values_list("recipient__name", "state"))
    assert states == {"韩铸": State.WAITING, "陆锍": State.SENT}


def test_a_server_that_hangs_up_half_way_ends_the_round_and_loses_nothing(plant, settings, mailbox):
    settings.EMAIL_BACKEND = "tests.notices.refusing.Backend"
    plant.reviewers[2].email = "hangup@plant.example"
    plant.reviewers[2].save()
    tell(*plant.reviewers)
    deliver()
    by_mail = Outbox.objects.filter(channel=Channel.MAIL)
    assert by_mail.filter(state=State.SENT).count() == 2
    assert by_mail.filter(state=State.WAITING, tries=1).count() == 3
    assert Notice.objects.count() == 5


def test_a_stray_per_cent_sign_in_a_translation_stops_nothing(plant, mailbox):
    wording.register("tests.stray", title="100% %(title)s")
    tell(plant.author, event="tests.stray")
    deliver()
    assert len(mailbox()) == 1
