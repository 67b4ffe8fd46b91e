"""The seeded plant's month is awarded in a real browser: collected, judged by seven, ranked, hung out, objected to,
confirmed, paid out and published. Everything is done by clicking and typing; the database says whose turn it is.
"""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from innovation.awards.models import AwardRound, Candidate, Payment, Seat
from innovation.objections.models import Objection
from innovation.proposals.models import Authorship
from tests.browser import Live
from workflows.engine import clocks, independence
from workflows.engine.models import Case, Step, WorkItem
from workflows.ledger import audit
from workflows.ledger.checkpoints import fingerprint
from workflows.ledger.clock import injected
from workflows.organisation import roles, ties
from workflows.organisation.models import Person, Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def round(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AwardRound:
    """Last month's, as `make demo` leaves it, of a small plant; four candidates stay, so that a test has the time."""
    settings.DEMO, settings.MEDIA_ROOT = True, str(tmp_path / "media")
    monkeypatch.setenv("ASSAY_SIGN_INS", str(tmp_path / "sign-ins.txt"))
    call_command("seed_demo", people=60, years=1, cases=220, hazards=0, jobs=0, rounds=1, stdout=io.StringIO())
    return AwardRound.objects.select_related("case", "workshop").latest("month")


class Month:
    def __init__(self, live: Live, round: AwardRound) -> None:
        self.live, self.number, self.pk = live, round.case.number, round.pk
        self.page: Page = live(390)

    def as_(self, person: Person, width: int = 390) -> Page:
        """The same phone in the next person's hand."""
        self.page.context.clear_cookies()
        self.live.sign_in(self.page.context, person)
        self.page.set_viewport_size({"width": width, "height": 844})
        return self.page

    @property
    def round(self) -> AwardRound:
        return AwardRound.objects.select_related("case", "workshop").get(pk=self.pk)

    def holder(self, role: str) -> Person:
        return roles.holders(role, self.round.workshop_id)[0].person

    def work(self, person: Person, case: Case, **typed: str) -> None:
        """Open the task of this person and send its form."""
        items = WorkItem.objects.filter(case=case, state="open")
        item = items.filter(person=person).first() or items.get(person=None)
        page = self.as_(person)
        page.goto(f"/cases/{case.number}/tasks/{item.pk}/")
        for name, text in typed.items():
            page.fill(f"#work [name={name}]", text)
        self.live.no_side_scroll(page)
        with page.expect_navigation():  # to the next task, or to the case
            page.locator("#work button[value=complete]").click()

    def marks(self, seat: Seat, worth: dict[str, int]) -> None:
        """One judge reads each candidate, marks each criterion, and seals."""
        page = self.as_(seat.person)
        page.goto(f"/awards/{self.number}/score/")
        links = page.locator("a.name[href*='/score/']")
        for address in [links.nth(n).get_attribute("href") for n in range(links.count())]:
            page.goto(str(address))
            case = str(address).rstrip("/").rsplit("/", 1)[1]
            for field in page.locator("[data-marks] input[inputmode=numeric]").all():
                field.fill(str(worth[case] + seat.place % 3))
            with page.expect_navigation():
                page.locator(".decision-bar button[value=next]").click()
        page.goto(f"/awards/{self.number}/score/seal/")
        page.get_by_role("button", name="密封，不能再改").click()
        expect(page.get_by_role("status").filter(has_text="已密封")).to_be_visible()

    def object(self, person: Person, award: Candidate, words: str) -> Case:
        page = self.as_(person)
        page.goto(f"/awards/{self.number}/publicity/")
        page.locator(f"#award-{award.pk}").get_by_role("link", name="提出异议").click()
        page.fill("[name=grounds]", words)
        self.live.no_side_scroll(page)
        page.locator("button[name=how][value=named]").click()
        page.wait_for_url("**/cases/**")
        return Objection.objects.get(candidate=award).case

    def panel(self, case: Case, *, upholds: bool, words: str) -> None:
        """Whoever sits on it decides, one after another, until it is decided."""
        while Case.objects.get(pk=case.pk).state == "open":
            item = WorkItem.objects.filter(case=case, state="open").select_related("person").first()
            assert item is not None
            person = item.person or next(
                held.person
                for held in roles.holders(item.role, item.unit_id or 0)
                if independence.why_not(case, held.person) is None
            )
            if upholds:
                self.work(person, case, reason=words)
                continue
            page = self.as_(person)
            page.goto(f"/cases/{case.number}/tasks/{item.pk}/")
            page.locator("button[value=reject]:visible").first.click()
            sheet = page.locator("dialog[open]")
            sheet.locator("[name=reason]").fill(words)
            with page.expect_navigation():
                sheet.locator("button.btn-primary").click()

    def pass_the_period(self) -> None:
        until = self.round.publicity_until
        assert until is not None
        with injected(until + timedelta(seconds=1)):
            clocks.fall_due(Step.objects.get(case__number=self.number, closed_at=None).pk)


def test_a_month_from_collect_to_published(live: Live, round: AwardRound, tmp_path: Path) -> None:
    month = Month(live, round)
    officer, finance = month.holder(Role.INNOVATION_OFFICER), month.holder(Role.FINANCE_VERIFIER)
    standing = list(Candidate.objects.filter(round=round).standing().select_related("proposal__case__author"))
    for extra in standing[4:]:
        Candidate.objects.filter(pk=extra.pk).update(out="officer", out_reason="本测试只评四件")
    judges = [held.person for held in roles.holders(Role.JUDGE, round.workshop_id)]
    assert len(standing) >= 3 and len(judges) == 7
    ties.declare_tie(actor=judges[0], other=standing[0].proposal.case.author)

    month.work(officer, round.case)
    seats = list(Seat.objects.filter(round=round).select_related("person"))
    assert any(seat.recusals.exists() for seat in seats)  # type: ignore[attr-defined]
    worth = {one.proposal.case.number: 95 - 6 * n for n, one in enumerate(standing[:4])}
    for seat in seats:
        month.marks(seat, worth)
    page = month.as_(officer, 1280)
    page.goto(f"/awards/{month.number}/")
    live.no_side_scroll(page)
    live.shoot(page, "round-ranked")
    month.work(officer, round.case)

    first, second, *_ = Candidate.objects.filter(round=round).awarded().order_by("rank")
    people = Person.objects.active().filter(unit__path__startswith=round.workshop.path, must_change_password=False)
    ordinary = people.filter(holdings=None)
    for award, upholds, words in ((first, True, "乙班 2024 年已用过此法，见交接班记录。"), (second, False, "已核对。")):
        authors = Authorship.objects.filter(proposal=award.proposal_id).values("person")
        objector = ordinary.exclude(pk__in=authors).first()
        assert objector is not None
        month.panel(month.object(objector, award, words), upholds=upholds, words=words)
    first.refresh_from_db()
    assert first.void_at is not None and "交接班记录" in first.void_reason

    month.pass_the_period()
    month.work(officer, round.case)
    files = take_away(month, finance, tmp_path)
    month.work(finance, round.case)

    assert Case.objects.get(pk=round.case.pk).standing == "published"
    page = month.as_(finance, 1280)
    page.goto(f"/awards/{month.number}/publicity/")
    expect(page.locator(f"#award-{first.pk}")).to_contain_text("交接班记录")
    live.shoot(page, "publicity-published")
    awarded = Candidate.objects.filter(round=round).awarded()
    assert sum((one.amount for one in awarded if one.amount), Decimal(0)) == month.round.total
    assert not Payment.objects.filter(round=round, candidate=first).exists()
    check(files, Payment.objects.filter(round=round).select_related("person"), tmp_path)
    assert not list(audit.problems([fingerprint()]))


def take_away(month: Month, person: Person, folder: Path) -> dict[str, Path]:
    page = month.as_(person, 1280)
    page.goto(f"/awards/{month.number}/payout/")
    month.live.shoot(page, "payout")
    found = {}
    for name in ("payout.xlsx", "payout.pdf", "round.zip"):
        answer = page.request.get(f"/awards/{month.number}/{name}")
        assert answer.ok, (name, answer.status)
        found[name] = folder / name
        found[name].write_bytes(answer.body())
    return found


def check(files: dict[str, Path], lines: Any, folder: Path) -> None:
    """The spreadsheet and the paper say what was listed, and the round's file recomputes by itself."""
    cells = [cell for sheet in load_workbook(files["payout.xlsx"]) for row in sheet.iter_rows() for cell in row]
    said = {str(cell.value) for cell in cells}
    paper = "".join(page.extract_text() for page in PdfReader(files["payout.pdf"]).pages)
    for line in lines:
        assert line.person.name in paper and f"{line.amount:,.2f}" in paper
        assert line.person.employee_no in said
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import zipfile; zipfile.ZipFile('round.zip').extract('recompute.py')"], cwd=folder
    )
    assert done.returncode == 0
    again = subprocess.run([sys.executable, "-I", "-S", "recompute.py", "round.zip", "--en"], cwd=folder, text=True)
    assert again.returncode == 0
