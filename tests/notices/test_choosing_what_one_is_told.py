"""People choose what they are told and when; what waits for them, and what is urgent, reaches them all the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tests import plant as plants
from tests.api.caller import Caller
from tests.proposal_story import Story, publish_rules
from workflows.ledger import clock
from workflows.notices import digest, preferences, topics, wishes, wording
from workflows.notices.models import Channel, Notice, Outbox, Preference, State
from workflows.notices.outbox import oldest_waiting, post
from workflows.notices.tasks import deliver
from workflows.notices.wishes import Wish

pytestmark = pytest.mark.usefixtures("quiet_registry")

PAGE = "/notices/preferences/"
WEDNESDAY = datetime(2026, 11, 18, 10, 0)
EVERYTHING = [f"{topic.name}:{channel}" for topic in topics.all_topics() for channel in Channel.values]


def at(moment: datetime):
    return clock.injected(timezone.make_aware(moment))


@pytest.fixture
def mailbox(tmp_path: Path, settings) -> Callable[[], list[EmailMessage]]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def read() -> list[EmailMessage]:
        parts = [part for file in sorted(tmp_path.iterdir()) for part in file.read_bytes().split(b"-" * 79 + b"\n")]
        return [message_from_bytes(part, policy=policy.default) for part in parts if part.strip()]

    return read


def tell(person, event: str = "engine.case.approve", key: str = "d:1", number: str = "TA-1") -> None:
    context = {"number": number, "title": "换喷嘴", "who": "秦砺", "reason": "", "step": "proposal/team_review"}
    post(event=event, key=key, recipients=[person.pk], subject="case:1", context=context, url=f"/cases/{number}/")


def choose(plant, person, wanted=EVERYTHING, **fields):
    form = {"wanted": list(wanted), "digest_at": "", "quiet_from": "", "quiet_to": "", **fields}
    return plant.client(person).post(PAGE, form)


def ticked(page: str) -> int:
    return len(re.findall(r'name="wanted"[^>]* checked', page))


def without(*switched_off: str) -> list[str]:
    return [box for box in EVERYTHING if box not in switched_off]


def test_who_chose_nothing_is_told_everything_at_once(plant, mailbox):
    tell(plant.author)
    deliver()
    assert Notice.objects.count() == len(mailbox()) == 1
    page = plant.client(plant.author).get(PAGE).content.decode()
    assert ticked(page) == len(EVERYTHING)


def test_a_topic_is_switched_off_by_mail_and_stays_on_the_site(plant, mailbox):
    assert choose(plant, plant.author, without("progress:mail")).status_code == 302
    tell(plant.author)
    deliver()
    assert mailbox() == []
    assert Notice.objects.count() == 1
    assert Outbox.objects.get(channel=Channel.MAIL).state == State.SKIPPED


def test_a_topic_is_switched_off_on_the_site(plant, mailbox):
    choose(plant, plant.author, without("progress:in_product"))
    tell(plant.author)
    deliver()
    assert Notice.objects.count() == 0
    assert len(mailbox()) == 1


def test_what_waits_for_one_cannot_be_switched_off_on_the_site(plant, mailbox):
    choose(plant, plant.author, [])
    tell(plant.author, "engine.task.waiting")
    deliver()
    assert Notice.objects.count() == 1
    assert mailbox() == []
    Preference.objects.update(off=["waiting:in_product"])  # however it got there
    tell(plant.author, "engine.task.waiting", key="d:2")
    deliver()
    assert Notice.objects.count() == 2


def test_in_quiet_hours_a_mail_waits_until_they_end(plant, mailbox):
    choose(plant, plant.author, quiet_from="21:00", quiet_to="07:00")
    with at(WEDNESDAY.replace(hour=23)):
        tell(plant.author)
        deliver()
        assert mailbox() == []
        assert Notice.objects.count() == 1
        assert oldest_waiting() is None
        row = Outbox.objects.get(channel=Channel.MAIL)
        assert (row.held_for, row.tries) == ("quiet", 0)
    with at(WEDNESDAY + timedelta(hours=20, minutes=59)):
        deliver()
        assert mailbox() == []
    with at(WEDNESDAY + timedelta(hours=21)):
        deliver()
        deliver()
    assert len(mailbox()) == 1


def test_what_is_escalated_waits_for_nothing(plant, mailbox):
    choose(plant, plant.author, quiet_from="21:00", quiet_to="07:00", digest_at="08:00")
    with at(WEDNESDAY.replace(hour=23)):
        tell(plant.author, "engine.task.escalated")
        deliver()
    assert len(mailbox()) == 1


def test_one_mail_a_day_holds_all_of_the_day_and_keeps_the_weekend(plant, mailbox):
    choose(plant, plant.author, digest_at="08:00")
    for day, number in ((20, "TA-1"), (20, "TA-2"), (21, "TA-3")):  # Friday, Saturday
        with at(datetime(2026, 11, day, 9, 0)):
            tell(plant.author, key=number, number=number)
            deliver()
    for day in (21, 22):
        with at(datetime(2026, 11, day, 8, 1)):
            deliver()
            assert mailbox() == []
            assert oldest_waiting() is None
    with at(datetime(2026, 11, 23, 8, 0)):
        deliver()
        deliver()
    (message,) = mailbox()
    assert message["Subject"] == "试金：3 条通知"
    text = message.get_content()
    assert [text.count(f"/cases/TA-{number}/") for number in (1, 2, 3)] == [1, 1, 1]
    assert not Outbox.objects.filter(channel=Channel.MAIL).exclude(state=State.SENT).exists()
    assert Notice.objects.count() == 3


def test_a_digest_follows_the_plants_calendar(plant, mailbox):
    from workflows.engine import plant_calendar
    from workflows.engine.models import CalendarDay

    CalendarDay.objects.create(date=date(2026, 11, 21), is_working=True, note="make-up day")
    plant_calendar.forget()
    try:
        choose(plant, plant.author, digest_at="08:00")
        with at(datetime(2026, 11, 20, 9, 0)):
            tell(plant.author)
            plant_calendar.forget()
            deliver()
        with at(datetime(2026, 11, 21, 8, 0)):
            deliver()
        assert len(mailbox()) == 1
    finally:
        plant_calendar.forget()


def test_a_digest_that_beat_slept_through_comes_when_it_wakes(plant, mailbox):
    choose(plant, plant.author, digest_at="08:00")
    with at(WEDNESDAY):
        tell(plant.author)
    with at(WEDNESDAY + timedelta(days=3)):
        deliver()
    assert len(mailbox()) == 1


def test_a_digest_is_in_its_readers_language_and_names_how_many_more(plant, mailbox, monkeypatch):
    monkeypatch.setattr(digest, "MOST_LISTED", 2)
    plant.author.language = "en"
    plant.author.save()
    choose(plant, plant.author, digest_at="08:00")
    with at(WEDNESDAY):
        for number in range(5):
            tell(plant.author, key=str(number), number=f"TA-{number}")
        deliver()
    with at(WEDNESDAY + timedelta(days=1)):
        deliver()
    (message,) = mailbox()
    assert message["Subject"] == "Assay: 5 notices"
    assert "… and 3 more" in message.get_content()
    assert message.get_content().count("/cases/") == 2


def test_changing_ones_mind_sends_what_had_waited(plant, mailbox):
    choose(plant, plant.author, digest_at="08:00")
    with at(WEDNESDAY):
        tell(plant.author)
        deliver()
        choose(plant, plant.author)
        deliver()
    assert len(mailbox()) == 1


def test_a_digest_whose_server_is_away_comes_later_under_the_same_name(plant, mailbox, settings):
    working = settings.EMAIL_BACKEND
    choose(plant, plant.author, digest_at="08:00")
    with at(WEDNESDAY):
        tell(plant.author)
        deliver()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with at(WEDNESDAY + timedelta(days=1)):
        deliver()
    row = Outbox.objects.get(channel=Channel.MAIL)
    assert (row.state, row.tries) == (State.WAITING, 1)
    settings.EMAIL_BACKEND = working
    with at(WEDNESDAY + timedelta(days=1, hours=1)):
        deliver()
    Outbox.objects.filter(channel=Channel.MAIL).update(state=State.WAITING, next_try_at=clock.now())
    with at(WEDNESDAY + timedelta(days=30)):
        deliver()  # as if a worker had died before it could say "sent"
    first, again = mailbox()
    assert first["Message-ID"] == again["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_one_digest(mailbox):
    plant = plants.build()
    choose(plant, plant.author, digest_at="08:00")
    with at(WEDNESDAY):
        for number in range(30):
            tell(plant.author, key=str(number), number=f"TA-{number}")
        deliver()
    Outbox.objects.filter(channel=Channel.MAIL).update(next_try_at=clock.now())

    def work(_: int) -> None:
        try:
            deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert [message["Subject"] for message in mailbox()] == ["试金：30 条通知"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"quiet_from": "21:00"}, "quiet_to"),
        ({"quiet_to": "07:00"}, "quiet_from"),
        ({"quiet_from": "21:00", "quiet_to": "21:00"}, "quiet_to"),
        ({"digest_at": "25:00"}, "digest_at"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_the_boxes_stay_as_sent(plant, fields, field):
    answer = choose(plant, plant.author, without("copies:mail"), **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert ticked(page) == len(EVERYTHING) - 1
    assert not Preference.objects.exists()


def test_the_database_knows_what_quiet_hours_are(plant):
    for begins, ends in ((time(21), None), (None, time(7)), (time(7), time(7))):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(person=plant.author, quiet_from=begins, quiet_to=ends)


def test_choices_are_ones_own(plant, mailbox):
    choose(plant, plant.author, [])
    tell(plant.coauthor)
    deliver()
    assert len(mailbox()) == 1
    assert ticked(plant.client(plant.stranger).get(PAGE).content.decode()) == len(EVERYTHING)


def test_the_page_in_english_and_its_way_from_me(plant, client):
    plant.author.language = "en"
    plant.author.save()
    assert "What waits for you" in plant.client(plant.author).get(PAGE).content.decode()
    assert f'href="{PAGE}"' in plant.client(plant.author).get(reverse("profile")).content.decode()
    assert client.get(PAGE).status_code == 302


def test_a_program_reads_and_makes_the_choice(plant, mailbox):
    caller = Caller.of(plant.author)
    first = caller.get("/api/me/notices").json()
    assert {line["topic"]: line["channels"] for line in first["topics"]}["progress"] == ["in_product", "mail"]
    body = {"topics": {"progress": ["in_product"]}, "quiet": {"begins": "21:00", "ends": "07:00"}, "digest_at": "08:00"}
    answer = put(caller, body)
    assert answer.status_code == 200, answer.content.decode()
    kept = caller.get("/api/me/notices").json()
    lines = {line["topic"]: line for line in kept["topics"]}
    assert lines["progress"]["channels"] == ["in_product"]
    assert lines["waiting"]["channels"] == lines["waiting"]["always"] == ["in_product"]
    assert (kept["quiet"], kept["digest_at"]) == ({"begins": "21:00", "ends": "07:00"}, "08:00")


def put(caller: Caller, body: dict):
    return caller.put("/api/me/notices", **body)


@pytest.mark.parametrize(
    "body",
    [
        {"topics": {"weather": ["mail"]}},
        {"topics": {"progress": ["pigeon"]}},
        {"topics": {}, "quiet": {"begins": "07:00", "ends": "07:00"}},
        {"topics": {}, "digest_at": "8 o'clock"},
        {},
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(plant, body):
    answer = put(Caller.of(plant.author), body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert not Preference.objects.exists()


def test_a_program_reads_the_list_and_marks_one(plant, mailbox):
    tell(plant.author)
    tell(plant.coauthor, key="d:2")
    deliver()
    caller = Caller.of(plant.author)
    shown = caller.get("/api/notices").json()
    assert [line["title"] for line in shown["notices"]] == ["秦砺 同意了 TA-1 换喷嘴"]
    assert shown["unread"] == 1
    assert caller.post(f"/api/notices/{shown['notices'][0]['id']}/read").status_code == 204
    assert caller.get("/api/notices", unread=True).json()["notices"] == []
    other = Notice.objects.get(recipient=plant.coauthor).pk
    assert caller.post(f"/api/notices/{other}/read").status_code == 404


def test_a_finished_step_is_named_in_each_readers_language(plant, mailbox):
    publish_rules(plant)
    context = {"number": "TA-1", "title": "换喷嘴", "who": "陆锍", "reason": "", "step": "proposal/effect_report"}
    with override("zh-hans"):
        assert wording.render("engine.case.done", context).title == "陆锍 办完了 TA-1 换喷嘴 的“报效果”"
    with override("en"):
        assert wording.render("engine.case.done", context).title == "陆锍 completed “Report the effect” of TA-1 换喷嘴"
        assert "“gone”" in wording.render("engine.case.done", context | {"step": "gone"}).title


def test_whose_step_ended_is_told_in_the_story_itself(plant, mailbox):
    publish_rules(plant)
    story = Story(plant)
    case = story.file()
    story.act(plant.team_leader, "approve")
    told = Outbox.objects.filter(event="engine.case.approve", subject=f"case:{case.pk}").first()
    assert told.context["step"] == "proposal/team_review"


# The pure part. -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "hours", "end"),
    [
        ((18, 23, 0), ("21:00", "07:00"), (19, 7, 0)),
        ((18, 21, 0), ("21:00", "07:00"), (19, 7, 0)),
        ((18, 6, 59), ("21:00", "07:00"), (18, 7, 0)),
        ((18, 7, 0), ("21:00", "07:00"), None),
        ((18, 20, 59), ("21:00", "07:00"), None),
        ((18, 12, 30), ("12:00", "13:30"), (18, 13, 30)),
        ((18, 13, 30), ("12:00", "13:30"), None),
        ((30, 23, 0), ("22:00", "00:00"), (31, 0, 0)),
    ],
)
def test_when_quiet_hours_end(moment, hours, end):
    begins, ends = (time.fromisoformat(text) for text in hours)
    day, hour, minute = moment
    found = wishes.quiet_end(datetime(2026, 12, day, hour, minute), (begins, ends))
    assert found == (datetime(2026, 12, *end) if end else None)


def test_a_digest_on_a_calendar_without_working_days_still_comes():
    assert wishes.next_digest(WEDNESDAY, time(8), lambda day: False) == datetime(2026, 11, 19, 8)


@pytest.mark.parametrize("urgent", [True, False])
def test_what_is_switched_off_is_switched_off_even_when_urgent(urgent):
    wish = Wish(off=frozenset({"waiting:mail"}))
    answer = wishes.for_mail(
        wish, "waiting", urgent=urgent, written=WEDNESDAY, moment=WEDNESDAY, is_working=lambda day: True
    )
    assert answer.act == "skip"


def test_a_topic_that_is_new_is_on():
    assert preferences.EVERYTHING.wants("unheard_of", "mail")
