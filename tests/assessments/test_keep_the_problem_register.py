"""Problems of processes, never of persons: entered, fed by findings, measured, solved."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maintenance_audit.assessments import nameless
from maintenance_audit.assessments.models import ProcessProblem, Shortfall, Sign
from tests.assessments.story import CheckStory
from tests.findings.story import FindingStory
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db

TYPED = {"process": "旧件返还", "text": "旧件没有交接单，返还无据可查。"}


def confirmed(story: CheckStory) -> FindingStory:
    told = FindingStory(story.plant)
    told.walked_to_rectification()
    return told


def entered(story: CheckStory, **changes: object) -> ProcessProblem:
    answer = story.plant.client(story.who("lead")).post(reverse("new_process_problem"), TYPED | changes)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return ProcessProblem.objects.latest("pk")


def test_a_problem_lives(story: CheckStory) -> None:
    told = confirmed(story)
    row = entered(story, finding=[told.row.pk])
    assert row.signs.get().finding == told.row
    client = story.plant.client(story.who("lead"))
    plan = reverse("plan_process_problem", args=[row.pk])
    assert client.post(plan, {"measure": "旧件交接单随结算附上", "due": told.day(30)}).status_code == 302
    assert (
        client.post(reverse("close_process_problem", args=[row.pk]), {"result": "两个月没有再出现"}).status_code == 302
    )
    row.refresh_from_db()
    assert row.status == "closed" and row.closed_at
    page = story.page(story.plant.stranger, "process_problem", row.pk)
    assert "旧件交接单随结算附上" in page and "两个月没有再出现" in page
    events = Entry.objects.filter(chain__subject=f"process_problem:{row.pk}").values_list("event", flat=True)
    assert [event.rpartition(".")[2] for event in events.order_by("seq")] == ["raised", "fed", "planned", "closed"]


def test_one_form_enters_one_problem(story: CheckStory) -> None:
    address, client = reverse("new_process_problem"), story.plant.client(story.who("lead"))
    token = re.search(r'name="token" value="([^"]+)"', client.get(address).content.decode())
    assert token is not None
    answers = [client.post(address, TYPED | {"token": token[1]}) for _n in range(2)]
    assert {answer["Location"] for answer in answers} == {reverse("process_problem", args=[entered_last().pk])}
    assert ProcessProblem.objects.count() == 1
    assert client.post(address, TYPED | {"token": "kaputt"}).status_code in (400, 422)


def entered_last() -> ProcessProblem:
    return ProcessProblem.objects.latest("pk")


def test_what_a_check_wrote_of_somebody_is_not_quoted(story: CheckStory) -> None:
    """The register is read by the whole workshop; a check's words may name a person."""
    story.planned()
    story.score(note_2=f"{story.plant.teammate.name}未戴安全帽。")
    story.answer()
    story.confirm()
    row = entered(story)
    feed = reverse("feed_process_problem", args=[row.pk])
    shortfall = Shortfall.objects.get()
    story.plant.client(story.who("lead")).post(feed, {"shortfall": [shortfall.pk]})
    assert row.signs.count() == 1
    for person in (story.plant.stranger, story.plant.observer, story.who("lead")):
        page = story.page(person, "process_problem", row.pk)
        assert story.plant.teammate.name not in page and story.case.number in page


@pytest.mark.parametrize("words", ["{name}没有交旧件。", "工号 {number} 没有交旧件。"])
def test_it_names_nobody(story: CheckStory, words: str) -> None:
    person = story.plant.teammate
    text = words.format(name=person.name, number=person.employee_no)
    answer = story.plant.client(story.who("lead")).post(reverse("new_process_problem"), TYPED | {"text": text})
    page = answer.content.decode()
    assert answer.status_code == 422 and "请改写岗位或环节" in page and text in page
    assert not ProcessProblem.objects.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [("石坚", "衬板用料石坚硬，更换间隔没有定。"), ("安全", "注意安全带的检查没有周期。"),
     ("高温", "耐高温垫片没有备件。"),
     ("王水", "取样王水平衡表没有交接。")],
)  # fmt: skip
def test_a_name_inside_an_ordinary_word_is_taken(story: CheckStory, name: str, text: str) -> None:
    Person.objects.filter(pk=story.plant.teammate.pk).update(name=name)
    assert nameless.named_in(text) == []
    assert entered(story, text=text).text == text


@pytest.mark.parametrize(
    ("text", "sure"),
    [("旧件由纪炉保管。", False), ("昨天纪炉拿走旧件。", False), ("纪炉师傅没有签字。", True), ("给纪炉", False),
     ("甲班纪炉没有交接", False), ("工号：{number}", True), ("见 {number} 号记录", False),
     ("件号 9{number}1 缺", None)],
)  # fmt: skip
def test_where_a_person_stands(story: CheckStory, text: str, sure: bool | None) -> None:
    person = story.plant.teammate
    assert person.name == "纪炉"
    found = nameless.named_in(text.format(number=person.employee_no))
    assert [one.sure for one in found] == ([] if sure is None else [sure])


def test_what_is_no_person_is_said_so_and_taken(story: CheckStory) -> None:
    Person.objects.filter(pk=story.plant.teammate.pk).update(name="高温")
    client, url = story.plant.client(story.who("lead")), reverse("new_process_problem")
    typed = TYPED | {"text": "巡检表里没有高温。"}
    refused = client.post(url, typed)
    page = refused.content.decode()
    assert refused.status_code == 422 and "“高温”是人名" in page and "巡检表里没有高温。" in page
    assert refused.context["form"].errors.keys() == {"text"} and 'name="nobody"' in page
    assert client.post(url, typed | {"nobody": ["别的"]}).status_code == 422
    also = client.post(url, typed | {"text": "高温，由石坚负责。", "nobody": ["高温"]})
    assert also.status_code == 422 and "“石坚”是人名" in also.content.decode()
    assert client.post(url, typed | {"text": "高温师傅没有记。", "nobody": ["高温"]}).status_code == 422
    assert not ProcessProblem.objects.exists()
    assert client.post(url, typed | {"nobody": ["高温"]}).status_code == 302
    assert ProcessProblem.objects.get().text == typed["text"]


def test_a_measure_names_nobody_either(story: CheckStory) -> None:
    row = entered(story)
    typed = {"measure": f"由{story.plant.teammate.name}负责收旧件", "due": FindingStory.day(9)}
    answer = story.plant.client(story.who("lead")).post(reverse("plan_process_problem", args=[row.pk]), typed)
    assert answer.status_code == 422 and typed["measure"] in answer.content.decode()


def test_a_finding_belongs_to_one_problem(story: CheckStory) -> None:
    told = confirmed(story)
    first, second = entered(story, finding=[told.row.pk]), entered(story)
    client = story.plant.client(story.who("lead"))
    client.post(reverse("feed_process_problem", args=[second.pk]), {"finding": [told.row.pk, "x", "9" * 30]})
    assert first.signs.count() == 1 and second.signs.count() == 0


def test_only_a_finding_that_the_keeper_may_read_is_offered_and_taken(story: CheckStory) -> None:
    told = confirmed(story)
    away = story.plant.other_chief
    story.plant.hold(away, Role.MAINTENANCE_PLANNER, story.plant.other_section)
    assert told.get(away) == 404
    client, row = story.plant.client(away), entered(story)
    for address in (reverse("process_problem_list"), reverse("new_process_problem")):
        page = client.get(address)
        assert page.status_code == 200 and told.case.title not in page.content.decode()
    client.post(reverse("feed_process_problem", args=[row.pk]), {"finding": [told.row.pk]})
    client.post(reverse("new_process_problem"), TYPED | {"finding": [told.row.pk]})
    assert ProcessProblem.objects.count() == 2 and not Sign.objects.exists()


def test_what_has_no_measure_is_not_solved(story: CheckStory) -> None:
    row = entered(story)
    story.plant.client(story.who("lead")).post(reverse("close_process_problem", args=[row.pk]), {"result": "好了"})
    row.refresh_from_db()
    assert row.status == "open"


def test_strangers_keep_nothing(story: CheckStory) -> None:
    row = entered(story)
    for person in (story.plant.stranger, story.plant.author, story.plant.observer):
        client = story.plant.client(person)
        assert client.post(reverse("new_process_problem"), TYPED).status_code == 403
        for name in ("plan_process_problem", "close_process_problem", "feed_process_problem"):
            assert client.post(reverse(name, args=[row.pk]), {"measure": "x"}).status_code == 403
    outside = story.plant.client(story.plant.contractor_person)
    assert outside.get(reverse("process_problem", args=[row.pk])).status_code == 404
    assert row.process not in outside.get(reverse("process_problem_list")).content.decode()
    assert ProcessProblem.objects.count() == 1


def test_the_list_costs_the_same_however_long(story: CheckStory) -> None:
    entered(story)
    client, url = story.plant.client(story.who("lead")), reverse("process_problem_list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _n in range(5):
        entered(story)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) <= 12
