"""From compare to closed: replied to, confirmed, ordered, rectified, re-checked by somebody new, released."""

from __future__ import annotations

import pytest
from django.urls import reverse

from maintenance_audit.findings import opening
from maintenance_audit.findings.models import Finding
from maintenance_audit.lots import independence
from tests.findings.story import FindingStory, claim, drawn, job, people, publish_rules, ruling
from tests.plant import Plant

pytestmark = pytest.mark.django_db


def test_a_major_one_goes_all_the_way(story: FindingStory) -> None:
    story.found()
    assert story.at() == "reply"
    story.reply()
    assert story.at() == "confirmation"
    story.confirm()
    assert story.at() == "rectification"
    row = story.row
    assert (row.rectifier, row.answers, row.measure) == (story.firm, story.who("answers"), "换新密封，旧件封存交回")
    assert row.replies.get().in_time and row.replies.get().upheld is False
    story.rectify()
    story.passes(story.who("checker"))
    assert story.at() == "closed:closed"
    row = story.row
    assert row.closed_at is not None and row.rectifications.get().checked_by == story.who("checker")


def test_whoever_re_checked_checks_the_job_in_no_later_tier(story: FindingStory) -> None:
    story.walked_to_rectification()
    checker, lot, job = story.who("checker"), story.row.drawn_job.draw.lot, story.row.job
    assert checker.pk not in independence.barred(lot, [job.pk], [checker.pk]).get(job.pk, {})
    story.rectify()
    story.fails(checker)
    assert independence.barred(lot, [job.pk], [checker.pk])[job.pk] == {checker.pk: "rechecked"}


def test_a_critical_one_is_held_until_the_workshop_approves(story: FindingStory) -> None:
    story.found("critical")
    (hold,) = story.holds()
    assert hold.cause == "finding" and hold.reference == story.case.number
    story.reply()
    story.confirm()
    story.rectify()
    story.passes(story.who("top_checker"))
    assert story.at() == "release_request" and story.row.closed_at
    assert story.holds()
    story.act(story.who("planner"), "complete", reason="复查通过，请恢复结算。")
    story.act(story.plant.reviewers[0], "approve")
    assert story.at() == "closed:closed" and not story.holds()
    hold.refresh_from_db()
    assert hold.released_by == story.plant.reviewers[0] and story.case.number in hold.released_why


def test_a_declined_release_may_be_asked_for_again(story: FindingStory) -> None:
    story.found("critical")
    story.reply(stand="accept")
    story.confirm()
    story.rectify()
    story.passes(story.who("top_checker"))
    story.act(story.who("planner"), "complete", reason="请恢复结算。")
    story.act(story.plant.reviewers[0], "reject", reason="发票还没更正。")
    assert story.at() == "release_request" and story.holds()


def test_the_contractor_accepts_and_nobody_is_upheld(story: FindingStory) -> None:
    story.found()
    story.reply(stand="accept", photos=[])
    story.confirm()
    assert story.row.replies.get().accepts


def test_one_finding_a_claim_and_draw_however_often_it_is_compared(story: FindingStory) -> None:
    story.found()
    opening.on_compared(story.row.drawn_job)
    assert opening.open_missing() == []
    assert Finding.objects.count() == 1


def test_what_conforms_or_cannot_be_verified_in_small_things_is_none(story: FindingStory) -> None:
    made = job(story.plant)
    found = drawn(story.plant, made)
    ruling(found, claim(made, "hours"), verdict="conforming", value=None, severity="")
    ruling(found, claim(made, "headcount", severity="minor"), verdict="cannot", value=None, severity="")
    grave = ruling(found, claim(made, "hidden", severity="major"), verdict="cannot", value=None, severity="")
    opening.on_compared(found)
    assert [(f.claim_id, f.severity, f.verdict) for f in Finding.objects.all()] == [(grave.claim_id, "major", "cannot")]


@pytest.mark.parametrize(("why", "origin"), [("pointed", "pointed"), ("repeat", "repeat"), ("all", "drawn")])
def test_pointed_and_repeated_jobs_flow_the_same_way(story: FindingStory, why: str, origin: str) -> None:
    story.found(why=why)
    assert story.row.origin == origin
    story.reply()
    story.confirm()
    assert story.at() == "rectification"


def test_an_upper_tier_confirms_what_stands_and_makes_it_graver(story: FindingStory) -> None:
    story.found()
    again = ruling(drawn(story.plant, story.job, tier=2), story.row.claim, severity="critical")
    assert opening.open_for(again) == story.row
    assert [hold.cause for hold in story.holds()] == ["finding"]  # at once
    opening.open_missing()
    assert story.row.severity == "critical" and story.row.first_severity == "major"
    assert [hold.cause for hold in story.holds()] == ["finding"]
    assert opening.open_missing() == [] and Finding.objects.count() == 1


def test_what_the_rules_did_not_allow_yet_is_opened_by_the_beat(plant: Plant) -> None:
    people(plant)
    made = job(plant)
    found = ruling(drawn(plant, made), claim(made))
    assert opening.open_for(found) is None
    publish_rules(plant)
    assert len(opening.open_missing()) == 1 and opening.open_missing() == []


def test_the_page_says_the_held_money_first(story: FindingStory) -> None:
    story.walked_to_rectification("critical")
    page = story.page(story.firm)
    assert page.index("¥86,400.00") < page.index(story.case.title + "</h1>")
    for words in ("换新密封，旧件封存交回", "原厂件，试车 2 小时不漏", "杜工", "罗澈"):
        assert words in page
    assert story.case.number in story.page(story.who("lead"), reverse("finding_list"))
