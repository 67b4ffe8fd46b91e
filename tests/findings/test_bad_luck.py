"""What goes wrong around a finding, each with its stated outcome and a plain message."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.findings import ladder
from maintenance_audit.findings.models import Reply, Told
from maintenance_audit.jobs.models import Job, SettlementHold
from maintenance_audit.lots import results
from maintenance_audit.lots.models import DrawnJob, Lot
from tests.findings.story import FindingStory, photo
from workflows.engine import clocks
from workflows.engine.models import Case, CaseParty, Decision, WorkItem
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.organisation import ties
from workflows.organisation.models import Person, Role, RoleHolding

pytestmark = pytest.mark.django_db


# The reply. -----------------------------------------------------------------------------------------------------------


def test_three_working_days_end_with_the_third(story: FindingStory) -> None:
    story.found()
    due = timezone.localtime(story.step().due_at)
    days = [timezone.localdate(now()) + timedelta(days=n) for n in range(1, 30)]
    assert due.date() == [day for day in days if day.weekday() < 5][2] and (due.hour, due.minute) == (23, 59)


def test_a_minute_late_is_late_by_the_servers_clock_and_read_all_the_same(story: FindingStory) -> None:
    story.found()
    with injected(story.step().due_at + timedelta(minutes=1)):
        story.reply()
        assert story.at() == "confirmation"
        assert story.row.replies.get().in_time is False
        page = story.page(story.who("lead"))
        assert "迟到" in page and "装的是新件，附领料单。" in page


def test_another_person_of_the_firm_replies(story: FindingStory) -> None:
    story.found()
    story.reply(story.who("colleague"))
    assert story.row.replies.get().person == story.who("colleague")


def test_nobody_replies_and_it_is_decided_on_what_was_found(story: FindingStory) -> None:
    story.found()
    with injected(story.step().due_at + timedelta(hours=1)):
        clocks.turn()
        assert story.at() == "confirmation" and not story.row.replies.exists()
        story.confirm()
        assert story.at() == "rectification"


def test_after_the_time_has_run_out_a_reply_still_comes_in_marked_late(story: FindingStory) -> None:
    story.found()
    with injected(story.step().due_at + timedelta(hours=1)):
        clocks.turn()
        url, token = reverse("finding_reply", args=[story.case.number]), str(uuid4())
        typed = {"token": token, "stand": "contest", "words": "仓库昨天停电，今天才拿到领料单。"}
        client = story.plant.client(story.firm)
        assert client.get(url).status_code == 200
        assert client.post(url, typed).status_code == 302
        assert client.post(url, typed).status_code == 302  # the same form twice
        (reply,) = Reply.objects.all()
        assert reply.in_time is False
        assert story.told("late_reply") == {"程督"}
        assert Entry.objects.filter(event="maintenance_audit.finding.replied").count() == 1
        story.confirm()
        answer = client.post(url, typed | {"token": str(uuid4())})
        assert answer.status_code == 422 and "仓库昨天停电" in answer.content.decode()
        assert Reply.objects.count() == 1


def test_only_the_firm_replies_late(story: FindingStory) -> None:
    story.found()
    with injected(story.step().due_at + timedelta(hours=1)):
        clocks.turn()
        for person in (story.who("other_firm_person"), story.who("lead"), story.plant.stranger):
            assert story.get(person, "finding_reply") == 404
        empty = story.plant.client(story.firm).post(
            reverse("finding_reply", args=[story.case.number]), {"token": str(uuid4())}
        )
        assert empty.status_code == 422


def test_more_proof_is_asked_for_and_the_firm_has_its_days_again(story: FindingStory) -> None:
    story.found(verdict="cannot", value=None)
    story.reply()
    with story.later(days=10):
        story.act(story.who("lead"), "return", to="reply", then="resume", reason="请附领料单原件照片。")
        assert story.at() == "reply" and story.step().due_at > now()
        story.reply(words="原件照片在此。")
        assert story.at() == "confirmation" and story.row.replies.count() == 2


# Withdrawn. -----------------------------------------------------------------------------------------------------------


def test_withdrawn_with_reasons_and_whoever_contested_is_upheld(story: FindingStory) -> None:
    story.found()
    story.reply()
    answer = story.send(story.who("lead"), "reject", reason="")
    assert answer.status_code == 422
    story.withdraw()
    assert story.at() == "closed:dropped"
    assert story.row.withdrawn_why == "领料单属实，旧件已交库。" and story.row.replies.get().upheld is True
    assert "杜工" in story.told("withdrawn")


def test_withdrawn_after_a_hold_lets_the_settlement_go_with_the_reason(story: FindingStory) -> None:
    story.found("critical")
    story.reply()
    story.withdraw()
    assert not story.holds()
    (hold,) = SettlementHold.objects.all()
    assert "领料单属实" in hold.released_why and hold.released_by == story.who("lead")
    assert "杜工" in story.told("released")


# The rectifier. -------------------------------------------------------------------------------------------------------


def test_the_rectifier_leaves_and_the_next_of_the_firm_has_it(story: FindingStory) -> None:
    story.walked_to_rectification()
    Person.objects.filter(pk=story.firm.pk).update(is_active=False)
    clocks.turn()
    item = WorkItem.objects.get(case=story.case, state="open")
    assert item.person in (story.who("colleague"), story.who("third_of_firm"))
    assert story.row.rectifier == story.firm  # the order stays as it was issued
    story.rectify(item.person)
    assert story.row.rectifications.get().done_by == item.person


def test_a_rectifier_who_went_to_another_firm_submits_nothing(story: FindingStory) -> None:
    story.walked_to_rectification()
    story.firm.holdings.all().delete()
    answer = story.send(story.firm, "complete", words="已换。", photos=[photo("#228844", "改后.jpg")])
    assert answer.status_code == 422 and "只有该单位的人能提交" in answer.content.decode()
    assert not story.row.rectifications.exists()


# The re-check. --------------------------------------------------------------------------------------------------------


def test_nobody_who_has_checked_before_re_checks(story: FindingStory) -> None:
    story.walked_to_rectification()
    story.rectify()
    story.fails(story.who("checker"))
    assert story.at() == "rectification" and story.row.failed_rechecks == 1
    story.rectify()
    assert story.send(story.who("checker"), "complete", words="再看一遍。").status_code == 403
    story.passes(story.who("second_checker"))
    assert story.at() == "closed:closed"


def test_an_inspector_of_the_draw_does_not_re_check(story: FindingStory) -> None:
    story.plant.hold(story.who("site"), "inspector", story.plant.section)
    story.walked_to_rectification()
    story.rectify()
    assert story.send(story.who("site"), "complete", words="看过。").status_code == 403


def test_a_re_checker_who_turns_out_tied_is_passed_over(story: FindingStory) -> None:
    story.walked_to_rectification()
    story.rectify()
    checker = story.who("checker")
    story.act(checker, "claim")
    assert WorkItem.objects.get(case=story.case, state="open").person == checker
    ties.declare_tie(actor=checker, other=story.who("answers"))
    clocks.turn()
    assert WorkItem.objects.get(case=story.case, state="open").person is None  # the next takes it
    answer = story.send(checker, "complete", words="看过。")
    assert answer.status_code == 403 and "有申报关系" in answer.content.decode()
    story.passes(story.who("second_checker"))
    assert story.at() == "closed:closed"


def test_where_nobody_at_home_or_above_may_re_check_another_section_lends_somebody(story: FindingStory) -> None:
    """Whoever inspects for the section and for the workshop is tied: the next section's inspector has it, by name, and
    the record says who could not and why. Tied as well, they are passed over for the one after."""
    plant = story.plant
    lent, next_one = sorted([plant.stranger, plant.other_leader], key=lambda person: person.employee_no)
    for person in (lent, next_one):
        plant.hold(person, Role.INSPECTOR, plant.other_section)
    story.walked_to_rectification()
    inspectors = RoleHolding.objects.in_force().filter(role=Role.INSPECTOR, unit__in=[plant.section, plant.workshop])
    for held in inspectors.select_related("person"):
        ties.declare_tie(actor=held.person, other=story.who("answers"))
    story.rectify()
    assert story.at() == "recheck" and story.step().unit == plant.other_section
    assert WorkItem.objects.get(case=story.case, state="open").person == lent
    passed = Decision.objects.get(case=story.case, verb="pass_up")
    assert passed.data["lent"] == lent.employee_no and passed.data["to"] == plant.other_section.code
    assert len(passed.data["recused"]) >= 2
    page = story.page(lent)
    assert "本级与上级都无人可办，已向其他单位借人" in page
    ties.declare_tie(actor=lent, other=story.who("answers"))
    assert story.send(lent, "complete", words="看过。").status_code == 403
    clocks.turn()
    assert WorkItem.objects.get(case=story.case, state="open").person == next_one
    story.passes(next_one)
    assert story.at() == "closed:closed"


def test_two_failed_re_checks_make_it_graver_and_hold_the_settlement(story: FindingStory) -> None:
    story.walked_to_rectification("major")
    story.rectify()
    story.fails(story.who("checker"))
    assert story.row.severity == "major" and not story.holds()
    story.rectify()
    story.fails(story.who("second_checker"), "仍不符。")
    assert story.row.severity == "critical" and story.row.failed_rechecks == 2
    assert [hold.cause for hold in story.holds()] == ["finding"]
    assert {"杜工", "何埠"} <= story.told("raised") and "沈砚" in story.told("critical")
    story.rectify()
    assert story.step().unit == story.plant.workshop  # a critical one is re-checked by the workshop's


def test_every_version_stays_readable(story: FindingStory) -> None:
    story.walked_to_rectification()
    story.rectify(words="第一次：换了密封。")
    story.fails(story.who("checker"), "编号不符。")
    story.rectify(words="第二次：换了原厂件。")
    page = story.page(story.firm)
    assert "第一次：换了密封。" in page and "编号不符。" in page and "第二次：换了原厂件。" in page
    first, second = story.row.rectifications.all()
    assert first.papers.count() == 1 and second.papers.count() == 1
    for version in (first, second):
        paper = version.papers.get().document
        assert story.plant.client(story.firm).get(reverse("document", args=[paper.pk])).status_code == 200
        other = story.plant.client(story.who("other_firm_person")).get(reverse("document", args=[paper.pk]))
        assert other.status_code == 404


# Overdue. -------------------------------------------------------------------------------------------------------------


def climb(story: FindingStory, days: int) -> list[str]:
    with injected(story.at_noon(story.row.rectify_by + timedelta(days=days))):
        ladder.turn()
    return list(Told.objects.filter(finding=story.row, what__in=ladder.RUNGS).values_list("what", flat=True))


def test_overdue_climbs_by_calendar_days(story: FindingStory) -> None:
    story.walked_to_rectification()
    assert climb(story, 0) == []
    assert climb(story, 1) == ["section"] and {"高焰", "沈淬", "白锐"} == story.told("overdue_section")
    assert climb(story, 2) == ["section"]
    assert climb(story, 3) == ["section", "workshop"] and "程督" in story.told("overdue_workshop")
    assert not story.holds()
    assert climb(story, 7) == ["section", "workshop", "hold"]
    assert [hold.cause for hold in story.holds()] == ["overdue"]


def test_a_beat_that_was_silent_for_days_does_all_that_is_due_once(story: FindingStory) -> None:
    story.walked_to_rectification()
    assert climb(story, 4) == ["section", "workshop"]
    before = Entry.objects.filter(event="maintenance_audit.finding.overdue").count()
    assert climb(story, 4) == ["section", "workshop"]
    assert Entry.objects.filter(event="maintenance_audit.finding.overdue").count() == before == 2


def test_what_is_submitted_climbs_no_further(story: FindingStory) -> None:
    story.walked_to_rectification()
    story.rectify()
    assert climb(story, 9) == []


def test_what_is_held_climbs_no_further_and_goes_on_where_it_stood(story: FindingStory) -> None:
    story.walked_to_rectification()
    assert climb(story, 1) == ["section"]
    Case.objects.filter(pk=story.case.pk).update(state=Case.State.HELD, held_at=now())
    assert climb(story, 9) == ["section"] and not story.holds()
    Case.objects.filter(pk=story.case.pk).update(state=Case.State.OPEN, held_at=None)
    assert climb(story, 9) == ["section", "workshop", "hold"]


def test_an_overdue_hold_is_released_by_approval_too(story: FindingStory) -> None:
    story.walked_to_rectification()
    climb(story, 8)
    with story.later(days=13):
        story.rectify()
        story.passes(story.who("checker"))
        assert story.at() == "release_request"
        story.act(story.who("planner"), "complete", reason="已整改。")
        story.act(story.plant.reviewers[1], "approve")
        assert not story.holds()


# Settlement. ----------------------------------------------------------------------------------------------------------


def test_what_had_been_settled_is_not_held_and_the_workshop_hears_that(story: FindingStory) -> None:
    story.walked_to_rectification("major")
    Job.objects.filter(pk=story.job.pk).update(settled_at=now(), state="settled", settled_amount="86400.00")
    for key in ("checker", "second_checker"):
        story.rectify()
        story.fails(story.who(key))
    assert story.row.severity == "critical" and not story.holds()
    assert story.row.unheld_why and "程督" in story.told("critical_paid") and not story.told("critical")
    assert story.row.unheld_why in story.page(story.who("lead"))
    story.rectify()
    story.passes(story.who("top_checker"))
    assert story.at() == "closed:closed"  # there is nothing to release


def test_a_release_by_somebody_who_lost_the_role(story: FindingStory) -> None:
    story.found("critical")
    story.reply()
    story.confirm()
    story.rectify()
    story.passes(story.who("top_checker"))
    story.act(story.who("planner"), "complete", reason="请恢复。")
    reviewer = story.plant.reviewers[0]
    url = story.address(reviewer)
    reviewer.holdings.update(ends_at=now())
    answer = story.plant.client(reviewer).post(url, {"verb": "approve", "token": str(uuid4())})
    said = answer.content.decode()
    assert answer.status_code == 409 and "职务已到期。" in said and "这一件已转给" in said and story.holds()
    assert story.at() == "release_approval"


def test_the_jobs_people_decide_nothing(story: FindingStory) -> None:
    story.plant.hold(story.plant.section_member, "audit_lead", story.plant.workshop)
    story.found()
    story.reply()
    assert story.send(story.plant.section_member, "reject", reason="撤了。").status_code == 403
    assert CaseParty.objects.filter(case=story.case, person=story.plant.section_member, recused=True).exists()


# What it means for the lot. -------------------------------------------------------------------------------------------


def test_a_lot_waits_for_its_findings_and_proof_makes_the_job_conforming(story: FindingStory) -> None:
    story.found(verdict="cannot", value=None)
    drawn = story.row.drawn_job
    DrawnJob.objects.filter(pk=drawn.pk).update(result="nonconforming", concluded_at=now())
    assert results.replies_out(drawn.draw.lot) == 1
    story.reply(words="合格证和领料单原件附上。")
    story.withdraw("原件属实。")
    drawn.refresh_from_db()
    assert drawn.result == "conforming" and results.replies_out(drawn.draw.lot) == 0


def test_after_the_lot_is_decided_its_result_stands(story: FindingStory) -> None:
    story.found()
    drawn = story.row.drawn_job
    DrawnJob.objects.filter(pk=drawn.pk).update(result="nonconforming", concluded_at=now())
    Lot.objects.update(decided_at=now(), accepted=False)
    story.reply()
    story.withdraw()
    drawn.refresh_from_db()
    assert drawn.result == "nonconforming" and story.at() == "closed:dropped"
    assert Entry.objects.filter(event="maintenance_audit.finding.lot_stands").exists()
