"""On a phone: a photo, a few words, and on to the chief's assignment, the work and the re-check."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hazards.story import HazardStory, photo, publish_rules
from tests.plant import Plant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def walked(plant: Plant, settings: Any, tmp_path: Any) -> HazardStory:
    settings.MEDIA_ROOT = tmp_path
    publish_rules(plant)
    return HazardStory(plant)


def file_of(name: str, colour: str = "#a0461a") -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour).read()}


@pytest.mark.parametrize("width", [390, 1280])
def test_a_hazard_from_the_phone_to_the_closed_case(walked: HazardStory, live: Any, width: int) -> None:
    plant, (chief, other, _third) = walked.plant, walked.plant.section_chiefs
    live.expect(422)
    page = live(width, person=plant.author)
    page.goto("/")
    page.get_by_role("link", name="上报隐患").locator("visible=true").first.click()
    page.get_by_label("哪里不安全").fill("渣包吊耳有裂纹")
    page.get_by_text("较大隐患").click()
    page.get_by_label("照片").set_input_files([file_of("现场.jpg")])
    live.no_side_scroll(page)
    page.get_by_role("button", name="上报").click()
    page.get_by_text("这个字段是必填项").or_(page.get_by_text("请填写")).or_(
        page.locator(".field-error")
    ).first.wait_for()
    page.get_by_text("已送到").wait_for()
    assert page.get_by_label("哪里不安全").input_value() == "渣包吊耳有裂纹"
    live.shoot(page, "hazard-refused")
    page.get_by_label("具体位置").fill("渣包跨 3 号位")
    page.get_by_label("可能造成什么").fill("起吊时脱落，砸伤下方的人")
    live.shoot(page, "hazard-report")
    page.get_by_role("button", name="上报").click()
    page.get_by_role("heading", name="渣包吊耳有裂纹").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "hazard-case")
    number = page.url.rstrip("/").rsplit("/", 1)[1]

    page = live(width, person=chief)
    page.goto("/queue/")
    page.get_by_role("link", name="渣包吊耳有裂纹").click()
    live.no_side_scroll(page)
    page.locator("#id_responsible").fill("纪炉")
    page.locator("#found-responsible").get_by_text("纪炉").click()
    page.locator("#id_standard").fill("探伤无裂纹")
    page.locator("#id_measure").fill("停用该渣包，换吊耳；此前挂牌")
    live.shoot(page, "hazard-assign")
    page.locator("#work").get_by_role("button", name="退回").click()
    page.locator("#sheet[open] textarea").wait_for()
    live.shoot(page, "hazard-return-sheet")
    page.keyboard.press("Escape")
    page.locator("#work").get_by_role("button", name="下达整改").click()
    page.get_by_text("已下达整改").wait_for()

    page = live(width, person=plant.teammate)
    page.goto("/queue/")
    page.get_by_role("link", name="渣包吊耳有裂纹").click()
    page.locator("#id_note").fill("已换新吊耳，探伤合格")
    page.locator("#id_photos").set_input_files([file_of("整改后.jpg", "#228844")])
    live.no_side_scroll(page)
    live.shoot(page, "hazard-rectify")
    page.get_by_role("button", name="整改完成").click()
    page.get_by_text("已整改完成").wait_for()

    page = live(width, person=other)
    page.goto(f"/cases/{number}/")
    page.get_by_role("link", name="去办理").first.click()
    live.no_side_scroll(page)
    live.shoot(page, "hazard-verify")
    page.get_by_role("button", name="验收合格，销号").click()
    page.get_by_text("已验收合格").wait_for()

    page = live(width, person=plant.author)
    page.goto("/hazards/")
    page.locator(".qrow").get_by_text("已整改销号").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "hazard-list")
    page.get_by_role("link", name="渣包吊耳有裂纹").click()
    live.shoot(page, "hazard-closed")
