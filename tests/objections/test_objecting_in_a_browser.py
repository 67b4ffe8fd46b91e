"""Objecting on a phone, with and without a name; the representative and the panel at a desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from innovation.objections.models import Objection
from tests.objections.objection_story import CODE, GROUNDS, ObjectionStory
from tests.plant import Plant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_objects_on_a_phone_and_the_panel_upholds_at_a_desk(live: Any, plant: Plant, settings: Any) -> None:
    story = ObjectionStory(plant)
    story.representative()
    (award,) = story.announced()
    page = live(390, person=plant.stranger)
    page.goto(reverse("object_to_award", args=[award.pk]))
    live.shoot(page, "object")
    live.no_side_scroll(page)
    page.get_by_label("异议的理由").fill(GROUNDS)
    page.get_by_role("button", name="署名提出").click()
    page.get_by_text("已提交").wait_for()
    live.shoot(page, "objection-case")

    case = Objection.objects.get().case
    item = story.panel(case)[0]
    desk = live(1280, person=item.person)
    desk.goto(reverse("decide", args=[case.number, item.pk]))
    desk.get_by_label("理由（公布）").fill("记录属实，办法早已有之。")
    live.shoot(desk, "objection-panel")
    with desk.expect_navigation():
        desk.get_by_role("button", name="成立，该奖作废").click()
    phone = live(390, person=story.panel(case)[0].person)
    phone.goto(reverse("decide", args=[case.number, story.panel(case)[0].pk]))
    live.shoot(phone, "objection-panel")
    live.no_side_scroll(phone)


def test_somebody_objects_without_a_name_and_the_representative_takes_it_up(live: Any, plant: Plant) -> None:
    story = ObjectionStory(plant)
    union = story.representative()
    (award,) = story.announced()
    wide = live(1280, person=plant.stranger)
    wide.goto(reverse("object_to_award", args=[award.pk]))
    live.shoot(wide, "object")
    page = live(390, person=plant.stranger)
    page.goto(reverse("object_to_award", args=[award.pk]))
    page.get_by_label("异议的理由").fill(GROUNDS)
    page.get_by_role("button", name="匿名交工会代表").click()
    page.get_by_text("您的回执码").wait_for()
    live.shoot(page, "objection-receipt-code")
    live.no_side_scroll(page)
    found = CODE.search(page.content())
    assert found is not None

    desk = live(1280, person=union)
    desk.goto(reverse("unsigned_objections"))
    live.shoot(desk, "unsigned-list")
    desk.get_by_role("link", name=award.proposal.case.title).click()
    desk.get_by_role("button", name="署名提出").wait_for()
    live.shoot(desk, "unsigned")
    narrow = live(390, person=union)
    narrow.goto(desk.url)
    live.shoot(narrow, "unsigned")
    live.no_side_scroll(narrow)
    desk.get_by_role("button", name="署名提出").click()
    desk.get_by_text("已提交").wait_for()

    anybody = live(390)
    anybody.goto(reverse("objection_receipt"))
    anybody.get_by_label("回执码").fill(found.group())
    anybody.get_by_role("button", name="查看").click()
    anybody.get_by_text("尚在复核").wait_for()
    live.shoot(anybody, "objection-stands")
    live.no_side_scroll(anybody)
