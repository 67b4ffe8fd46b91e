"""A person reads their notices: newest first, theirs alone, in the language they read now."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.notices import inbox, kick, wording
from workflows.notices.models import Channel, Notice, Outbox
from workflows.notices.outbox import has_unread, post, unread_count
from workflows.notices.tasks import deliver

LIST = "/notices/"


@pytest.fixture(autouse=True)
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kick, "_quiet_until", 0.0)
    monkeypatch.setattr(wording, "_registry", dict(wording._registry))
    wording.register("tests.moved", title=_("Notices"), body="%(title)s")


def tell(person, count: int = 1, **context: str) -> None:
    for _number in range(count):
        post(
            event="tests.moved",
            key=f"decision:{Outbox.objects.count()}",
            recipients=[person.pk],
            subject="case:1",
            context={"title": f"第 {_number} 件", **context},
            url="/notices/?only=unread",
        )
    Outbox.objects.filter(channel=Channel.MAIL).delete()
    deliver()


def test_nothing_has_happened_yet(plant):
    page = plant.client(plant.author).get(LIST)
    assert "还没有通知" in page.content.decode()


def test_opening_a_notice_reads_it_and_goes_there(plant):
    tell(plant.author)
    tell(plant.author)
    assert has_unread(plant.author)
    client = plant.client(plant.author)
    notice = Notice.objects.visible_to(plant.author).first()
    answer = client.post(reverse("notice_open", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (303, notice.url)
    assert unread_count(plant.author) == 1
    read_at = Notice.objects.get(pk=notice.pk).read_at
    client.post(reverse("notice_open", args=[notice.pk]))
    assert Notice.objects.get(pk=notice.pk).read_at == read_at


def test_a_preview_that_follows_links_reads_nothing(plant):
    tell(plant.author)
    notice = Notice.objects.get()
    for name in ("notice_open", "notice_read"):
        assert plant.client(plant.author).get(reverse(name, args=[notice.pk])).status_code == 405
    assert unread_count(plant.author) == 1


def test_one_is_marked_read(plant):
    tell(plant.author, 2)
    plant.client(plant.author).post(reverse("notice_read", args=[Notice.objects.first().pk]))
    assert unread_count(plant.author) == 1


def test_all_that_the_page_showed_are_marked_read_and_later_ones_stay(plant):
    tell(plant.author, 3)
    shown = Notice.objects.latest("pk").pk
    tell(plant.author)
    plant.client(plant.author).post(reverse("notices_read"), {"up_to": shown})
    assert unread_count(plant.author) == 1


@pytest.mark.parametrize("name", ["notice_open", "notice_read"])
def test_a_strangers_notice_does_not_exist(plant, name):
    tell(plant.author)
    answer = plant.client(plant.stranger).post(reverse(name, args=[Notice.objects.get().pk]))
    assert answer.status_code == 404
    plant.client(plant.stranger).post(reverse("notices_read"), {"up_to": Notice.objects.get().pk})
    assert unread_count(plant.author) == 1


def test_nobody_reads_without_signing_in(plant, client):
    assert client.get(LIST).status_code == 302
    assert client.post(reverse("notices_read")).status_code == 302


def test_the_words_follow_the_language_of_the_reader(plant):
    tell(plant.author)
    client = plant.client(plant.author)
    assert "标为已读" in client.get(LIST).content.decode()
    plant.author.language = "en"
    plant.author.save()
    page = client.get(LIST, headers={"accept-language": "en"}).content.decode()
    assert "Mark as read" in page
    assert "标为已读" not in page


def test_markup_in_a_title_is_shown_not_run(plant):
    tell(plant.author, title="<script>alert(1)</script> 锍铼𠮷")
    page = plant.client(plant.author).get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 锍铼𠮷" in page


def test_older_ones_are_a_page_away_and_none_is_shown_twice(plant):
    tell(plant.author, inbox.PAGE + 5)
    client = plant.client(plant.author)
    first = client.get(LIST).context["page"]
    second = client.get(LIST, {"before": first.older}).context["page"]
    seen = [notice.pk for notice in (*first.notices, *second.notices)]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == inbox.PAGE + 5
    assert second.older is None


def test_only_unread_ones(plant):
    tell(plant.author, 2)
    client = plant.client(plant.author)
    client.post(reverse("notice_read", args=[Notice.objects.first().pk]))
    assert len(client.get(LIST, {"only": "unread"}).context["page"].notices) == 1
    client.post(reverse("notice_read", args=[Notice.objects.last().pk]))
    assert "没有未读的通知" in client.get(LIST, {"only": "unread"}).content.decode()


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣"])
def test_a_mistyped_address_shows_the_newest(plant, before):
    tell(plant.author)
    assert len(plant.client(plant.author).get(LIST, {"before": before}).context["page"].notices) == 1


def test_the_page_costs_the_same_for_ten_and_a_thousand(plant):
    client = plant.client(plant.author)
    tell(plant.author, 10)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    tell(plant.author, 200)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(few) == len(many) <= 8


def test_the_count_stops_at_a_hundred(plant, django_assert_num_queries):
    tell(plant.author, inbox.MOST_COUNTED + 20)
    with django_assert_num_queries(1):
        assert unread_count(plant.author) == inbox.MOST_COUNTED
    assert "99+" in plant.client(plant.author).get(LIST).content.decode()
