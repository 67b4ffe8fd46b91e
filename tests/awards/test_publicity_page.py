"""The notice of a month's awards: everybody of the workshop reads it, on the page and at the board."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from innovation.awards import objecting
from innovation.awards.models import Candidate
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from workflows.engine.models import Case
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.store import statistics

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    return told


def address(story: AwardStory, tail: str = "publicity/") -> str:
    return f"/awards/{story.case.number}/{tail}"  # type: ignore[union-attr]


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def hung_out(story: AwardStory) -> list[Case]:
    """Three awards: 78 88 90 81 74 80 82, a tie below it, and one without a grade."""
    cases = [story.implemented(title) for title in ("沉淀池液位雷达吹扫", "渣缓冷水闭路回用", "同分的一件", "分不够的")]
    story.open()
    story.do(story.officer)
    for judge, mark in zip(story.judges, (78, 88, 90, 81, 74, 80, 82), strict=True):
        story.write(judge, dict(zip([c.number for c in cases], (mark, mark - 8, mark - 8, 20), strict=True)))
        story.seal(judge)
    story.do(story.officer)
    return cases


def test_nobody_reads_it_before_it_hangs_out(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.open()
    for person in (plant.author, story.officer, plant.publisher):
        for tail in ("publicity/", "publicity.pdf", "payout/", "payout.xlsx", "payout.pdf", "round.zip"):
            assert plant.client(person).get(address(story, tail)).status_code == 404


def test_everybody_of_the_workshop_reads_each_award(story: AwardStory, plant: Plant) -> None:
    first, second, _third, below = hung_out(story)
    for person in (plant.stranger, plant.teammate, plant.team_leader, story.officer):
        page = read(plant.client(person), address(story))
    assert first.number in page and second.title in page and below.number not in page
    # Seven judges: 90 and 74 are dropped, (78 + 88 + 81 + 80 + 82) ÷ 5.
    assert page.count("<del") == 6 and "÷ 5 = 81.8" in page and "81.80" in page
    assert "¥2,000.00" in page and "¥1,000.00" in page and page.count("<meter") == 6
    assert "同分" in page and "J7" in page
    for judge in story.judges:
        assert judge.name not in page and judge.employee_no not in page
    assert "看过现场" not in page
    checkpoint = story.round.checkpoint
    assert f"检查点 {checkpoint.number}" in page and checkpoint.digest[:4] in page
    assert "round.zip" not in page and "payout" not in page


def test_another_workshop_does_not_read_it(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.until_announced()
    away = Unit.objects.create(code="DJ", name="电解车间", kind=UnitKind.WORKSHOP, parent=plant.company)
    outsider = Person.objects.create(employee_no="30001", name="外人", unit=away, must_change_password=False)
    for person in (outsider, plant.contractor_person):
        for tail in ("publicity/", "publicity.pdf", "round.zip", "payout/"):
            assert plant.client(person).get(address(story, tail)).status_code == 404


def test_a_void_award_says_why_and_one_under_objection_that_it_waits(
    story: AwardStory, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third, _below = hung_out(story)
    monkeypatch.setattr(objecting, "_holders", [lambda round: Candidate.objects.filter(pk=story.candidate(third).pk)])
    with transaction.atomic():
        objecting.void(story.candidate(second), "去年已在别处得过奖。")
    page = read(plant.client(plant.stranger), address(story))
    assert "去年已在别处得过奖。" in page and "作废" in page and "异议处理中" in page
    assert "2 项" in page and first.number in page
    total = sum(c.amount for c in Candidate.objects.filter(round=story.round).awarded())
    assert f"¥{total:,.2f}" in page


def test_until_when_one_may_object(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.until_announced()
    until = story.round.publicity_until
    page = read(plant.client(plant.stranger), address(story))
    assert "24:00" in page and "公示中" in page
    with injected(until + timedelta(seconds=1)):
        assert "公示期满" in read(plant.client(plant.stranger), address(story))


def test_after_confirming_and_publishing_it_says_so(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.until_announced()
    story.until_confirmed()
    page = read(plant.client(plant.stranger), address(story))
    assert "已确认" in page and "round.zip" in page and "payout" not in page
    assert "payout/" in read(plant.client(story.officer), address(story))
    story.do(plant.finance)
    assert "已确认并发布" in read(plant.client(plant.stranger), address(story))


def test_a_month_without_awards_says_so(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.until_announced(10)
    page = read(plant.client(plant.stranger), address(story))
    assert "本月没有奖项" in page


def test_the_notice_for_the_board_carries_what_a_sceptic_compares(story: AwardStory, plant: Plant) -> None:
    first, *_rest = hung_out(story)
    answer = plant.client(plant.stranger).get(address(story, "publicity.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    squeezed = "".join(text.split())
    checkpoint = story.round.checkpoint
    assert checkpoint.digest in squeezed and first.number in squeezed and first.title in squeezed
    assert "[U+" not in text and f"检查点{checkpoint.number}" in squeezed
    assert "¥2,000.00" in squeezed and plant.author.name in squeezed
    for judge in story.judges:
        assert judge.name not in squeezed


def counted(client: Client, address: str) -> tuple[int, int]:
    """Statements, and awards on the page."""
    client.get("/awards/")  # calendar and posting are read now and then, and kept
    with CaptureQueriesContext(connection) as seen:
        page = read(client, address)
    return len(seen), page.count('class="panel award')


def test_ten_awards_and_two_thousand_take_as_many_statements(story: AwardStory, plant: Plant) -> None:
    story.implemented()
    story.until_announced()
    client = plant.client(plant.stranger)
    client.get(address(story))
    few, one = counted(client, address(story))
    more_awards(story, 2000)
    statistics.gather()  # a plant's rows are counted as they come; a plan for rows nobody counted hangs
    assert one == 1 and counted(client, address(story)) == (few, 2001) and few <= 10


def more_awards(story: AwardStory, count: int) -> None:
    """Copies of the one award there is, written set by set."""
    from uuid import uuid4

    from innovation.awards.models import Share, Sheet
    from innovation.proposals.models import Authorship, Proposal

    round = story.round
    model = Candidate.objects.get(round=round, rank=1)
    like, proposal = model.proposal.case, model.proposal
    cases = Case.objects.bulk_create(
        Case(token=uuid4(), number=f"TA-9{n:06}", kind="proposal", title=f"题目{n}", unit=like.unit, author=like.author,
             state="closed", standing="verified", imported=True, content_digest="0" * 64, filed_at=like.filed_at,
             moved_at=like.filed_at, closed_at=now())
        for n in range(count)
    )  # fmt: skip
    proposals = Proposal.objects.bulk_create(
        Proposal(case=case, category="technology", present_state="x", method="y", status="implemented",
                 accepted_level="team", implemented_at=proposal.implemented_at)
        for case in cases
    )  # fmt: skip
    Authorship.objects.bulk_create(
        Authorship(proposal=p, person=a.person, place=a.place, share=a.share)
        for p in proposals
        for a in proposal.authorships.all()
    )
    awards = Candidate.objects.bulk_create(
        Candidate(round=round, proposal=p, level="team", filed_at=like.filed_at, score="85/1", rank=n, grade="鼓励奖",
                  unscaled=Decimal(300), amount=Decimal(300))
        for n, p in enumerate(proposals, 10)
    )  # fmt: skip
    Share.objects.bulk_create(
        Share(candidate=c, person=s.person, place=s.place, parts=s.parts, amount=Decimal(150))
        for c in awards
        for s in Share.objects.filter(candidate=model)
    )
    Sheet.objects.bulk_create(
        Sheet(seat=s.seat, candidate=c, marks=s.marks) for c in awards for s in Sheet.objects.filter(candidate=model)
    )
