"""On a phone: asked for by tag, dispatched, begun, claimed with − and +, refused once, accepted, held, settled."""

from __future__ import annotations

from typing import Any

import pytest

from maintenance_audit.jobs import holds
from maintenance_audit.jobs.models import Claim, Job
from tests.jobs.story import JobStory, Register, publish_rules
from tests.plant import Plant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_job_from_the_phone_to_its_settlement(plant: Plant, settings: Any, tmp_path: Any, live: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    publish_rules(plant)
    story, reg = JobStory(plant), Register.of(plant)
    live.expect(422)

    page = live(390, person=plant.author)
    page.goto("/jobs/new/")
    page.get_by_label("检修内容").fill("循环水泵机封泄漏")
    page.locator("#id_equipment").fill("循环")
    page.locator("#found-equipment").get_by_text("P-2101A").click()
    page.get_by_label("作业类别").select_option(label="泵类检修")
    page.get_by_label("故障").select_option(label="LEAK 泄漏")
    live.no_side_scroll(page)
    live.shoot(page, "job-request")
    page.get_by_role("button", name="提交委托").click()
    page.get_by_role("heading", name="循环水泵机封泄漏").wait_for()
    job = Job.objects.get()
    assert job.equipment == reg.pump
    story.case = job.case
    story.approve()

    page = live(390, person=reg.planner)
    page.goto(story.address(reg.planner))
    page.get_by_label("外委单位").select_option(label="宏兴检修公司")
    page.locator("#id_supervisor").fill("监现")
    page.locator("#found-supervisor").get_by_text("监现").click()
    for name in ("planned_start", "planned_end"):
        page.locator(f"#id_{name}").fill(story.order()[name])
    live.no_side_scroll(page)
    live.shoot(page, "job-dispatch")
    page.locator("#work").get_by_role("button", name="派工").click()
    page.wait_for_url("**/queue/**")
    story.start()

    page = live(390, person=story.foreman)
    page.goto(f"/jobs/{job.number}/")
    live.no_side_scroll(page)
    live.shoot(page, "job-of-the-firm")
    page.get_by_role("link", name="去办理").first.click()
    page.get_by_label("工时").fill("16")
    people = page.locator(".counter").nth(1)
    for _press in range(4):
        people.get_by_role("button", name="加一").click()
    people.get_by_role("button", name="减一").click()
    assert people.locator("input").input_value() == "3"
    live.no_side_scroll(page)
    live.shoot(page, "job-claims")
    page.get_by_role("button", name="完工，提交申报").click()
    page.locator(".field-error").first.wait_for()  # the new part was not said
    assert page.get_by_label("工时").input_value() in ("16", "16.000")
    page.get_by_label("新机械密封").fill("机封 1 套")
    page.get_by_role("button", name="完工，提交申报").click()
    page.wait_for_url("**/queue/**")
    assert {c.key: c.value for c in Claim.objects.all()}["people"] == 3

    page = live(390, person=story.chief)
    page.goto(story.address(story.chief))
    live.no_side_scroll(page)
    live.shoot(page, "job-acceptance")
    page.get_by_role("button", name="验收不通过").first.click()
    page.locator("#sheet[open] textarea").fill("试车仍有滴漏")
    page.locator("#sheet[open]").get_by_role("button", name="验收不通过").or_(
        page.locator("#sheet[open] .btn-primary")
    ).first.click()
    page.wait_for_url("**/queue/**")
    assert story.at() == "completion"
    story.complete()
    story.accept()
    holds.place([job.pk], cause="lot", reference="PC-2611-0001", reason="批次抽检中")

    page = live(390, person=reg.planner)
    page.goto(story.address(reg.planner))
    page.get_by_label("金额").fill("3,100.00")
    page.locator("#work").get_by_role("button", name="结算").click()
    page.get_by_text("PC-2611-0001").first.wait_for()
    assert page.get_by_label("金额").input_value() == "3,100.00" and story.at() == "settlement"
    live.shoot(page, "job-held")
    holds.release([job.pk], why="批次已接收", cause="lot")
    page.locator("#work").get_by_role("button", name="结算").click()
    page.wait_for_url("**/queue/**")
    assert story.at() == "warranty"
    for width in (390, 1280):
        page = live(width, person=plant.observer)
        page.goto("/jobs/")
        live.no_side_scroll(page)
        live.shoot(page, "job-list")
        page.get_by_role("link", name="循环水泵机封泄漏").click()
        page.get_by_role("heading", name="循环水泵机封泄漏").wait_for()
        live.no_side_scroll(page)
        live.shoot(page, "job-page")
