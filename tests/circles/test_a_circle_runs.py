"""A circle from its registration to its accepted result, and what may go otherwise."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from maintenance_audit.circles import tally
from maintenance_audit.circles.models import Circle, Mark
from tests.circles.story import CircleStory
from workflows.engine import clocks
from workflows.engine.models import CaseParty
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.models import Tie

pytestmark = pytest.mark.django_db


def test_a_circle_plans_does_checks_acts_and_is_accepted(story: CircleStory) -> None:
    plant = story.plant
    case = story.register()
    assert story.at() == "registration" and case.number.startswith("ZZ-")
    assert set(case.parties.values_list("person__name", "relation")) == {  # type: ignore[attr-defined]
        ("韩铸", "author"), ("韩铸", "leader"), ("陆锍", "member"), ("纪炉", "member"),
    }  # fmt: skip
    story.accepted(80, 91, 76)
    assert story.at() == "closed:accepted"
    circle = Circle.objects.get(case=case)
    assert (circle.mark_sum, circle.mark_count) == (247, 3) and circle.reached == "每月 1.5 次"
    text = story.page(plant.author)
    assert "82.33" in text and "看过，可以。" in text and "planning 做完。" in text
    assert Entry.objects.filter(event="maintenance_audit.circle.accepted", chain__subject=f"case:{case.pk}").exists()
    told = Outbox.objects.filter(event="maintenance_audit.circle.accepted", channel="in_product")
    assert set(told.values_list("recipient__name", flat=True)) == {"韩铸", "陆锍", "纪炉"}


def test_each_stage_wants_its_proof_and_the_sections_word(story: CircleStory) -> None:
    story.register()
    story.up_to("planning")
    answer = story.send(story.plant.author, "complete", note="计划写好了。")
    assert answer.status_code == 422 and story.at() == "planning"
    story.hand_in()
    assert story.at() == "planning_review"
    story.act(story.plant.section_chiefs[0], "return", to="planning", then="resume", reason="原因没有分析到底。")
    assert story.at() == "planning" and "原因没有分析到底。" in story.page(story.plant.author)
    story.hand_in(note="补了鱼骨图。")
    story.act(story.plant.section_chiefs[0], "approve")
    assert story.at() == "doing"


def test_a_result_below_the_pass_mark_is_presented_again(story: CircleStory) -> None:
    story.register()
    story.up_to("presentation")
    story.marks(50, 55, 60)
    reviewer = story.plant.reviewers[0]
    answer = story.send(reviewer, "complete", words="可推广")
    assert answer.status_code == 422 and "55.00" in answer.content.decode() and story.at() == "result"
    story.act(reviewer, "return", to="presentation", then="resume", reason="讲清楚效果再来。")
    story.marks(70, 75, 80)
    story.act(reviewer, "complete", words="这回清楚")
    assert story.at() == "closed:accepted" and Mark.objects.count() == 6
    assert Circle.objects.get().mark_sum == 225


def test_too_few_judges_by_the_deadline_is_no_result(story: CircleStory) -> None:
    story.register()
    story.up_to("presentation")
    story.marks(90, 95)
    due = story.step().due_at
    assert due is not None
    with injected(due + timedelta(minutes=1)):
        clocks.turn()
        assert story.at() == "result"
        assert story.send(story.plant.reviewers[0], "complete", words="好").status_code == 422


def test_who_is_of_the_circle_judges_nothing_of_it(story: CircleStory) -> None:
    plant = story.plant
    story.register(members=plant.other_leader.employee_no)
    story.up_to("presentation")
    assert plant.other_leader.pk not in set(story.step().items.values_list("person", flat=True))  # type: ignore[attr-defined]


def test_a_bad_registration_says_what_is_wrong_and_keeps_what_was_typed(story: CircleStory) -> None:
    client = story.plant.client(story.plant.author)
    answer = client.post(
        reverse("file_circle"), story.typed(members="陆锍，无此人", goal="", planned_until="2020-01-01")
    )
    form = answer.context["form"]
    assert answer.status_code == 422 and set(form.errors) == {"members", "goal", "planned_until"}
    assert "无此人" in form.errors["members"][0] and "减少渣口堵塞次数" in answer.content.decode()
    many = "、".join(str(n) for n in range(30))
    assert client.post(reverse("file_circle"), story.typed(members=many)).status_code == 422
    for mark in ("101", "-1", "88.5", "好"):
        story.case = None
        case = story.register()
        story.up_to("presentation")
        assert story.send(story.plant.extra["judges"][0], "complete", mark=mark).status_code == 422
        assert not Mark.objects.filter(circle__case=case).exists()


def test_a_judge_who_has_become_close_since_marks_nothing(story: CircleStory) -> None:
    story.register()
    story.up_to("presentation")
    judge, author = story.plant.extra["judges"][0], story.plant.author
    Tie.objects.create(person=judge, other=author, declared_at=now())
    answer = story.send(judge, "complete", mark="100")
    assert answer.status_code == 403 and not Mark.objects.exists()
    story.act(story.plant.extra["judges"][1], "complete", mark="80")
    assert Mark.objects.get().mark == 80


def test_a_returned_registration_is_mended_and_who_was_named_stays_barred(story: CircleStory) -> None:
    plant = story.plant
    case = story.register()
    story.act(plant.section_chiefs[0], "return", to="revision", then="resume", reason="组员太少。")
    typed = story.typed(members=plant.section_member.employee_no)
    typed.pop("token"), typed.pop("unit")
    story.act(plant.author, "complete", **typed)
    assert story.at() == "registration"
    assert [m.person.name for m in Circle.objects.get(case=case).members.all()] == ["顾澄"]
    assert {"陆锍", "顾澄"} <= set(CaseParty.objects.filter(case=case).values_list("person__name", flat=True))


def test_a_stranger_reads_nothing_before_it_is_registered_and_the_workshop_after(story: CircleStory) -> None:
    plant, case = story.plant, story.register()
    address = reverse("case", args=[case.number])
    assert plant.client(plant.stranger).get(address).status_code == 404
    assert plant.client(plant.contractor_person).get(address).status_code == 404
    story.up_to("planning")
    assert plant.client(plant.stranger).get(address).status_code == 200
    assert plant.client(plant.contractor_person).get(address).status_code == 404
    item = story.item(plant.author)
    answer = plant.client(plant.stranger).post(reverse("decide", args=[case.number, item.pk]), {"verb": "complete"})
    assert answer.status_code in (403, 404) and story.at() == "planning"


def test_the_mean_is_exact_and_shown_half_up() -> None:
    assert tally.mean(247, 3) == Fraction(247, 3) and tally.shown(Fraction(247, 3)) == "82.33"
    assert tally.shown(Fraction(1, 8)) == "0.13" and tally.shown(tally.mean(0, 0)) == ""
    assert not tally.suffices([59, 60, 60], least=3, pass_mark=60) and tally.suffices([60] * 3, least=3, pass_mark=60)
    assert not tally.suffices([], least=1, pass_mark=0)
