"""Filing on a phone: with signal, without, with the page closed in between; and what it looks like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from innovation.proposals.models import Draft, Proposal
from tests.browser import Live
from tests.plant import Plant
from tests.proposal_story import Story
from tests.proposals.filing import problem, send, typed
from workflows.documents.models import Document
from workflows.engine.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    paths = []
    for n in (1, 2):
        path = tmp_path / f"改前{n}.jpg"
        Image.new("RGB", (2400, 1800), (90 * n, 70, 26)).save(path, "JPEG")
        paths.append(str(path))
    return paths


def ready(page: Page) -> None:
    expect(page.locator("#proposal-form")).to_have_attribute("data-ready", "yes")


def fill(page: Page, title: str = "炉前铜锍溜槽快换卡具", method: str = "改为楔形快换卡具。") -> None:
    page.get_by_label("题目").fill(title)
    page.get_by_text("五小", exact=True).click()
    page.get_by_label("解决哪个问题").select_option(index=2)
    page.get_by_label("现在是什么样").fill("溜槽靠 8 条螺栓固定，更换一次 50 分钟，两人在热辐射下作业。")
    page.get_by_label("怎么改").fill(method)
    page.get_by_label("每次省（元）").fill("640.00")
    page.get_by_label("每年次数").fill("72")


def test_on_a_phone_with_signal(live: Live, ruled: Plant, pictures: list[str]) -> None:
    problem(ruled)
    send(ruled.client(ruled.coauthor), typed(title=["溜槽耐火料整体预制快换"]))
    live.expect(400)
    page = live(390, person=ruled.author)
    page.goto("/proposals/new/")
    ready(page)
    fill(page, method="")
    expect(page.locator("#duplicates")).to_contain_text("可能有人提过")
    expect(page.locator("#total")).to_have_text("¥46,080.00")
    expect(page.locator("#authority")).to_have_text(
        "班组权限内（五小 ≤ ¥50,000.00，投入 ≤ ¥5,000.00），班长同意就能采纳。"
    )
    page.get_by_role("button", name="加合作人").click()
    page.get_by_label("姓名或工号").press_sequentially("陆")
    page.get_by_role("button", name="陆锍").click()
    page.locator("[name=own_share]").fill("3")
    page.locator("[name=coauthor_share]").fill("2")
    page.locator("[name=before]").set_input_files(pictures)
    expect(page.locator('[data-photos=before] .st[data-s="accepted"]')).to_have_count(2)
    expect(page.locator("#saved")).to_contain_text("已存")
    page.get_by_role("button", name="提交给班长").click()
    expect(page.locator("#method-error")).to_have_text("写出怎么改。只有问题、没有办法的，不能提交。")
    expect(page.get_by_label("怎么改")).to_be_focused()
    live.no_side_scroll(page)
    live.shoot(page, "file")
    page.get_by_label("怎么改").fill("改为楔形快换卡具。")
    page.get_by_role("button", name="提交给班长").click()
    page.wait_for_url("**/cases/**")
    proposal = Proposal.objects.get(case__author=ruled.author)
    assert list(proposal.authorships.values_list("person__name", "share")) == [("韩铸", 3), ("陆锍", 2)]
    assert Document.objects.filter(holder=f"case:{proposal.case_id}", purpose="before").count() == 2
    assert max(Document.objects.values_list("width", flat=True)) <= 1600
    assert not Draft.objects.exists()


def test_without_signal_and_with_the_page_closed(live: Live, ruled: Plant, pictures: list[str]) -> None:
    """Written in the cellar, two photos, the page closed and opened again, filed, and sent once when upstairs."""
    problem(ruled)
    page = live(390, person=ruled.author)
    context = page.context
    page.goto("/proposals/new/")
    ready(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    fill(page)
    page.locator("[name=before]").set_input_files(pictures)
    expect(page.locator("#connection")).to_contain_text("没有信号。写的内容和 2 张照片存在本机，有信号后自动送出。")
    expect(page.locator("#saved")).to_contain_text("已存在本机")
    live.shoot(page, "file-offline")
    page.close()
    assert not Draft.objects.exists()
    live.errors.clear()  # the browser logs each request that found no network

    page = context.new_page()
    page.goto("/proposals/new/")
    ready(page)
    expect(page.get_by_label("题目")).to_have_value("炉前铜锍溜槽快换卡具")
    expect(page.get_by_label("怎么改")).to_have_value("改为楔形快换卡具。")
    expect(page.locator("#total")).to_have_text("¥46,080.00")
    expect(page.locator("[data-photos=before] [data-photo]")).to_have_count(2)
    expect(page.locator("#why")).to_contain_text("秦砺")
    page.get_by_role("button", name="提交给班长").click()
    expect(page.locator("#saved")).to_contain_text("有信号后自动送出")
    page.close()
    assert not Case.objects.exists()

    page = context.new_page()
    other = context.new_page()
    context.set_offline(False)
    page.goto("/proposals/mine/")
    other.goto("/proposals/mine/")
    expect(page.get_by_text(re.compile(r"^TA-\d{4}-0001$"))).to_be_visible()
    case = Case.objects.get()
    assert Document.objects.filter(holder=f"case:{case.pk}").count() == 2
    assert not Draft.objects.exists()
    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("assay-proposals", 1);
          open.onsuccess = () => {
            const names = ["drafts", "photos", "queue"];
            const asked = open.result.transaction(names);
            Promise.all(names.map((n) => new Promise((r) => {
              const q = asked.objectStore(n).count(); q.onsuccess = () => r(q.result);
            }))).then(resolve);
          };
        })"""
    )
    assert kept == [0, 0, 0]
    live.errors.clear()


def test_what_the_phone_keeps_cannot_be_read(live: Live, ruled: Plant) -> None:
    problem(ruled)
    page = live(390, person=ruled.author)
    page.goto("/proposals/new/")
    ready(page)
    page.context.set_offline(True)
    fill(page)
    expect(page.locator("#saved")).to_contain_text("已存在本机")
    rows = page.evaluate(
        """() => new Promise((resolve) => {
          const open = indexedDB.open("assay-proposals", 1);
          open.onsuccess = () => {
            const asked = open.result.transaction(["drafts", "keys"]);
            const drafts = asked.objectStore("drafts").getAll();
            const keys = asked.objectStore("keys").getAll();
            asked.oncomplete = () => resolve([
              drafts.result.map((d) => new TextDecoder().decode(d.body.bytes)).join(""),
              keys.result.map((k) => k.key.extractable),
            ]);
          };
        })"""
    )
    assert "溜槽" not in rows[0]
    assert rows[1] == [False]
    live.errors.clear()


def test_signed_out_meanwhile(live: Live, ruled: Plant) -> None:
    problem(ruled)
    page = live(390, person=ruled.author)
    page.goto("/proposals/new/")
    ready(page)
    fill(page)
    expect(page.locator("#saved")).to_contain_text("已存")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="提交给班长").click()
    expect(page.locator("#connection")).to_contain_text("您已退出登录。写的内容还在本机")
    assert not Case.objects.exists()
    page.context.add_cookies(cookies)
    page.goto("/proposals/mine/")
    expect(page.get_by_text(re.compile(r"^TA-\d{4}-0001$"))).to_be_visible()
    assert Case.objects.count() == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_the_lists_look_right(live: Live, ruled: Plant, width: int) -> None:
    client = ruled.client(ruled.author)
    chosen = problem(ruled)
    for n in range(3):
        send(
            client,
            typed(chosen, title=[f"精矿喷嘴分布锥改双层导流，降低烟尘率第 {n} 版"], line_unit_value=["999999.99", "1"]),
        )
    ruled.client(ruled.author).post(
        "/proposals/drafts/6f1e6ad8-4d0c-4d0c-9d0c-1c1c1c1c1c1c/", {"fields": typed()}, content_type="application/json"
    )
    page = live(width, person=ruled.author)
    for name in ("mine/", "", "problems/", f"problems/{chosen.number}/", "problems/new/", "new/"):
        page.goto(f"/proposals/{name}")
        expect(page.locator("main")).to_be_visible()
        if name == "new/":
            ready(page)
        live.no_side_scroll(page)
        live.shoot(page, f"proposals-{name.strip('/').replace('/', '-') or 'list'}")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_returned_one_is_mended_in_the_browser(live: Live, ruled: Plant, width: int) -> None:
    problem(ruled)
    send(ruled.client(ruled.author), typed())
    case = Case.objects.get()
    Story(ruled, case).act(ruled.team_leader, "return_to", "revision", then="walk", reason="补三个班的停机记录。")
    page = live(width, person=ruled.author)
    page.goto(f"/proposals/{case.number}/revise/")
    expect(page.locator("main")).to_contain_text("补三个班的停机记录。")
    expect(page.locator("#total")).to_have_text("¥45,930.00")
    page.get_by_role("button", name="加一项节省").click()
    page.get_by_label("每次省（元）").last.fill("10")
    page.get_by_label("每年次数").last.fill("7")
    expect(page.locator("#total")).to_have_text("¥46,000.00")
    page.get_by_role("button", name="加合作人").click()
    page.get_by_label("姓名或工号").press_sequentially("陆")
    page.get_by_role("button", name="陆锍").click()
    live.no_side_scroll(page)
    live.shoot(page, "revise")
    page.get_by_role("button", name="改好，再提交").click()
    page.wait_for_url("**/cases/**")
    proposal = Proposal.objects.get()
    assert str(proposal.forecast_benefit) == "46000.00"
    assert proposal.authorships.count() == 2


@pytest.mark.parametrize("width", [320, 390])
def test_english_fits_a_small_phone(live: Live, ruled: Plant, width: int) -> None:
    ruled.author.language = "en"
    ruled.author.save()
    page = live(width, person=ruled.author, language="en-GB", dark=True)
    for name in ("new/", "", "mine/", "problems/"):
        page.goto(f"/proposals/{name}")
        live.no_side_scroll(page)
        live.shoot(page, f"en-{name.strip('/') or 'list'}")
    assert "提" not in page.locator("main").inner_text()
