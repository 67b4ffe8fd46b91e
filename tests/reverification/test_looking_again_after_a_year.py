"""A year on: the owner reports, finance verifies, and where it falls short the workshop reviews the award."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from innovation.awards.models import Payment
from innovation.proposals.models import Proposal
from innovation.reverification import opening, tasks
from innovation.reverification.models import Reverification
from tests.plant import Plant
from tests.reverification.story import BOOKED, YearStory, publish_rules
from workflows.engine.errors import BadMove, NotYours, Recused, Refusal
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


# ----------------------------------------------------------------------------------------------------- by the calendar
def test_it_is_opened_when_the_day_has_come_and_once(story: YearStory) -> None:
    proposal = story.verified()
    assert opening.open_due() == []
    day = Proposal.objects.get(pk=proposal.pk).reverify_on
    with story.a_year_on():
        row = story.open()
        assert row.case.number.startswith("FY-") and row.booked == BOOKED and day is not None
        assert story.at() == "report" and story.item(story.plant.author)
        assert tasks.open_reverifications() == [] and Reverification.objects.count() == 1


def test_after_a_long_silence_each_is_opened(story: YearStory) -> None:
    first, second = story.verified(), story.verified(title="渣口冷却水套改铜件")
    with story.a_year_on(900):
        assert [row.proposal_id for row in opening.open_due()] == [first.pk, second.pk]


def test_without_rules_nothing_is_opened_and_nothing_breaks(plant: Plant) -> None:
    story = YearStory(plant)
    story.verified()
    with story.a_year_on():
        assert opening.open_due() == [] and not Reverification.objects.exists()
        publish_rules(plant)
        assert len(opening.open_due()) == 1


def test_what_was_only_implemented_is_not_looked_at_again(story: YearStory) -> None:
    story.awards.implemented()
    with story.a_year_on():
        assert opening.open_due() == []


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_open_one(plant: Plant) -> None:
    story = YearStory(plant)
    publish_rules(plant)
    proposal = story.verified()
    later, opened = now() + timedelta(days=366), []

    def run() -> None:
        try:
            with injected(later):
                opened.append(opening.open_for(proposal.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([row for row in opened if row]) == 1 and Reverification.objects.count() == 1


# --------------------------------------------------------------------------------------------------------- who reports
def test_a_co_author_reports_for_an_author_who_left(story: YearStory) -> None:
    story.verified()
    Person.objects.filter(pk=story.plant.author.pk).update(is_active=False)
    with story.a_year_on():
        story.open()
        assert story.item(story.plant.coauthor).person == story.plant.coauthor


def test_the_chief_reports_when_every_author_left(story: YearStory) -> None:
    story.verified()
    Person.objects.filter(pk__in=[story.plant.author.pk, story.plant.coauthor.pk]).update(is_active=False)
    with story.a_year_on():
        story.open()
        assert story.item(story.plant.section_chiefs[0]).person == story.plant.section_chiefs[0]
        story.report(story.plant.section_chiefs[0])
        assert story.at() == "finance_check"


# ------------------------------------------------------------------------------------------------------------ the year
def test_held_within_the_tolerance_and_the_first_figure_stays(story: YearStory) -> None:
    proposal = story.verified()
    with story.a_year_on():
        story.open()
        story.verify(saving="81,000")
        assert story.at() == "closed:held"
    row, proposal = story.row, Proposal.objects.get(pk=proposal.pk)
    assert (row.booked, row.benefit, row.verified_by) == (BOOKED, Decimal("81000.00"), story.plant.finance)
    assert (proposal.verified_benefit, proposal.forecast_benefit) == (BOOKED, Decimal("10000.00"))
    assert proposal.saving == BOOKED
    entry = Entry.objects.get(event="reverification.booked")
    assert json.loads(entry.payload.body) == {
        "proposal": proposal.case.number, "booked": "90000.00", "found": "81000.00",
    }  # fmt: skip


def test_finance_returns_and_the_owner_reports_anew(story: YearStory) -> None:
    story.verified()
    with story.a_year_on():
        story.open()
        story.report(saving="200000")
        story.act(story.plant.finance, "return_to", "report", then="resume", reason="把停产两个月算进去。")
        assert story.at() == "report" and story.row.saving == Decimal("200000.00")
        story.report(saving="88000")
        story.act(story.plant.finance, "approve")
        assert story.at() == "closed:held" and story.row.benefit == Decimal("88000.00")


def test_finance_cannot_reject(story: YearStory) -> None:
    story.verified()
    with story.a_year_on():
        story.open()
        story.report()
        with pytest.raises(BadMove):
            story.act(story.plant.finance, "reject", "不认。")


def test_short_without_an_award_closes_with_the_figure(story: YearStory) -> None:
    story.verified()
    with story.a_year_on():
        story.open()
        story.verify(saving="10000")
        assert story.at() == "closed:short" and story.row.benefit == Decimal("10000.00")
        told = set(Outbox.objects.filter(event="reverification.short").values_list("recipient", flat=True))
        assert told == {story.plant.author.pk, story.plant.coauthor.pk}


# ---------------------------------------------------------------------------------------------------------- the review
@pytest.fixture
def short(story: YearStory) -> YearStory:
    """Paid 1500.00 to each of two authors; of the booked benefit a third is missing."""
    proposal = story.verified()
    award = story.paid(proposal)
    assert sorted(Payment.objects.filter(candidate=award).values_list("amount", flat=True)) == [Decimal(1500)] * 2
    story.later = now() + timedelta(days=366)
    with injected(story.later):
        story.open()
        story.verify(saving="60000")
    assert story.at() == "review"
    return story


def vote(story: YearStory, *verbs: str) -> None:
    with injected(story.later):  # type: ignore[arg-type]
        for reviewer, verb in zip(story.plant.reviewers, verbs, strict=False):
            if story.at() == "review":
                reason = () if verb == "approve" else ("停产所致，措施仍在用。",)
                story.act(reviewer, verb, *reason)


def test_taken_back_by_the_missing_part_in_the_next_list(short: YearStory) -> None:
    before = list(Payment.objects.order_by("pk").values())
    vote(short, "approve", "reject", "approve", "approve", "approve")
    assert short.at() == "closed:clawed_back"
    lines = list(Payment.objects.filter(kind="claw_back").order_by("person__employee_no"))
    assert [(line.person, line.amount, line.round) for line in lines] == [
        (short.plant.author, Decimal("-500.00"), None),
        (short.plant.coauthor, Decimal("-500.00"), None),
    ]
    assert short.row.case.number in lines[0].reason and "33%" in lines[0].reason
    assert list(Payment.objects.exclude(kind="claw_back").order_by("pk").values()) == before
    assert short.row.taken_back == Decimal("1000.00") and short.row.proposal.verified_benefit == BOOKED
    events = set(Entry.objects.filter(chain__subject=f"case:{short.row.case_id}").values_list("event", flat=True))
    assert {"reverification.booked", "reverification.clawed_back"} <= events
    assert Entry.objects.filter(event="award.payment.claw_back").count() == 1


def test_kept_when_the_vote_is_against(short: YearStory) -> None:
    vote(short, "reject", "reject", "reject")
    assert short.at() == "closed:kept"
    assert not Payment.objects.filter(kind="claw_back").exists() and short.row.taken_back is None
    assert Entry.objects.filter(event="reverification.kept").count() == 1


def test_all_abstaining_keeps_the_award(short: YearStory) -> None:
    vote(short, *["abstain"] * 5)
    assert short.at() == "closed:kept"


def test_whoever_left_is_listed_and_marked(short: YearStory) -> None:
    Person.objects.filter(pk=short.plant.coauthor.pk).update(is_active=False)
    vote(short, "approve", "approve", "approve", "approve")
    assert short.at() == "closed:clawed_back"
    reasons = dict(Payment.objects.filter(kind="claw_back").values_list("person__employee_no", "reason"))
    assert "已离厂" in reasons[short.plant.coauthor.employee_no]
    assert "已离厂" not in reasons[short.plant.author.employee_no]


def test_all_of_it_where_the_rules_say_so(plant: Plant) -> None:
    story = YearStory(plant)
    publish_rules(plant, review={"mode": "any", "part": "all", "quorum_percent": 60, "pass_percent": 67})
    story.paid(story.verified())
    with story.a_year_on():
        story.open()
        story.verify(saving="60000")
        story.act(plant.reviewers[0], "approve")
    assert sum(Payment.objects.filter(kind="claw_back").values_list("amount", flat=True)) == Decimal(-3000)


def test_a_review_that_doubts_the_figure_has_it_measured_anew(plant: Plant) -> None:
    story = YearStory(plant)
    publish_rules(plant, review={"mode": "any", "part": "all", "quorum_percent": 60, "pass_percent": 67})
    story.paid(story.verified())
    with story.a_year_on():
        story.open()
        story.verify(saving="60000")
        story.act(plant.reviewers[0], "return_to", "report", then="walk", reason="停产月份怎么算的？")
        story.report(saving="88000")
        assert story.row.benefit is None
        story.act(plant.finance, "approve")
        assert story.at() == "closed:held" and story.row.benefit == Decimal("88000.00")
    assert Entry.objects.filter(event="reverification.booked").count() == 2


def test_a_review_that_returns_to_finance_resumes(plant: Plant) -> None:
    story = YearStory(plant)
    publish_rules(plant, review={"mode": "any", "part": "all", "quorum_percent": 60, "pass_percent": 67})
    story.paid(story.verified())
    with story.a_year_on():
        story.open()
        story.verify(saving="60000")
        story.act(plant.reviewers[0], "return_to", "finance_check", then="resume", reason="请再核一遍。")
        story.act(plant.finance, "approve")
        assert story.at() == "review"


def test_its_rules_are_drafted_on_the_rules_pages(story: YearStory) -> None:
    client = story.plant.client(story.plant.drafter)
    page = client.get(reverse("rule_draft") + "?kind=reverification")
    typed = {f.html_name: f.value() or "" for f in [*page.context["form"], *page.context["note"]]}
    assert typed["review-mode"] == "vote" and typed["tolerance_percent"] == 10
    sent = typed | {"tolerance_percent": "101", "note": "放宽"}
    wrong = client.post(reverse("rule_draft") + "?kind=reverification", sent)
    assert wrong.status_code == 422 and "tolerance_percent" in wrong.context["form"].errors
    sent = typed | {"tolerance_percent": "0", "review-part": "all", "note": "一分不让"}
    assert client.post(reverse("rule_draft") + "?kind=reverification", sent).status_code == 303


def test_authors_and_whoever_judged_the_proposal_stay_out(story: YearStory) -> None:
    proposal = story.verified()
    reviewer, author = story.plant.reviewers[0], story.plant.author
    story.plant.hold(author, "workshop_reviewer", story.plant.workshop)
    step = Step.objects.filter(case=proposal.case).first()
    Step.objects.filter(pk=step.pk).update(node="workshop_review")
    Decision.objects.create(
        case=proposal.case,
        step=step,
        actor=reviewer,
        verb="approve",
        decided_at=now(),
        content_digest="0" * 64,
        ledger_seq=99,
        ledger_digest="0" * 64,
    )
    story.paid(proposal)
    with story.a_year_on():
        story.open()
        story.verify(saving="60000")
        out = WorkItem.objects.filter(case=story.case, step__node="review", state="recused")
        assert set(out.values_list("person", flat=True)) == {reviewer.pk, author.pk}
        for person in (reviewer, author):
            with pytest.raises((Recused, NotYours, Refusal, WorkItem.DoesNotExist)):
                story.act(person, "approve")
        for other in story.plant.reviewers[1:]:
            if story.at() == "review":
                story.act(other, "reject", "仍在用。")
        assert story.at() == "closed:kept"


# ----------------------------------------------------------------------------------------------------------- the pages
def test_pages_show_three_figures_and_what_would_be_taken(short: YearStory) -> None:
    plant, case = short.plant, Case.objects.get(pk=short.case.pk)  # type: ignore[union-attr]
    with injected(short.later):  # type: ignore[arg-type]
        item = short.item(plant.reviewers[0])
        text = plant.client(plant.reviewers[0]).get(reverse("decide", args=[case.number, item.pk])).content.decode()
        assert "¥10,000.00" in text and "¥90,000.00" in text and "¥60,000.00" in text and "33%" in text
        assert "如果追回" in text and "¥500.00" in text
        listed = plant.client(plant.author).get(reverse("reverification_list")).content.decode()
        assert case.number in listed
        Person.objects.filter(pk=plant.author.pk).update(language="en")
        english = plant.client(plant.author).get(reverse("case", args=[case.number])).content.decode()
        assert "Re-verified benefit" in english and "Missing of what was booked" in english
    assert plant.client(plant.stranger).get(reverse("case", args=[case.number])).status_code == 404


def test_the_owner_reports_on_the_page(story: YearStory) -> None:
    story.verified()
    with story.a_year_on():
        story.open()
        client, item = story.plant.client(story.plant.author), story.item(story.plant.author)
        address = reverse("decide", args=[item.case.number, item.pk])
        page = client.get(address).content.decode()
        assert "这一年的效果" in page and "¥90,000.00" in page
        token = page.split('name="token" value="')[1].split('"')[0]
        wrong = client.post(address, {"verb": "complete", "token": token, "saving": "八万", "note": ""})
        assert wrong.status_code == 422 and "八万" in wrong.content.decode()
        done = client.post(address, {"verb": "complete", "token": token, "saving": "8.5万", "note": "按班计量。"})
        assert done.status_code == 422
        done = client.post(address, {"verb": "complete", "token": token, "saving": "85,000", "note": "按班计量。"})
        assert done.status_code == 303 and story.at() == "finance_check"
        stranger = story.plant.client(story.plant.stranger)
        assert stranger.get(address).status_code in (403, 404)
        assert stranger.post(address, {"verb": "complete", "saving": "1", "note": "x"}).status_code in (403, 404)
