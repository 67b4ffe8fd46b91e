"""The queue as its people use it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from tests.proposal_story import Story
from workflows.engine.models import Step, WorkItem
from workflows.engine.views import listing
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence

pytestmark = pytest.mark.django_db


def due_in(story: Story, hours: int, title: str, **filed: str) -> None:
    case = story.file(title=title, **filed)
    moment = now() + timedelta(hours=hours)
    Step.objects.filter(case=case, closed_at=None).update(due_at=moment)
    WorkItem.objects.filter(case=case, state="open").update(due_at=moment)


def read(story: Story, address: str = "", person: object = None) -> str:
    person = person or story.plant.team_leader
    answer = story.plant.client(person).get(reverse("queue") + address)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_is_late_stands_first_under_its_own_head(story: Story) -> None:
    due_in(story, 300, "余热锅炉振打器改气动")
    due_in(story, -5, "浮选药剂台增设泄漏围堰")
    text = read(story)
    assert text.index("已逾期") < text.index("浮选药剂台") < text.index("之后") < text.index("余热锅炉")
    assert 'class="qrow pickable" data-s="late"' in text


def test_two_characters_or_the_number_find_a_task(story: Story) -> None:
    due_in(story, 3, "余热锅炉振打器改气动")
    due_in(story, 4, "浮选药剂台增设泄漏围堰")
    for asked in ("围堰", "TA-"):
        text = read(story, f"?q={asked}")
        assert "泄漏围堰" in text, asked
    assert "余热锅炉" not in read(story, "?q=围堰")
    assert "没有符合条件的" in read(story, "?q=喷嘴")


def test_conditions_are_chips_with_a_way_out(story: Story) -> None:
    plant = story.plant
    due_in(story, -3, "迟了的", category="safety")
    due_in(story, 30, "不急的", category="energy")
    text = read(story, f"?late=1&unit={plant.section.pk}&category=proposal.safety&kind=proposal")
    assert "迟了的" in text and "不急的" not in text
    assert "去掉条件：闪速炉工段及以下" in text and "去掉条件：只看逾期" in text
    assert "迟了的" not in read(story, f"?unit={plant.other_section.pk}")
    assert "迟了的" in read(story, "?unit=x&category=nonsense&kind=-&sort=?&after=5")


def test_pages_go_on_behind_the_last_row(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflows.engine.views import queue

    monkeypatch.setattr(listing, "PAGE", 2)
    monkeypatch.setattr(queue, "PAGE", 2)
    for n in range(5):
        due_in(story, 30 + n, f"第{n}件")
    client, address, seen = story.plant.client(story.plant.team_leader), reverse("queue"), []
    while address:
        page = client.get(address)
        seen += [n for n in range(5) if f"第{n}件" in page.content.decode()]
        more = page.context["more"]
        address = reverse("queue") + more if more else ""
    assert seen == [0, 1, 2, 3, 4]
    newest = client.get(reverse("queue") + "?sort=newest").content.decode()
    assert newest.index("第4件") < newest.index("第3件")


@pytest.mark.parametrize("look", ["", "?tab=claimable", "?kind=proposal"])
@pytest.mark.parametrize("order", ["urgent", "newest"])
def test_every_tab_goes_on_to_its_end_in_either_order(
    story: Story, monkeypatch: pytest.MonkeyPatch, look: str, order: str
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for n in range(5):
        due_in(story, 30 + n, f"第{n}件")
    WorkItem.objects.filter(case__title__in=["第3件", "第4件"]).update(due_at=None)
    client, seen = story.plant.client(story.plant.team_leader), []
    address = f"{look}{'&' if look else '?'}sort={order}"
    while address:
        page = client.get(reverse("queue") + address)
        seen += [row.case.title for group in page.context["groups"] for row in group.rows]
        address = page.context["more"]
    titles = [f"第{n}件" for n in range(5)]
    assert seen == (titles if order == "urgent" else titles[::-1])


def test_more_rows_come_as_a_fragment(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    due_in(story, 30, "甲件")
    due_in(story, 31, "乙件")
    client = story.plant.client(story.plant.team_leader)
    more = client.get(reverse("queue")).context["more"]
    part = client.get(reverse("queue") + more, headers={"HX-Request": "true"}).content.decode()
    assert "乙件" in part and "<html" not in part and "group-head" not in part


def test_claiming_from_the_row(story: Story) -> None:
    plant = story.plant
    due_in(story, 3, "可领的")
    assert "可领的" in read(story, "?tab=claimable") and "领取" in read(story)
    item = WorkItem.objects.get()
    plant.client(plant.team_leader).post(reverse("decide", args=[item.case.number, item.pk]), {"verb": "claim"})
    assert "可领的" not in read(story, "?tab=claimable")
    assert "释放" in read(story)


def test_what_i_did_is_kept(story: Story) -> None:
    due_in(story, 3, "办过的一件")
    assert "还没有办过" in read(story, "?tab=handled")
    story.act(story.plant.team_leader, "approve", "已核对")
    text = read(story, "?tab=handled")
    assert "办过的一件" in text and "已核对" in text
    assert "办过的一件" in read(story, "?tab=handled&q=办过")


def test_nobody_sees_another_s_queue(story: Story) -> None:
    due_in(story, 3, "不是您的")
    for person in (story.plant.stranger, story.plant.other_leader, story.plant.contractor_person, story.plant.author):
        assert "不是您的" not in read(story, person=person)
    assert story.plant.client(story.plant.author).get(reverse("queue_filters")).status_code == 200


def test_taking_the_list_along(story: Story) -> None:
    due_in(story, -3, "=1+1 不是公式")
    due_in(story, 30, "不急的")
    client = story.plant.client(story.plant.team_leader)
    answer = client.get(reverse("queue_export") + "?late=1")
    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][1] == "=1+1 不是公式" and rows[1][5] == 1860000
    assert answer["Content-Disposition"].endswith('.xlsx"')


def test_searching_among_what_i_may_read(story: Story) -> None:
    due_in(story, 3, "渣选球磨机自动补球")
    plant = story.plant
    url = reverse("search")
    assert "渣选球磨机" in plant.client(plant.author).get(url + "?q=补球").content.decode()
    assert "渣选球磨机" in plant.client(plant.observer).get(url + "?q=TA-").content.decode()
    assert "没有找到" in plant.client(plant.stranger).get(url + "?q=补球").content.decode()
    assert plant.client(plant.author).get(url + "?q=!").status_code == 200
    assert "找什么" in plant.client(plant.author).get(url).content.decode()


def test_a_search_goes_on_behind_its_last_row(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflows.engine.views import search

    monkeypatch.setattr(search, "MOST", 2)
    for n in range(3):
        story.file(title=f"围堰第{n}件")
    client, address = story.plant.client(story.plant.author), reverse("search") + "?q=围堰"
    first = client.get(address)
    assert "第2件" in first.content.decode() and "第0件" not in first.content.decode()
    assert "预计" in first.content.decode()
    rest = client.get(f"{address}&after={first.context['more']}").content.decode()
    assert "第0件" in rest and "第2件" not in rest


def test_a_substitute_reads_all_that_they_do_for_others(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = story.plant
    monkeypatch.setattr(listing, "PAGE", 2)
    for n in range(3):
        due_in(story, 30 + n, f"代办第{n}件")
    declare_absence(
        actor=plant.team_leader, substitute=plant.second_leader, starts_at=None, ends_at=now() + timedelta(days=2)
    )
    page = plant.client(plant.second_leader).get(reverse("queue"))
    assert "代办第1件" in page.content.decode() and "代办第2件" not in page.content.decode()
    rest = plant.client(plant.second_leader).get(reverse("queue") + page.context["more_behalf"]).content.decode()
    assert "代办第2件" in rest and "代办第0件" not in rest and "我代办的" in rest
