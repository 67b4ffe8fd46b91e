"""What everybody with a right to it reads about a case."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.proposal_story import Story
from workflows.documents import holders
from workflows.engine import history, picture
from workflows.engine.models import Case
from workflows.ledger.subjects import subject_for

pytestmark = pytest.mark.django_db


def read(story: Story, person: object) -> str:
    answer = story.plant.client(person).get(reverse("case", args=[story.case.number]))  # type: ignore[arg-type,union-attr]
    assert answer.status_code == 200
    return answer.content.decode()


def drawn(story: Story) -> picture.Picture:
    return picture.of(history.of(Case.objects.select_related("author", "unit").get(pk=story.case.pk)))  # type: ignore[union-attr]


def test_the_author_reads_who_has_it_and_until_when(story: Story) -> None:
    plant = story.plant
    story.file()
    story.act(plant.team_leader, "approve", "已核对")
    story.act(plant.section_chiefs[0], "approve")
    text = read(story, plant.author)
    assert "现在等 <b>沈淬</b>、<b>白锐</b>，最迟" in text
    assert "还差 2 人会签" in text and "已核对" in text and "撤回…" in text
    assert 'role="img"' in text and "style=" not in text


def test_the_picture_follows_the_case(story: Story) -> None:
    plant = story.plant
    story.file()
    assert [s.state for s in drawn(story).stations][:3] == ["done", "now", "next"]
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    now = drawn(story).now
    assert now is not None and (now.node, now.count) == ("section_review", "1/3")
    story.act(plant.section_chiefs[1], "return_to", "team_review", then="resume", reason="缺记录")
    back = drawn(story)
    assert back.now is not None and back.now.node == "team_review" and back.returns == 1
    assert (back.arcs[0].start.node, back.arcs[0].end.node) == ("section_review", "team_review")


def test_a_small_one_ends_at_the_team_and_the_levels_above_are_left_out(story: Story) -> None:
    story.file(benefit="1.00", cost="0.00", category="small_improvement")
    story.act(story.plant.team_leader, "approve")
    assert [s.node for s in drawn(story).stations] == ["file", "team_review", "implementation", "finance_check"]


def test_strangers_find_nothing(story: Story) -> None:
    plant = story.plant
    story.file()
    address = reverse("case", args=[story.case.number])  # type: ignore[union-attr]
    for person in (plant.stranger, plant.contractor_person, plant.other_leader):
        assert plant.client(person).get(address).status_code == 404
        assert plant.client(person).post(reverse("withdraw", args=[story.case.number])).status_code == 404  # type: ignore[union-attr]
        assert (
            plant.client(person)
            .get(reverse("flow_picture", args=["proposal"]) + f"?case={story.case.number}")
            .status_code
            == 404
        )  # type: ignore[union-attr]


def test_the_author_withdraws_with_a_reason(story: Story) -> None:
    plant = story.plant
    story.file()
    address = reverse("withdraw", args=[story.case.number])  # type: ignore[union-attr]
    client, form = plant.client(plant.author), {"token": "5a1f3c9e-7d3a-4f5b-9a55-0c9d6b1b7e11", "reason": " "}
    assert client.get(address).status_code == 200
    assert client.post(address, form).status_code == 422
    assert plant.client(plant.coauthor).post(address, form | {"reason": "我来撤"}).status_code == 403
    assert client.post(address, form | {"reason": "另有办法"}).status_code == 303
    assert story.at() == "closed:withdrawn"
    again = client.post(address, form | {"reason": "另有 办法"})
    assert again.status_code == 409 and "只记一次" in again.content.decode()
    assert "撤回…" not in read(story, plant.author)


def test_who_has_the_task_is_led_to_it(story: Story) -> None:
    plant = story.plant
    story.file()
    item = story.item(plant.team_leader)
    link = reverse("decide", args=[story.case.number, item.pk])  # type: ignore[union-attr]
    assert link in read(story, plant.team_leader)
    assert link not in read(story, plant.author) and link not in read(story, plant.observer)


def test_the_flow_is_drawn_with_the_present_place(story: Story) -> None:
    plant = story.plant
    story.file()
    answer = plant.client(plant.author).get(reverse("flow_picture", args=["proposal"]) + f"?case={story.case.number}")  # type: ignore[union-attr]
    text = answer.content.decode()
    assert answer.status_code == 200 and 'class="node now"' in text and "style=" not in text
    assert plant.client(plant.author).get(reverse("flow_picture", args=["nothing"])).status_code == 404
    assert plant.client(plant.stranger).get(reverse("flow_picture", args=["proposal"])).status_code == 200


def test_files_and_chain_open_with_the_case(story: Story) -> None:
    plant = story.plant
    case = story.file()
    name = f"case:{case.pk}"
    assert holders.may_read(plant.author, name) and holders.may_write(plant.author, name)
    assert holders.may_read(plant.observer, name) and not holders.may_write(plant.observer, name)
    assert not holders.may_read(plant.stranger, name) and not holders.may_read(plant.author, "case:x")
    assert subject_for(plant.author, name).about(name).name.startswith(case.number)
    story.act(plant.team_leader, "reject", "重复")
    assert holders.may_write(plant.author, name)


def test_an_observer_is_told_that_they_only_read(story: Story) -> None:
    plant = story.plant
    story.file()
    assert "您以监督员身份阅读" in read(story, plant.observer)
    for person in (plant.author, plant.team_leader):
        assert "您以监督员身份阅读" not in read(story, person)
