"""The home page: what is urgent first, then what of mine moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.api.caller import Caller
from tests.findings.story import FindingStory, people
from tests.findings.story import publish_rules as rules
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine.models import Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.site.home import greeting, year


def home(plant: Plant, person: Person) -> str:
    return plant.client(person).get("/").content.decode()


def test_a_proposer_without_tasks_sees_what_they_filed_first(story: Story) -> None:
    story.file(title="沉淀池测温孔改带自锁盖板")
    text = home(story.plant, story.plant.author)
    assert text.index("我提的") < text.index("没有等您办的")
    assert "沉淀池测温孔改带自锁盖板" in text
    assert "btn-start" in text


def test_a_leader_sees_what_waits_first(story: Story) -> None:
    case = story.file(title="炉前渣口水套快拆法兰")
    text = home(story.plant, story.plant.team_leader)
    assert text.index("先办这几件") < text.index("我提的")
    assert f'href="/cases/{case.number}/tasks/' in text
    assert "可领取" in text
    assert "¥1,860,000.00" in text


def test_the_one_due_first_stands_first_and_a_late_one_is_marked(story: Story) -> None:
    story.file(title="不急的一件")
    late = story.file(title="急的一件")
    WorkItem.objects.filter(case=late).update(due_at=timezone.now() - timedelta(days=20))
    text = home(story.plant, story.plant.team_leader)
    assert text.index("急的一件") < text.index("不急的一件")
    assert 'class="qrow" data-s="late"' in text
    assert "逾期" in text
    assert "其中 1 件逾期" in text or "queue" not in text


def test_a_signer_sees_how_many_have_signed(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "approve")
    story.act(story.plant.section_chiefs[0], "approve")
    assert "会签 1/3" in home(story.plant, story.plant.section_chiefs[1])
    assert "先办这几件" not in home(story.plant, story.plant.section_chiefs[0])


def test_the_author_reads_who_returned_it_and_why(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "return_to", "revision", then="walk", reason="缺改前停机时间")
    text = home(story.plant, story.plant.author)
    assert "秦砺 退回：“缺改前停机时间”" in text


def test_another_teams_leader_sees_nothing_of_it(story: Story) -> None:
    case = story.file(title="别班的一件")
    text = home(story.plant, story.plant.other_leader)
    assert case.number not in text


def test_home_costs_the_same_for_one_and_for_many(story: Story) -> None:
    client = story.plant.client(story.plant.team_leader)

    def cost() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    story.file()
    one = cost()
    for n in range(8):
        story.file(title=f"第{n}件")
    assert cost() == one <= 12


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "夜深了"), (8, "上午好"), (12, "中午好"), (15, "下午好"), (20, "晚上好")]
)
def test_the_greeting_knows_the_hour(hour: int, words: str) -> None:
    assert greeting(hour) % {"name": "高焰"} == f"高焰，{words}"


def test_an_observer_begins_with_what_they_watch_over(story: Story) -> None:
    plant = story.plant
    story.file(title="渣口平台加护栏")
    WorkItem.objects.update(due_at=now() - timedelta(hours=3))
    Step.objects.update(due_at=now() - timedelta(hours=3))
    text = plant.client(plant.observer).get(reverse("home")).content.decode()
    assert "您监督：熔炼车间" in text and "渣口平台加护栏" in text and "逾期 1 件" in text
    assert "您监督" not in plant.client(plant.author).get(reverse("home")).content.decode()


def test_the_author_reads_that_it_came_back(story: Story) -> None:
    story.file(title="炉前渣口水套快拆法兰")
    story.act(story.plant.team_leader, "return_to", "revision", then="resume", reason="请补三个班的停机记录。")
    text = home(story.plant, story.plant.author)
    mine = text[text.index('id="h-mine"') :]
    assert 'data-s="returned"' in mine
    assert "在审" not in mine
    found = story.plant.client(story.plant.author).get("/search/", {"q": "渣口水套"}).content.decode()
    assert 'data-s="returned"' in found


def test_what_the_machine_opened_in_somebodys_name_is_not_theirs(story: Story) -> None:
    people(story.plant)
    rules(story.plant)
    told = FindingStory(story.plant)
    case = told.found()
    lead = told.who("lead")
    assert case.author == lead and case.title not in home(story.plant, lead).partition("我提的")[2]
    assert year(Person.objects.get(pk=lead.pk), timezone.localdate().year).filed == 0
    assert Caller.of(lead).get("/api/cases?mine=true").json()["items"] == []
