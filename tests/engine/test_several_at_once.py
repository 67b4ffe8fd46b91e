"""Several tasks decided in one go: each by itself, each recorded by itself."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.caller import Caller
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from tests.together import at_once
from workflows.engine import batch
from workflows.engine.models import Case, Decision, WorkItem
from workflows.ledger.models import Chain

pytestmark = pytest.mark.django_db


def filed(story: Story, *titles: str, **fields: Any) -> list[WorkItem]:
    return [WorkItem.objects.get(case=story.file(title=title, **fields), state="open") for title in titles]


def small(story: Story, *titles: str) -> list[WorkItem]:
    return filed(story, *titles, benefit="9000.00", cost="300.00", category="small_improvement")


def ask(client: Client, verb: str, items: list[WorkItem]) -> Any:
    return client.get(reverse("batch"), {"verb": verb, "item": [i.pk for i in items]})


def send(client: Client, verb: str, items: list[WorkItem], **sent: Any) -> Any:
    data = {"verb": verb, "item": [i.pk for i in items], "token": str(uuid4())} | sent
    return client.post(reverse("batch"), data)


def approvals() -> int:
    return Decision.objects.filter(verb="approve").count()


def test_a_leader_approves_twelve_in_one_go_and_each_has_its_own_entry(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    items = small(story, *(f"第{n}件" for n in range(12)))
    shown = ask(leader, "approve", items).content.decode()
    assert "同意 12 件" in shown and "同意并采纳" in shown and "第11件" in shown
    answer = send(leader, "approve", items, reason="都看过，可以")
    text = answer.content.decode()
    assert answer.status_code == 200 and "办好 12 件" in text and "没办成" not in text
    decisions = Decision.objects.filter(verb="approve", reason="都看过，可以").select_related("case")
    assert decisions.count() == 12 and len({d.token for d in decisions}) == 12
    for decision in decisions:
        chain = Chain.objects.get(subject=f"case:{decision.case_id}")
        assert chain.entries.filter(seq=decision.ledger_seq, event="engine.case.approved").exists()
    assert Case.objects.filter(standing="accepted").count() == 12


def test_what_cannot_be_done_says_why_and_the_rest_is_done(story: Story) -> None:
    plant = story.plant
    one, taken, own, held, foreign = small(story, "照办的", "别人先办的", "有亲属的", "挂起的", "看不到的")
    second = plant.hold(plant.second_leader, "team_leader", plant.team)
    assert second.pk
    story.case = taken.case
    story.act(plant.second_leader, "approve")
    story.case = held.case
    story.act(plant.team_leader, "hold", "等图纸")
    foreign_story = Story(plant)
    foreign = WorkItem.objects.get(case=foreign_story.file(author=plant.stranger, coauthors=()), state="open")
    recused = WorkItem.objects.get(
        case=story.file(author=plant.team_leader, coauthors=(), title="我自己的"), state="open"
    )
    leader = plant.client(plant.team_leader)
    text = send(leader, "approve", [one, taken, held, foreign, recused]).content.decode()
    assert "办好 1 件" in text and "4 件没办成" in text
    assert "石坚 已同意这一件" in text or "石坚" in text
    assert "等图纸" in text
    assert "分布锥" not in text  # what is not for the leader stays unnamed
    assert Decision.objects.filter(verb="approve").count() == 2
    assert WorkItem.objects.get(pk=own.pk).state == "open"


def test_what_has_to_be_read_is_not_approved_unopened(story: Story) -> None:
    plant = story.plant
    story.file(title="要看的")
    story.act(plant.team_leader, "approve")
    item = story.item(plant.section_chiefs[0])
    chief = plant.client(plant.section_chiefs[0])
    page = chief.get(reverse("queue")).content.decode()
    assert "打开单独办" in page and f'value="{item.pk}" form="batch"' not in page
    assert "按规则，这一件要打开单独办" in ask(chief, "approve", [item]).content.decode()
    assert "按规则，这一件要打开单独办" in send(chief, "approve", [item]).content.decode()
    assert WorkItem.objects.get(pk=item.pk).state == "open"


def test_the_rules_may_let_the_section_do_so(plant: Plant) -> None:
    from innovation.proposals.rules import DEFAULT_RULES

    levels = [rule | {"batch": rule["level"] != "workshop"} for rule in DEFAULT_RULES["levels"]]
    publish_rules(plant, levels=levels)
    story = Story(plant)
    story.file()
    story.act(plant.team_leader, "approve")
    chief = plant.section_chiefs[0]
    item = story.item(chief)
    page = plant.client(chief).get(reverse("queue")).content.decode()
    assert f'value="{item.pk}" form="batch"' in page
    assert "办好 1 件" in send(plant.client(chief), "approve", [item]).content.decode()


def test_the_same_form_twice_does_each_once(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    items = small(story, "甲件", "乙件")
    token = str(uuid4())
    for _ in range(2):
        text = send(leader, "approve", items, token=token).content.decode()
        assert "办好 2 件" in text and "没办成" not in text
    assert "已采纳" in text and approvals() == 2
    for verb in ("claim", "claim", "release", "release"):
        assert "办好 1 件" in send(leader, verb, small(story, "丙件")).content.decode() or verb == "release"


def test_claiming_several_and_giving_them_back(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    items = small(story, "甲件", "乙件", "丙件")
    assert "领取这 3 件" in ask(leader, "claim", items).content.decode()
    assert "打开第一件" in send(leader, "claim", items).content.decode()
    assert set(WorkItem.objects.values_list("person__name", flat=True)) == {"秦砺"}
    token = str(uuid4())
    for _ in range(2):
        assert "办好 3 件" in send(leader, "release", items, token=token).content.decode()
    assert set(WorkItem.objects.values_list("person", flat=True)) == {None}
    assert Decision.objects.filter(verb="release").count() == 3


def test_one_step_of_many_answers_nothing_and_the_whole_form_tells_of_all(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    items = small(story, "甲件", "乙件")
    data = {"verb": "approve", "item": [items[0].pk], "token": str(uuid4())}
    assert leader.post(reverse("batch"), data, headers={"X-Step": "1"}).status_code == 204
    assert approvals() == 1
    text = leader.post(reverse("batch"), data | {"item": [i.pk for i in items]}).content.decode()
    assert "办好 2 件" in text and approvals() == 2


def test_what_is_not_reached_in_time_is_left_for_the_next_go(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    leader = story.plant.client(story.plant.team_leader)
    items = small(story, "甲件", "乙件")
    monkeypatch.setattr(batch, "PATIENCE", -1.0)
    token = str(uuid4())
    text = send(leader, "approve", items, token=token, reason="都可以").content.decode()
    assert "办好 0 件" in text and "再办剩下的 2 件" in text and "没轮到" in text and "都可以" in text
    monkeypatch.undo()
    assert "办好 2 件" in send(leader, "approve", items, token=token).content.decode()


def test_nothing_picked_too_many_and_nonsense(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    assert leader.get(reverse("batch"), {"verb": "approve"}).headers["Location"] == reverse("queue")
    many = leader.get(reverse("batch"), {"verb": "approve", "item": list(range(1, 52))})
    assert many.status_code == 400 and "一次最多 50 件" in many.content.decode()
    assert leader.get(reverse("batch"), {"verb": "reject", "item": [1]}).status_code == 400
    assert leader.post(reverse("batch"), {"verb": "approve", "item": [1], "token": "x"}).status_code == 400
    text = leader.get(reverse("batch"), {"verb": "approve", "item": ["x", "-1", "9" * 30, "7777"]}).content.decode()
    assert "同意 0 件" in text


def test_somebody_without_the_role_does_none(story: Story) -> None:
    plant = story.plant
    items = small(story, "甲件")
    for person in (plant.stranger, plant.author, plant.observer, plant.admin):
        text = send(plant.client(person), "approve", items).content.decode()
        assert "办好 0 件" in text, person
    assert approvals() == 0


def test_in_english(story: Story) -> None:
    leader = story.plant.team_leader
    leader.language = "en"
    leader.save()
    client = story.plant.client(leader)
    items = small(story, "One", "Two")
    assert "Approve these 2" in ask(client, "approve", items).content.decode()
    assert "Pick TA-" in client.get(reverse("queue")).content.decode()
    assert "2 done" in send(client, "approve", items).content.decode()


def test_a_program_does_several(story: Story) -> None:
    plant = story.plant
    items = small(story, "甲件", "乙件")
    caller = Caller.of(plant.team_leader)
    body = {"verb": "approve", "items": [*(i.pk for i in items), 999999], "token": str(uuid4()), "reason": "可以"}
    for _ in range(2):
        told = caller.post("/api/queue/batch", **body).json()
        assert (told["done"], told["left"]) == (2, 1)
        assert told["items"][2]["refused"]["code"] == "absent"
    assert approvals() == 2
    late = caller.post("/api/queue/batch", **(body | {"token": str(uuid4())})).json()["items"][0]["refused"]
    assert late["code"] == "late" and late["who"]["name"] == "秦砺"
    story.file()
    story.act(plant.team_leader, "approve")
    chief = plant.section_chiefs[0]
    item = story.item(chief)
    told = Caller.of(chief).post("/api/queue/batch", **(body | {"items": [item.pk], "token": str(uuid4())})).json()
    assert told["items"][0]["refused"]["code"] == "alone"
    assert caller.post("/api/queue/batch", **(body | {"items": []})).json()["code"] == "invalid"
    assert caller.post("/api/queue/batch", **(body | {"items": list(range(1, 60))})).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_do_each_once(story: Story) -> None:
    items = small(story, "甲件", "乙件", "丙件")
    token, clients = str(uuid4()), [story.plant.client(story.plant.team_leader) for _n in range(2)]
    answers = at_once(*(partial(send, client, "approve", items, token=token) for client in clients))
    assert len(answers) == 2 and all("办好 3 件" in answer.content.decode() for answer in answers)
    assert approvals() == 3


def test_one_after_the_other_with_the_count_left_and_skipping_one(story: Story) -> None:
    leader = story.plant.client(story.plant.team_leader)
    items = small(story, "甲件", "乙件", "丙件")
    pages = [reverse("decide", args=[i.case.number, i.pk]) for i in items]
    assert "还有 3 件" in leader.get(pages[0]).content.decode()
    skipped = leader.get(reverse("next_task", args=[items[0].pk]))
    assert skipped.headers["Location"] == pages[1]
    for here, following in ((1, pages[2]), (2, pages[0]), (0, reverse("queue"))):
        answer = leader.post(pages[here], {"verb": "approve", "token": str(uuid4())})
        assert leader.get(answer.headers["Location"]).headers["Location"] == following
    assert leader.get(reverse("next_task", args=[items[0].pk])).headers["Location"] == reverse("queue")
    assert leader.get(reverse("next_task", args=[7777])).status_code == 404
