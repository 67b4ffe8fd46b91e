"""What the product itself wrote as a reason is read by each in their own language, rows of before included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from maintenance_audit.assessments import opening as checks
from maintenance_audit.findings import holding, reasons
from maintenance_audit.findings.models import Finding
from maintenance_audit.jobs import claims
from maintenance_audit.jobs.models import Job, SettlementHold
from tests.assessments.story import publish_rules as publish_checks
from tests.findings.story import FindingStory
from workflows.ledger.clock import now
from workflows.notices import sentences, wording
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db
ENGLISH = "Settled before the finding could hold it"


def in_english(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(language="en")


def test_settled_before_it_could_be_held(story: FindingStory) -> None:
    story.found("minor")
    Job.objects.filter(pk=story.job.pk).update(settled_at=now(), state="settled", settled_amount="86400.00")
    with override("en"):  # whoever pressed reads English; the row says it as the plant does
        assert not holding.place(story.row, SettlementHold.Cause.FINDING, "x")
    chinese = story.row.unheld_why
    assert chinese in story.page(story.who("lead")) and ENGLISH not in story.page(story.who("lead"))
    in_english(story.who("planner"))
    for kept in (chinese, ENGLISH):  # and one of before, in the language of that moment
        Finding.objects.filter(case=story.case).update(unheld_why=kept)
        page = story.page(story.who("planner"))
        assert ENGLISH in page and chinese not in page
        page = story.page(story.who("lead"))
        assert chinese in page and ENGLISH not in page


def test_what_holds_a_settlement_and_why_it_was_let_go(story: FindingStory) -> None:
    story.found("critical")
    story.reply()
    story.withdraw()
    hold = SettlementHold.objects.get(job=story.job)
    assert hold.reason == f"严重问题 {story.case.number}" and "领料单属实" in hold.released_why
    url = reverse("job", args=[story.job.number])
    page = story.page(story.who("lead"), url)
    assert hold.reason in page and hold.released_why in page
    in_english(story.who("lead"))
    page = story.page(story.who("lead"), url)
    assert f"Critical finding {story.case.number}" in page and "Finding withdrawn: 领料单属实" in page
    assert hold.reason not in page


def test_a_notice_says_it_in_the_language_of_whoever_is_told(story: FindingStory) -> None:
    context = {"number": "WT-1", "title": "x", "reason": sentences.written(reasons.NOT_CONFIRMED)}
    for language, words in (("en", "It was not confirmed."), ("zh-hans", context["reason"])):
        with override(language):
            assert wording.render("maintenance_audit.finding.withdrawn", context).body == words


def test_what_is_kept_is_the_plants_whoever_fills_it_in(story: FindingStory) -> None:
    story.found()
    with override("en"):
        hours = next(item for item in claims.items_of(story.job) if item.key == "hours")
        assert hours.label == "Man-hours"
        kept = claims.file(story.job, [claims.Claimed(hours, Decimal(12))])
        publish_checks(story.plant)
        check = checks.open_for(story.plant.workshop, story.plant.section, date(2026, 10, 1))
    with override("zh-hans"):
        assert kept[0].label == gettext("Man-hours") != "Man-hours"
    assert check is not None and "check of" not in check.case.title and "2026-10" in check.case.title


def test_what_a_person_wrote_comes_back_as_it_is() -> None:
    for words in ("", "领料单属实。", "Critical findings are rare", "100 %", "%(number)s"):
        with override("en"):
            assert sentences.read(words) == words
    within = sentences.written(reasons.WITHDRAWN, reason=sentences.written(reasons.NOT_CONFIRMED))
    with override("en"):
        assert sentences.read(within) == "Finding withdrawn: It was not confirmed."
