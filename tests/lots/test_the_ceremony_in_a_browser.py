"""The parties look at one page together: on phones they commit and reveal, at the desk the page follows by itself."""

from __future__ import annotations

import hashlib

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from maintenance_audit.lots.models import Draw, Nonce
from tests.lots.story import LotStory
from workflows.organisation.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(plant):
    told = LotStory(plant)
    Person.objects.update(language="zh-hans")
    told.begin()
    told.jobs(20)
    told.open()
    return told


def test_freeze_commit_reveal_draw_on_phones_with_the_page_looking_on(live, story):
    phone = live(390, person=story.lead)
    live.expect(422)

    def at(person):
        phone.context.clear_cookies()
        live.sign_in(phone.context, person)
        phone.goto(reverse("decide", args=[story.case.number, story.item().pk]))

    def press(name):
        phone.get_by_role("button", name=name).click()
        phone.wait_for_load_state()

    at(story.lead)
    live.shoot(phone, "freeze")
    press("冻结本批")
    desk = live(1280, person=story.planner)
    desk.goto(reverse("draw_record_page", args=[story.case.number]))
    at(story.lead)
    live.no_side_scroll(phone)
    live.shoot(phone, "commit-lead")
    press("承诺")
    at(story.firm)
    phone.get_by_text("我自己保管").click()
    own = phone.locator("[data-tier='1'] output")
    expect(own).to_be_visible()
    kept = [phone.locator(f"[data-tier='{n}'] output").inner_text() for n in (1, 2, 3)]
    live.shoot(phone, "commit-self")
    press("承诺")
    sent = Nonce.objects.get(lot=story.lot, party="contractor", tier=1)
    text = f"{story.case.number}|1|contractor|{kept[0]}"
    assert sent.kept is None and sent.commitment == hashlib.sha256(text.encode()).hexdigest()
    for person in (story.planner, story.union):
        at(person)
        press("承诺")
    expect(desk.get_by_text("已承诺").first).to_be_visible(timeout=9000)
    live.shoot(desk, "committed")
    at(story.firm)
    phone.get_by_label("随机数").fill("f" * 32)
    press("揭示")
    expect(phone.get_by_text("这不是当初承诺的随机数")).to_be_visible()
    live.shoot(phone, "reveal-wrong")
    phone.get_by_label("随机数").fill(kept[0])
    press("揭示")
    for person in (story.planner, story.union):
        at(person)
        live.shoot(phone, "reveal")
        press("揭示")
    at(story.lead)
    press("现在抽签")
    seed = Draw.objects.get(lot=story.lot).seed
    expect(desk.get_by_text(seed)).to_be_visible(timeout=9000)
    live.shoot(desk, "drawn")
    for name in ("lot", "draw_record_page", "lots"):
        phone.goto(reverse(name, args=[] if name == "lots" else [story.case.number]))
        live.no_side_scroll(phone)
        live.shoot(phone, name)
    phone.goto(reverse("point_at_job", args=["WX-2603-001"]))
    live.no_side_scroll(phone)
    live.shoot(phone, "point")
    desk.goto(reverse("lot", args=[story.case.number]))
    live.shoot(desk, "lot")
    desk.close()
