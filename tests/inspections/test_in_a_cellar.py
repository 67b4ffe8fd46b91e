"""Two inspectors at 390 px with the network cut; sealed when they are back; compared and adjudicated."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from playwright.sync_api import Page, expect

from maintenance_audit.inspections.models import Adjudication, Draft, Found, Inspection, Photo
from maintenance_audit.lots.models import DrawnJob
from tests.browser import Live
from tests.inspections.story import InspectionStory
from tests.plant import Plant
from workflows.documents import exif
from workflows.organisation.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(3)
    return told


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "密封.jpg"
    path.write_bytes(as_a_camera_writes_it())
    return str(path)


def as_a_camera_writes_it(moment: str = "2026:03:05 14:30:00", offset: str = "+08:00", south: bool = False) -> bytes:
    said, target = Image.Exif(), BytesIO()
    said.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: moment, Base.OffsetTimeOriginal: offset})
    place = {GPS.GPSLatitudeRef: "S" if south else "N", GPS.GPSLatitude: (29.0, 33.0, 7.2),
             GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (116.0, 1.0, 30.6)}  # fmt: skip
    said.get_ifd(IFD.GPSInfo).update(place)
    Image.new("RGB", (1200, 900), (160, 120, 90)).save(target, "JPEG", exif=said)
    return target.getvalue()


def broken(content: bytes) -> Iterator[bytes]:
    """Cut off anywhere in its head, and with any byte of it another: nothing may go wrong but what is read."""
    for n in range(0, 400, 7):
        yield content[:n]
        yield content[:n] + b"\xff" + content[n + 1 :]


def test_the_phone_reads_what_the_camera_wrote_as_the_server_does(live: Live, story: InspectionStory) -> None:
    page = live(390, person=story.inspection("site").assignment.person)
    page.goto("/inspections/")
    ask = """(rows) => Promise.all(rows.map((text) => assay.offline.exif(
        new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "a.jpg"))))"""
    plain = BytesIO()
    Image.new("RGB", (40, 30)).save(plain, "JPEG")
    whole = [as_a_camera_writes_it(), as_a_camera_writes_it(south=True), plain.getvalue(), b"", b"no picture at all",
             as_a_camera_writes_it("0000:00:00 00:00:00")]  # fmt: skip
    told = page.evaluate(ask, [b64encode(one).decode() for one in (*whole, *broken(whole[0]))])
    place = {"latitude": "29.552000", "longitude": "116.025167"}
    assert told[:2] == [
        {"at": "2026-03-05T06:30:00.000Z"} | place,
        {"at": "2026-03-05T06:30:00.000Z"} | place | {"latitude": "-29.552000"},
    ]
    assert told[2:6] == [{}, {}, {}, place] and len(told) > 100
    for content, said in zip(whole[:2], told, strict=False):
        read = exif.read(Image.open(BytesIO(content)))
        assert (read.at, str(read.latitude), str(read.longitude)) == (
            datetime.fromisoformat(said["at"]), said["latitude"], said["longitude"],
        )  # fmt: skip


def ready(page: Page) -> None:
    expect(page.locator("#record")).to_have_attribute("data-ready", "yes")


def claim(page: Page, label: str) -> Any:
    return page.locator(".claim").filter(has=page.locator("h3", has_text=label))


def kept_on(page: Page, person: Person) -> list[int]:
    """How many answers, photos and places in the queue this phone keeps of the person."""
    return page.evaluate(
        """(name) => new Promise((resolve) => {
          const open = indexedDB.open(name, 1);
          open.onsuccess = () => {
            const names = ["answers", "photos", "queue"];
            const asked = open.result.transaction(names);
            Promise.all(names.map((n) => new Promise((r) => {
              const q = asked.objectStore(n).count(); q.onsuccess = () => r(q.result);
            }))).then((found) => { open.result.close(); resolve(found); });
          };
        })""",
        f"assay-inspections:{person.pk}",
    )


def fill_site(page: Page, photo: str, *, verdict: str = "不符合") -> None:
    seal = claim(page, "更换机械密封")
    seal.get_by_text(verdict, exact=True).click()
    if verdict == "不符合":
        seal.get_by_label("属于哪一种（都算严重）").select_option("old_part")
        seal.get_by_label("实际看到").fill("旧件，端面有磨痕，编号 2023 年")
    seal.locator("input[type=file]").set_input_files(photo)
    cover = page.locator("#cover canvas")
    expect(cover).to_be_visible()
    cover.click(position={"x": 60, "y": 60})
    page.get_by_role("button", name="用这张").click()
    axis = claim(page, "同轴度")
    axis.get_by_text("符合", exact=True).click()
    axis.get_by_label("实测").fill("0.04")
    axis.get_by_role("button", name="加一点").click()
    expect(axis.get_by_label("实测")).to_have_value("0.05")
    expect(axis.locator("[data-fit]")).to_have_text("差 0.01，允差内")
    trial = claim(page, "试车 2 小时")
    trial.get_by_text("符合", exact=True).click()
    page.get_by_label("或者输入牌上的位号").fill("P-101")


def test_both_inspectors_without_reception(live: Live, story: InspectionStory, photo: str) -> None:
    site, records = story.inspection("site"), story.inspection("records")
    page = live(390, person=site.assignment.person)
    context = page.context
    page.goto("/inspections/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"/inspections/{site.case.number}/")
    ready(page)
    live.expect(live.OFFLINE)
    context.set_offline(True)
    fill_site(page, photo)
    expect(page.locator("#connection")).to_contain_text("没有信号，照常填。")
    expect(page.locator("[data-unsent-count]")).to_contain_text("项未发送")
    expect(page.locator("[data-left]")).to_have_text("先送出，再密封", timeout=30_000)
    expect(page.get_by_role("button", name="密封")).to_be_disabled()
    live.no_side_scroll(page)
    live.shoot(page, "inspect-offline")
    page.close()
    assert not Draft.objects.exists()

    page = context.new_page()  # the page was closed in the cellar and is opened again there
    page.goto("/inspections/")
    expect(page.locator("#on-this-phone")).to_contain_text("P-101")
    page.goto(f"/inspections/{site.case.number}/?scanned=P-101")
    ready(page)
    expect(claim(page, "更换机械密封").get_by_label("实际看到")).to_have_value("旧件，端面有磨痕，编号 2023 年")
    expect(page.locator("[data-photo]")).to_have_count(1)
    expect(page.locator("[data-left]")).to_have_text("先送出，再密封", timeout=30_000)
    live.shoot(page, "inspect-offline-again")
    page.close()

    page = context.new_page()
    context.set_offline(False)
    page.goto(f"/inspections/{site.case.number}/")
    ready(page)
    expect(page.locator("[data-left]")).to_have_text("已填齐，可以密封")
    expect(page.locator("[data-unsent-count]")).to_be_hidden()
    live.shoot(page, "inspect-sent")
    assert Photo.objects.filter(inspection=site).count() == 1
    page.get_by_role("button", name="密封…").click()
    expect(page.locator("#record")).to_have_attribute("data-ready", "yes")
    live.shoot(page, "inspect-seal")
    page.get_by_role("button", name="密封，不能再改").click(timeout=30_000)
    expect(page.locator("main")).to_contain_text("与另一式一起打开")
    assert Inspection.objects.get(pk=site.pk).sealed_at and not Found.objects.exists()
    page.goto("/inspections/")
    assert kept_on(page, site.assignment.person)[1:] == [0, 0]

    other = live(390, person=records.assignment.person)
    other.goto("/inspections/")
    other.evaluate("navigator.serviceWorker.ready.then(() => true)")
    other.goto(f"/inspections/{records.case.number}/")
    ready(other)
    other.context.set_offline(True)
    for label in ("更换机械密封", "同轴度", "工时", "试车 2 小时"):
        claim(other, label).get_by_text("符合", exact=True).click()
    claim(other, "同轴度").get_by_label("实测").fill("0.04")
    claim(other, "工时").get_by_label("实测").fill("16")
    expect(other.locator("[data-unsent-count]")).to_have_text("4 项未发送")
    other.context.set_offline(False)
    expect(other.locator("[data-left]")).to_have_text("已填齐，可以密封")
    other.get_by_role("button", name="密封…").click()
    expect(other.locator("#record")).to_have_attribute("data-ready", "yes")
    other.get_by_role("button", name="密封，不能再改").click(timeout=30_000)
    expect(other.locator("main")).to_contain_text("双式比对")

    kept = Photo.objects.select_related("document").get(inspection=site)
    assert kept.reported_at == datetime(2026, 3, 5, 6, 30, tzinfo=UTC) < kept.document.received_at
    assert kept.document.taken_at == kept.reported_at
    assert (str(kept.document.latitude), str(kept.document.longitude)) == ("29.552000", "116.025167")

    drawn = DrawnJob.objects.get(pk=site.drawn_job_id)
    assert drawn.disputed and not drawn.result
    lead = live(1280, person=story.lead)
    number = Adjudication.objects.get(drawn_job=drawn).case.number
    lead.goto(f"/inspections/adjudications/{number}/")
    lead.get_by_text("不符合", exact=True).last.click()
    live.shoot(lead, "adjudicate")
    expect(lead.locator(".effect:visible")).to_contain_text("本批不接收")
    lead.get_by_text("严重", exact=True).last.click()
    lead.get_by_label("理由（外委单位会看到）").fill("合格证与实物编号不符，以现场照片为准。")
    lead.get_by_role("button", name="裁定，这一单有结果").click()
    expect(lead.locator("main")).to_contain_text("合格证与实物编号不符")
    live.shoot(lead, "adjudicated")
    drawn.refresh_from_db()
    assert drawn.result == "nonconforming" and drawn.critical
    phone = live(390, person=story.lead)
    phone.goto(f"/inspections/compared/{drawn.pk}/")
    live.no_side_scroll(phone)
    live.shoot(phone, "comparison")


def test_another_person_on_the_same_phone(live: Live, story: InspectionStory, photo: str) -> None:
    """The session ends in the cellar; a colleague signs in and out on this phone; nothing is lost, nothing is seen."""
    site, records = story.inspection("site"), story.inspection("records")
    mine, other = site.assignment.person, records.assignment.person
    page = live(390, person=mine)
    context = page.context
    page.goto(f"/inspections/{site.case.number}/")
    ready(page)
    context.clear_cookies()
    live.expect(302, 403)
    claim(page, "更换机械密封").get_by_text("不符合", exact=True).click()
    expect(page.locator("#connection")).to_contain_text("您已退出登录。记的内容还在本机")
    page.close()

    live.sign_in(context, other)
    page = context.new_page()
    page.goto(f"/inspections/{records.case.number}/")
    ready(page)
    assert "不符合" not in page.locator("[data-answered]").all_inner_texts()
    assert kept_on(page, mine)[2] == 1
    page.goto("/profile/")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.evaluate("document.querySelector('form[action*=\"sign\"]')?.requestSubmit()")
    page.wait_for_timeout(500)
    context.clear_cookies()

    live.sign_in(context, mine)
    page = context.new_page()
    page.goto(f"/inspections/{site.case.number}/")
    ready(page)
    expect(claim(page, "更换机械密封").locator("input[value=nonconforming]")).to_be_checked()
    expect(page.locator("[data-unsent-count]")).to_be_hidden()
    assert Draft.objects.filter(inspection=site).count() == 1
    live.errors.clear()


def test_what_the_phone_keeps_cannot_be_read(live: Live, story: InspectionStory) -> None:
    site = story.inspection("site")
    page = live(390, person=site.assignment.person)
    page.goto(f"/inspections/{site.case.number}/")
    ready(page)
    live.expect(live.OFFLINE)
    page.context.set_offline(True)
    claim(page, "更换机械密封").get_by_label("实际看到").fill("端面有磨痕")
    expect(page.locator("[data-unsent-count]")).to_be_visible()
    found = page.evaluate(
        """(name) => new Promise((resolve) => {
          const open = indexedDB.open(name, 1);
          open.onsuccess = () => {
            const asked = open.result.transaction(["answers", "keys", "sheets"]);
            const rows = ["answers", "sheets"].map((n) => asked.objectStore(n).getAll());
            const keys = asked.objectStore("keys").getAll();
            asked.oncomplete = () => resolve([
              rows.flatMap((r) => r.result).map((d) => new TextDecoder().decode(d.body.bytes)).join(""),
              keys.result.map((k) => k.key.extractable),
            ]);
          };
        })""",
        f"assay-inspections:{site.assignment.person_id}",
    )
    assert "磨痕" not in found[0] and "检修" not in found[0]
    assert found[1] == [False]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_look_right(live: Live, story: InspectionStory, width: int) -> None:
    site = story.inspection("site")
    page = live(width, person=site.assignment.person, dark=width == 1280)
    for name in ("", f"{site.case.number}/", f"{site.case.number}/seal/", "safety/", "safety/new/"):
        page.goto(f"/inspections/{name}")
        expect(page.locator("main")).to_be_visible()
        live.no_side_scroll(page)
        live.shoot(page, f"inspections-{name.strip('/').replace('/', '-') or 'mine'}")
    lead = live(width, person=story.lead)
    lead.goto("/inspections/agreement/")
    live.no_side_scroll(lead)
    live.shoot(lead, "agreement")


def test_english_fits_a_small_phone(live: Live, story: InspectionStory) -> None:
    site = story.inspection("site")
    person = site.assignment.person
    person.language = "en"
    person.save()
    page = live(320, person=person, language="en-GB")
    for name in ("", f"{site.case.number}/", f"{site.case.number}/seal/", "safety/new/"):
        page.goto(f"/inspections/{name}")
        live.no_side_scroll(page)


def test_a_safety_notice_from_the_cellar(live: Live, story: InspectionStory) -> None:
    person = story.inspection("site").assignment.person
    page = live(390, person=person)
    page.goto("/inspections/safety/new/")
    expect(page.locator("#safety")).to_have_attribute("data-ready", "yes")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    live.expect(live.OFFLINE)
    page.context.set_offline(True)
    page.goto("/inspections/safety/new/")
    expect(page.locator("#safety")).to_have_attribute("data-ready", "yes")
    expect(page.get_by_label("工段")).to_contain_text("闪速炉工段")
    page.get_by_label("地点").fill("循环水泵坑")
    page.get_by_label("什么危险").fill("盖板没有盖，照明不亮。")
    page.get_by_role("button", name="马上告诉工段").click()
    expect(page.locator("#connection")).to_contain_text("通知存在本机")
    page.context.set_offline(False)
    page.goto("/inspections/")
    expect(page.locator("#record")).to_have_attribute("data-sent", "yes")
    page.goto("/inspections/safety/")
    expect(page.locator("main")).to_contain_text("循环水泵坑")
