"""A lot of the seeded plant is frozen, drawn, checked in a cellar without reception, ruled, checked again by section
and workshop, decided.

The ceremony, both offline records, the ruling, the reply and the decision are clicked and typed at 390 px; the checks
of the other drawn jobs are sealed by the services, which their own stories walk.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, Response, expect

from maintenance_audit.findings.models import Finding
from maintenance_audit.inspections import answers, sheet, wording
from maintenance_audit.inspections.answers import Sent
from maintenance_audit.inspections.models import Adjudication, Draft, Found, Inspection, Photo
from maintenance_audit.inspections.owning import RELATED
from maintenance_audit.jobs.models import Claim, SettlementHold
from maintenance_audit.lots import redraw
from maintenance_audit.lots.models import DrawnJob, Lot, Nonce
from maintenance_audit.register.models import Seen
from tests.browser import Live
from tests.inspections.story import OLD_PART, InspectionStory
from workflows.engine import queue
from workflows.engine.models import Case, WorkItem
from workflows.ledger import audit
from workflows.ledger.checkpoints import fingerprint
from workflows.ledger.clock import now
from workflows.organisation import roles
from workflows.organisation.models import Person, Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 30_000  # milliseconds; a busy machine may take its time
AGAIN = [sys.executable, "-I", "-S", "redraw.py", "record.json"]
CANARY = "旧件端面磨痕七道"  # in one sealed record; until the other is sealed nobody else reads it


class SeededStory(InspectionStory):
    """The lot of the plant that `make demo` seeds which waits to be frozen; its people as they hold their roles."""

    def __init__(self, lot: Lot) -> None:
        self.lot_id = lot.pk
        workshop, firm = lot.workshop_id, lot.contractor_id
        self.lead = held(Role.AUDIT_LEAD, workshop)
        self.planner = held(Role.MAINTENANCE_PLANNER, workshop)
        self.union = held(Role.UNION_REPRESENTATIVE, workshop)
        self.firm = held(Role.CONTRACTOR, firm)
        self.observer = held(Role.OBSERVER, workshop)

    def write(self, inspection: Inspection, **changed: Any) -> None:
        """Everything as it was claimed but what is said to be otherwise, by the claim's key."""
        asked = sheet.of(Inspection.objects.select_related(*RELATED).get(pk=inspection.pk))
        sent = [
            Sent(sheet.key_of(one), uuid4(), changed.get(one.key) or {"verdict": "conforming", "value": measured(one)})
            for one in asked.claims
        ]
        sent += [Sent(f"check:{check.place}", uuid4(), {"passed": "yes"}) for check in asked.checks]
        if asked.wants_tag:
            sent.append(Sent("tag", uuid4(), {"how": "scan", "tag": asked.job.equipment.tag}))
        assert answers.keep(inspection, sent, asked) == {}


def held(role: Role, unit: int) -> Person:
    return roles.holders(role, unit)[0].person


def measured(one: Claim) -> str:
    return wording.number(one.value) if answers.is_measured(one) else ""


@pytest.fixture
def signs(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small plant as `make demo` leaves it: of last month's four lots one waits to be frozen."""
    settings.DEMO, settings.MEDIA_ROOT = True, str(tmp_path / "media")
    file = tmp_path / "sign-ins.txt"
    monkeypatch.setenv("ASSAY_SIGN_INS", str(file))
    call_command("seed_demo", people=60, years=1, cases=10, hazards=0, jobs=1, rounds=0, stdout=io.StringIO())
    return file


@pytest.fixture
def story(signs: Path) -> SeededStory:
    return SeededStory(Lot.objects.filter(state="draft").order_by("pk")[0])


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "密封.jpg"
    Image.new("RGB", (1200, 900), (160, 120, 90)).save(path, "JPEG")
    return str(path)


class Walk:
    """One phone that goes from hand to hand; the two inspectors have their own."""

    def __init__(self, live: Live, story: SeededStory) -> None:
        self.live, self.story, self.number = live, story, story.case.number
        self.page: Page = live(390)
        self.page.context.set_default_timeout(PATIENCE)

    def as_(self, person: Person, width: int = 390) -> Page:
        self.page.context.clear_cookies()
        self.live.sign_in(self.page.context, person)
        self.page.set_viewport_size({"width": width, "height": 844})
        return self.page

    def open_work(self, person: Person, case: Case) -> Page:
        items = WorkItem.objects.filter(case=case, state="open")
        item = items.filter(person=person).first() or items.get(person=None)
        page = self.as_(person)
        page.goto(f"/cases/{case.number}/tasks/{item.pk}/")
        self.live.no_side_scroll(page)
        return page

    def work(self, person: Person, case: Case | None = None, shot: str = "") -> None:
        """Open the task of this person and send its form as the page has filled it."""
        page = self.open_work(person, case or self.story.case)
        if shot:
            self.live.shoot(page, shot)
        with page.expect_navigation():
            page.locator("#work button[value=complete]").click()

    def look(self, person: Person, address: str, shot: str) -> None:
        for width in (390, 1280):
            page = self.as_(person, width)
            page.goto(address)
            expect(page.locator("main")).to_be_visible()
            self.live.no_side_scroll(page)
            self.live.shoot(page, shot)

    def reveal_and_draw(self, tier: int) -> list[str]:
        story = self.story
        for name, person in (("contractor", story.firm), ("workshop", story.planner), ("union", story.union)):
            assert story.node == f"{name}_reveal"
            self.work(person, shot=f"reveal-{name}-{tier}")
        self.work(story.lead, shot=f"draw-{tier}")
        if tier < 3:
            self.look(story.firm, f"/draws/{self.number}/", f"drawn-{tier}")
        return story.numbers(tier)


def row(page: Page, key: str) -> Locator:
    return page.locator(f"[data-row='{key}']")


def in_the_cellar(live: Live, inspection: Inspection) -> tuple[Page, list[Response]]:
    """The page was opened where there was reception; here there is none. What is answered to what is sent is noted."""
    page = live(390, person=inspection.assignment.person)
    page.context.set_default_timeout(PATIENCE)
    page.goto("/inspections/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"/inspections/{inspection.case.number}/")
    expect(page.locator("#record")).to_have_attribute("data-ready", "yes")
    answered: list[Response] = []
    page.context.on("response", lambda one: answered.append(one) if one.request.method == "POST" else None)
    live.expect(live.OFFLINE)
    page.context.set_offline(True)
    return page, answered


def take_photo(page: Page, of: Locator, photo: str) -> None:
    of.locator("input[type=file]").set_input_files(photo)
    cover = page.locator("#cover canvas")
    expect(cover).to_be_visible()
    cover.click(position={"x": 60, "y": 60})
    page.get_by_role("button", name="用这张").click()
    expect(of.locator("[data-photo]")).to_have_count(1)


def judge(page: Page, asked: sheet.Sheet, worn: Claim | None = None) -> None:
    """Everything is as it was claimed; but one thing is not, as far as this form sees."""
    for one in asked.claims:
        here = row(page, sheet.key_of(one))
        here.get_by_text("不符合" if one == worn else "符合", exact=True).click()
        if answers.is_measured(one):
            here.get_by_label("实测").fill(wording.number(one.value))
        if one == worn:
            here.get_by_label("属于哪一种（都算严重）").select_option("old_part")
            here.get_by_label("实际看到").fill(CANARY)
    for check in asked.checks:
        row(page, f"check:{check.place}").locator("label").first.click()
    if asked.wants_tag:
        page.get_by_label("或者输入牌上的位号").fill(asked.job.equipment.tag)


def back_and_sealed(page: Page) -> None:
    page.context.set_offline(False)
    expect(page.locator("[data-left]")).to_have_text("已填齐，可以密封")
    expect(page.locator("[data-unsent-count]")).to_be_hidden()
    page.get_by_role("button", name="密封…").click()
    expect(page.locator("#record")).to_have_attribute("data-ready", "yes")
    page.get_by_role("button", name="密封，不能再改").click(timeout=30_000)


def outsiders(story: SeededStory, inspection: Inspection) -> Iterator[Person]:
    """Everybody but the inspector, in whatever role."""
    lot = story.lot
    yield from (story.lead, story.firm, story.planner, story.union, story.observer)
    yield held(Role.ADMINISTRATOR, lot.workshop_id)
    yield held(Role.WORKSHOP_REVIEWER, lot.workshop_id)
    yield story.inspection("records").assignment.person
    section = inspection.drawn_job.lot_job.job.section_id
    yield next(one.person for one in roles.holders(Role.SECTION_CHIEF, section))


def nobody_reads(walk: Walk, inspection: Inspection) -> None:
    """Not on the record's pages, its case, its photos, the lot's, the job's, nor in any list of theirs."""
    number, lot = inspection.case.number, walk.number
    job = inspection.drawn_job.lot_job.number
    own = [f"/inspections/{number}/", f"/cases/{number}/", f"/inspections/compared/{inspection.drawn_job_id}/"]
    for photo in Photo.objects.filter(inspection=inspection):
        own += [f"/documents/{photo.document_id}/{how}" for how in ("", "thumb/", "view/")]
    lists = [f"/lots/{lot}/", f"/draws/{lot}/", f"/draws/{lot}/record.json", f"/jobs/{job}/", f"/cases/{lot}/"]
    lists += ["/inspections/", "/queue/", "/notices/", "/findings/", f"/search/?q={number}"]
    for person in outsiders(walk.story, inspection):
        asked = walk.as_(person).request
        for address in own:
            assert asked.get(address).status == 404, (person, address)
        for address in lists:
            answer = asked.get(address)
            assert answer.status in (200, 404) and CANARY not in answer.text(), (person, address, answer.status)


def those_who_sign_in_have_work(signs: Path) -> None:
    """As `make demo` prints them: the inspector has a check, the lead a ruling and a freeze, the firm a commitment."""
    client = Client()
    waits = {"抽检员": "JC-", "督查负责人": "CD-", "外委单位": "", "工会代表": "PC-"}
    lines = {line.split()[2]: line.split()[0] for line in signs.read_text().splitlines()[1:]}
    for label, number in waits.items():
        person = Person.objects.get(employee_no=lines[label])
        client.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
        page = client.get("/lots/").content.decode().partition('id="h-yours"')[2].partition("</section>")[0]
        assert 'class="name"' in page and number in page, label
    planner = Person.objects.get(employee_no=lines["检修计划员"])
    assert queue.waiting_for(planner).filter(case__kind="job").exists()


def test_a_lot_from_freezing_to_its_decision(
    live: Live, signs: Path, story: SeededStory, photo: str, tmp_path: Path
) -> None:
    those_who_sign_in_have_work(signs)
    walk = Walk(live, story)
    walk.look(story.lead, "/lots/", "lots")
    walk.work(story.lead, shot="freeze")
    for name, person in (("lead", story.lead), ("contractor", story.firm), ("workshop", story.planner)):
        assert story.node == f"{name}_commitment"
        walk.work(person, shot=f"commit-{name}")
    walk.work(story.union)
    assert story.lot.state == "committed" and Nonce.objects.filter(lot=story.lot).count() == 12
    drawn = walk.reveal_and_draw(1)
    assert len(story.numbers(1, "drawn")) == story.lot.sample and story.node == "inspecting"

    disputed, worn = checked_in_the_cellar(walk, photo)
    for number in drawn[1:]:
        story.check(number)
    finding = ruled(walk, disputed)
    assert story.lot.tier == 2 and story.node == "contractor_reveal"

    for tier in (2, 3):
        for number in walk.reveal_and_draw(tier):
            same = {worn.key: OLD_PART | {"value": measured(worn)}} if number == disputed.lot_job.number else {}
            story.check(number, tier=tier, site=same, records=same)
        told = redrawn(walk, tmp_path)
        assert told.returncode == (redraw.HOLDS if tier == 3 else redraw.WITHHELD), told.stdout
    assert disputed.lot_job.number in story.numbers(3), "what was disputed is always looked at by the workshop"

    decided(walk, finding)
    repeated(walk, tmp_path)
    assert not list(audit.problems([fingerprint()]))


def checked_in_the_cellar(walk: Walk, photo: str) -> tuple[DrawnJob, Claim]:
    """Both inspectors of the first drawn job, with no reception; what they noted goes out once, when they are back."""
    live, story = walk.live, walk.story
    site, records = story.inspection("site"), story.inspection("records")
    sheets = {one.pk: sheet.of(Inspection.objects.select_related(*RELATED).get(pk=one.pk)) for one in (site, records)}
    worn = next(one for one in sheets[site.pk].claims if one.seen == Seen.BOTH)
    below, below_answers = in_the_cellar(live, site)
    office, office_answers = in_the_cellar(live, records)
    judge(below, sheets[site.pk], worn)
    judge(office, sheets[records.pk])
    for page in (below, office):
        take_photo(page, row(page, sheet.key_of(worn)), photo)
    for page, name in ((below, "site"), (office, "records")):
        expect(page.locator("#connection")).to_contain_text("没有信号，照常填。")
        live.no_side_scroll(page)
        live.shoot(page, f"offline-{name}")
    both = (site.pk, records.pk)
    assert not Draft.objects.filter(inspection__in=both).exists()
    assert not Photo.objects.filter(inspection__in=both).exists()

    back_and_sealed(below)
    expect(below.locator("main")).to_contain_text("与另一式一起打开")
    assert Inspection.objects.get(pk=site.pk).sealed_at is not None
    nobody_reads(walk, site)
    back_and_sealed(office)
    expect(office.locator("main")).to_contain_text("双式比对")
    for answered, inspection in ((below_answers, site), (office_answers, records)):
        assert [one.status for one in answered if one.status >= 400] == []
        assert Photo.objects.filter(inspection=inspection).count() == 1
        assert sum("/photos/" in one.url for one in answered) == 1
        assert Found.objects.filter(inspection=inspection).count() == len(sheets[inspection.pk].claims)
    return DrawnJob.objects.select_related("draw", "lot_job__job").get(pk=site.drawn_job_id), worn


def ruled(walk: Walk, disputed: DrawnJob) -> Finding:
    story, live = walk.story, walk.live
    assert disputed.disputed and not disputed.result
    assert not Finding.objects.filter(drawn_job=disputed).exists()
    case = Adjudication.objects.get(drawn_job=disputed).case
    page = walk.as_(story.lead)
    page.goto(f"/inspections/adjudications/{case.number}/")
    page.get_by_text("不符合", exact=True).last.click()
    page.get_by_text("严重", exact=True).last.click()
    page.get_by_label("理由（外委单位会看到）").fill("合格证与实物编号不符，以现场照片为准。")
    live.no_side_scroll(page)
    live.shoot(page, "adjudicate")
    with page.expect_navigation():
        page.get_by_role("button", name="裁定，这一单有结果").click()
    disputed.refresh_from_db()
    assert disputed.result == "nonconforming" and disputed.critical
    return Finding.objects.select_related("case", "job").get(drawn_job=disputed)


def decided(walk: Walk, finding: Finding) -> None:
    """Not before the firm was heard and the finding confirmed; then not accepted, and what was held stays held."""
    story, live = walk.story, walk.live
    assert story.node == "decision"
    live.expect(422)
    page = walk.open_work(story.lead, story.case)
    live.shoot(page, "decision-too-early")
    page.locator("#work button[value=complete]").click()
    expect(page.locator("[role=alert]")).to_contain_text("待确认或撤销")

    walk.look(story.firm, f"/findings/{finding.case.number}/", "finding-firm")
    page = walk.open_work(story.firm, finding.case)
    page.get_by_text("不认可", exact=True).click()
    page.fill("#work [name=words]", "装的是新件，附领料单。")
    with page.expect_navigation():
        page.locator("#work button[value=complete]").click()
    page = walk.open_work(story.lead, finding.case)
    order = {
        "reason": "领料单日期晚于安装日期，不采信。", "measure": "换新密封，旧件封存交回",
        "standard": "原厂件，试车 2 小时不漏", "answers": story.planner.name,
        "rectify_by": timezone.localdate(now()).isoformat(),
    }  # fmt: skip
    for name, typed in order.items():
        page.fill(f"#work [name={name}]", typed)
    page.locator("#work [name=rectifier]").select_option(str(story.firm.pk))
    live.shoot(page, "confirm")
    with page.expect_navigation():
        page.locator("#work button[value=complete]").click()
    assert Finding.objects.get(pk=finding.pk).confirmed_at

    page = walk.open_work(story.lead, story.case)
    page.fill("#work [name=words]", "见整改单。")
    live.shoot(page, "decision")
    with page.expect_navigation():
        page.locator("#work button[value=complete]").click()
    lot = story.lot
    assert (lot.state, lot.accepted, lot.nonconforming) == ("decided", False, 1) and lot.case.state == "closed"
    held = SettlementHold.objects.standing().values_list("job__number", flat=True)
    assert finding.job.number in held
    walk.look(story.lead, f"/lots/{walk.number}/", "lot-decided")
    page = walk.as_(story.lead)
    page.goto(f"/lots/{walk.number}/")
    page.locator("#tier-1 li").filter(has_text=finding.job.number).get_by_role("link", name="双式比对").click()
    expect(page.locator("main")).to_contain_text(CANARY)
    live.no_side_scroll(page)
    live.shoot(page, "comparison")
    walk.look(story.observer, f"/draws/{walk.number}/", "draw-decided")
    walk.look(story.firm, f"/lots/{walk.number}/", "lot-decided-firm")
    walk.look(story.firm, f"/jobs/{finding.job.number}/", "job-firm")


def redrawn(walk: Walk, folder: Path) -> subprocess.CompletedProcess[str]:
    """The published record and the program, taken away by the firm, run where there is nothing else."""
    asked = walk.as_(walk.story.firm).request
    for name, address in (("record.json", f"/draws/{walk.number}/record.json"), ("redraw.py", "/draws/redraw.py")):
        (folder / name).write_bytes(asked.get(address).body())
    return subprocess.run(AGAIN, cwd=folder, text=True, capture_output=True, check=False)


def repeated(walk: Walk, folder: Path) -> None:
    done = redrawn(walk, folder)
    assert done.returncode == redraw.HOLDS, done.stdout
    for tier in (1, 2, 3):
        assert " ".join(walk.story.numbers(tier)) in done.stdout
    record = json.loads((folder / "record.json").read_text())
    taken = record["draws"][0]["jobs"][0]
    record["draws"][0]["jobs"][0] = taken | {"inspectors": {"site": "61101", "records": "61101"}}
    (folder / "record.json").write_text(json.dumps(record))
    assert subprocess.run(AGAIN, cwd=folder, capture_output=True, check=False).returncode == redraw.DIFFERS
    assert SettlementHold.objects.standing().exists()
