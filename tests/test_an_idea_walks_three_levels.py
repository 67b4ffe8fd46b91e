"""An idea walks three levels in a real browser: filed on a phone, decided, carried out, verified, shown to its author.

Everything is done by clicking and typing; the database is only asked at the end.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from innovation.proposals.models import Proposal
from tests.browser import Live
from tests.plant import PASSWORD, Plant
from tests.proposal_story import publish_rules
from workflows.documents.models import Document
from workflows.engine.models import Case, WorkItem
from workflows.ledger import audit
from workflows.organisation.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "分布锥改双层导流，降低烟尘率"
MISSING = "缺改前停机时间，请补三个班的记录。"


@pytest.fixture
def ruled(plant: Plant, settings: Any, tmp_path: Path) -> Plant:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    publish_rules(plant)
    return plant


def picture(folder: Path, name: str, tone: int) -> str:
    path = folder / f"{name}.jpg"
    Image.new("RGB", (1600, 1200), (tone, 70, 26)).save(path, "JPEG")
    return str(path)


def sign_in(page: Page, person: Person) -> None:
    page.goto("/sign-in/")
    page.get_by_label("工号").fill(person.employee_no)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(re.compile(r"/$"))


def hand_to(live: Live, page: Page, person: Person) -> Page:
    """The same phone in the next person's hand."""
    page.context.clear_cookies()
    live.sign_in(page.context, person)
    return page


def open_task(live: Live, page: Page, *, by_tab: bool = False) -> None:
    """The row in the queue; by the tab 待办 from the home page, as people go, or by a bookmark."""
    if by_tab:
        page.goto("/")
        page.get_by_role("link", name=re.compile("^待办")).filter(visible=True).first.click()
    else:
        page.goto("/queue/")
    page.locator(".qrow").get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    live.no_side_scroll(page)


def said(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).filter(visible=True).click()


def file_it(live: Live, page: Page, folder: Path) -> None:
    page.goto("/")
    page.get_by_role("link", name="提一个").filter(visible=True).first.click()
    expect(page.locator("#proposal-form")).to_have_attribute("data-ready", "yes")
    page.get_by_label("题目").fill(TITLE)
    page.get_by_text("技术", exact=True).click()
    page.get_by_label("解决哪个问题").select_option(label="写一个新的")
    page.get_by_label("新问题，一句话").fill("烟尘率高，余热锅炉一个月清两次灰")
    page.get_by_label("现在是什么样").fill("单层导流，喷嘴偏料，烟尘率 7.2 %。")
    page.get_by_label("怎么改").fill("分布锥改为双层导流，锥角 32°，保留原法兰。")
    page.get_by_label("每次省（元）").fill("155500.00")
    page.get_by_label("每年次数").fill("12")
    press(page, "加一项花费")
    page.get_by_label("每次花（元）").fill("500")
    page.get_by_label("每年次数").last.fill("12")
    expect(page.locator("#total")).to_have_text("¥1,860,000.00")
    page.get_by_label("一次性投入（元）").fill("236000.00")
    expect(page.locator("#authority")).to_have_text("超出工段权限，班组、工段同意后由车间票签。")
    press(page, "加合作人")
    page.get_by_label("姓名或工号").press_sequentially("陆")
    page.get_by_role("button", name="陆锍").click()
    page.locator("[name=before]").set_input_files([picture(folder, "改前1", 90), picture(folder, "改前2", 180)])
    expect(page.locator('[data-photos=before] .st[data-s="accepted"]')).to_have_count(2)
    live.no_side_scroll(page)
    press(page, "提交给班长")
    page.wait_for_url("**/cases/**")
    expect(page.locator("main")).to_contain_text("现在等 秦砺")


def sheet(page: Page) -> Locator:
    return page.locator("dialog[open]")


def team_approves(live: Live, page: Page, *, opinion: str) -> None:
    open_task(live, page, by_tab=True)
    page.get_by_role("link", name="附意见").filter(visible=True).click()
    sheet(page).get_by_label("意见").fill(opinion)
    sheet(page).get_by_role("button", name="同意").click()
    expect(page.locator("main")).to_contain_text("没有等您办的")
    said(page, "已同意，报工段。")


def one_chief_returns_it(live: Live, page: Page, leader: Person) -> None:
    """Through the sheet: first without a reason, then with one; by default to who had it last, straight back."""
    live.expect(422)
    open_task(live, page)
    press(page, "退回")
    expect(sheet(page).get_by_role("radio", name=re.compile(f"班组审 {leader.name}"))).to_be_checked()
    expect(sheet(page).get_by_role("radio", name="直接回到我这里")).to_be_checked()
    sheet(page).get_by_role("button", name="退回").click()
    expect(page.get_by_role("alert")).to_contain_text("写明要补什么")
    page.get_by_label("原因").fill(MISSING)
    live.shoot(page, "walk-return")
    page.get_by_role("button", name="退回").filter(visible=True).last.click()
    said(page, "已退回。")


def approves(live: Live, page: Page, button: str, after: str) -> None:
    open_task(live, page)
    press(page, button)
    said(page, f"已{after}。")


def arranges(live: Live, page: Page, owner: Person, due: Any) -> None:
    open_task(live, page)
    page.get_by_label("实施人").fill(owner.employee_no)
    page.get_by_label("完成日期").fill(due.isoformat())
    live.shoot(page, "walk-arrange")
    press(page, "安排实施")
    said(page, "已安排实施。")


def reports_the_work(live: Live, page: Page, folder: Path) -> None:
    open_task(live, page)
    page.get_by_label("做了什么，现在运行怎样").fill("两台喷嘴已改完，试运行 7 天，未偏料。")
    page.get_by_label("改后照片").set_input_files([picture(folder, "改后1", 40)])
    live.shoot(page, "walk-implement")
    press(page, "已实施")
    said(page, "已实施")


def reports_the_effect(live: Live, page: Page) -> None:
    open_task(live, page)
    page.get_by_label("每年节约（元）").fill("1640000.00")
    page.get_by_label("每年新增费用（元）").fill("12000.00")
    expect(page.get_by_label("一次性投资（元）")).to_have_value("236000.00")
    expect(page.locator("[data-net]")).to_have_text("¥1,549,333.33")
    page.get_by_label("怎么量的").fill("改后三个月烟尘率 5.1 %，清灰由每月两次减为一次，中控趋势核对。")
    live.shoot(page, "walk-effect")
    press(page, "报效果")
    said(page, "已上报效果。")


def test_an_idea_walks_three_levels(live: Live, ruled: Plant, tmp_path: Path) -> None:
    chiefs, voters, owner = ruled.section_chiefs, ruled.reviewers, ruled.coauthor
    due = timezone.localdate() + timedelta(days=30)
    phone = live(390)
    sign_in(phone, ruled.author)
    file_it(live, phone, tmp_path)
    case = Case.objects.get()

    leader = live(390)
    sign_in(leader, ruled.team_leader)
    team_approves(live, leader, opinion="烟尘率记录已核对。")

    first, second = (live(390, person=p) for p in chiefs[:2])
    approves(live, first, "同意", "同意")
    one_chief_returns_it(live, second, ruled.team_leader)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("现在等 秦砺")
    expect(phone.locator("main")).to_contain_text("退回 1 次")

    open_task(live, leader)
    expect(leader.locator("main")).to_contain_text(f"沈淬 把这一件退回给您。 {MISSING}")
    press(leader, "同意，报工段")
    first.goto("/queue/")
    expect(first.locator("main")).to_contain_text("没有等您办的")
    open_task(live, second)
    expect(second.locator("main")).to_contain_text("会签 1/3，等我")
    press(second, "同意")
    third = hand_to(live, second, chiefs[2])
    approves(live, third, "同意，报车间", "同意，报车间")

    desk = live(1280, person=voters[0])
    approves(live, desk, "赞成", "赞成")
    for voter in voters[1:3]:
        approves(live, hand_to(live, third, voter), "赞成", "赞成")
    against = hand_to(live, third, voters[3])
    open_task(live, against)
    press(against, "反对")
    sheet(against).get_by_label("原因").fill("选型未考虑冲击，请补依据。")
    sheet(against).get_by_role("button", name="反对").click()
    said(against, "已反对。")
    # Four of five have voted, three for and one against: the fifth could still turn it.
    phone.reload()
    expect(phone.locator("main")).to_contain_text("还差 1 票")
    neither = hand_to(live, against, voters[4])
    open_task(live, neither)
    press(neither, "弃权")
    sheet(neither).get_by_role("button", name="弃权").click()
    said(neither, "已弃权。")

    arranges(live, first, owner, due)
    worker = hand_to(live, leader, owner)
    reports_the_work(live, worker, tmp_path)
    reports_the_effect(live, worker)
    finance = hand_to(live, desk, ruled.finance)
    open_task(live, finance)
    expect(finance.locator("main")).to_contain_text("¥1,549,333.33")
    live.shoot(finance, "walk-finance")
    press(finance, "核定效果")
    said(finance, "已核定效果。")

    every_step_is_shown_to_its_author(live, phone, case, due)
    in_english_too(live, phone, case)
    what_is_on_record(case, due, ruled)


EVERY_STEP = (
    ("韩铸", "提交", ""),
    ("秦砺", "班组审 · 同意", "烟尘率记录已核对。"),
    ("高焰", "工段审 · 同意", ""),
    ("沈淬", "退回“班组审”，补好直接回来", MISSING),
    ("秦砺", "班组审 · 同意", ""),
    ("沈淬", "工段审 · 同意", ""),
    ("白锐", "工段审 · 同意", ""),
    ("沈砚", "车间评审 · 赞成", ""),
    ("程铖", "车间评审 · 赞成", ""),
    ("钟钰", "车间评审 · 赞成", ""),
    ("冯炼", "车间评审 · 反对", "选型未考虑冲击，请补依据。"),
    ("梁衡", "车间评审 · 弃权", ""),
    ("高焰", "安排实施 · 办完", ""),
    ("陆锍", "实施 · 办完", "两台喷嘴已改完，试运行 7 天，未偏料。"),
    ("陆锍", "报效果 · 办完", "改后三个月烟尘率 5.1 %"),
    ("苏算", "财务核定 · 同意", ""),
)


def every_step_is_shown_to_its_author(live: Live, page: Page, case: Case, due: Any) -> None:
    page.goto("/")
    page.get_by_role("link", name=TITLE).filter(visible=True).first.click()
    main = page.locator("main")
    told = main.locator("#hist .timeline > li")
    expect(told).to_have_count(len(EVERY_STEP))
    for place, (who, what, why) in enumerate(reversed(EVERY_STEP)):
        entry = told.nth(place)
        for words in (who, what, why, "今天"):
            expect(entry).to_contain_text(words)
    expect(page.get_by_role("img", name="班组").filter(visible=True)).to_have_accessible_name(
        "提交、班组、工段、车间、实施、核定。 退回过 1 次。 已经结束。"
    )
    expect(main.get_by_text("已核定", exact=True).first).to_be_visible()
    sums = main.locator("section", has=page.get_by_role("heading", name="年效益", exact=True))
    expect(sums).to_contain_text(re.compile(r"预计\s*¥1,860,000.00\s*核定\s*¥1,549,333.33"))
    expect(main.get_by_text("核定净效益")).to_be_visible()
    expect(main.get_by_role("link", name=re.compile("改后"))).to_have_count(1)
    expect(main.get_by_role("link", name=re.compile("改前"))).to_have_count(2)
    live.no_side_scroll(page)
    live.shoot(page, "walk-done")
    desk = live(1280, person=case.author)
    desk.goto(f"/cases/{case.number}/")
    # The first chief's approval stood when the case came back, and is named with the others.
    expect(desk.locator("svg text").filter(has_text="高焰 沈淬 白锐 3/3")).to_be_visible()
    live.no_side_scroll(desk)
    live.shoot(desk, "walk-done")


def in_english_too(live: Live, page: Page, case: Case) -> None:
    page.get_by_role("link", name="我的").filter(visible=True).first.click()
    page.get_by_label("语言").select_option(label="English")
    press(page, "保存")
    page.goto(f"/cases/{case.number}/")
    main = page.locator("main")
    for words in ("Effect verified", "Section review · approved", "returned to “Team review”; comes straight back"):
        expect(main).to_contain_text(words)
    live.no_side_scroll(page)
    live.shoot(page, "walk-done-en")


def what_is_on_record(case: Case, due: Any, plant: Plant) -> None:
    case.refresh_from_db()
    proposal: Proposal = case.proposal  # type: ignore[attr-defined]
    assert (case.state, case.standing, proposal.status) == ("closed", "verified", "verified")
    assert (proposal.implementer, proposal.implementation_due, proposal.verified_by) == (
        plant.coauthor,
        due,
        plant.finance,
    )
    assert str(proposal.forecast_benefit) == "1860000.00" and str(proposal.verified_benefit) == "1549333.33"
    assert Document.objects.filter(holder=f"case:{case.pk}", purpose="evidence").count() == 1
    assert not WorkItem.objects.filter(case=case, state="open").exists()
    assert not list(audit.problems([]))
