"""A section's and a contractor's month: planned by the calendar, scored, answered, published, put right."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.assessments import opening, tasks
from maintenance_audit.assessments.models import Assessment, Shortfall
from maintenance_audit.findings.models import Finding
from tests.assessments.story import CheckStory, this_month
from tests.findings import story as findings
from tests.hazards.story import photo
from workflows.documents.models import Document
from workflows.engine import clocks
from workflows.engine.errors import BadMove, Recused
from workflows.engine.models import Case, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import injected, now
from workflows.notices.models import Outbox
from workflows.organisation.absences import declare_absence

pytestmark = pytest.mark.django_db


def test_a_section_goes_all_the_way(story: CheckStory) -> None:
    story.planned()
    story.score(photos_2=[photo()])
    row = story.row
    assert (row.score, row.full, row.percent) == (92, 100, 92)
    assert row.marks.get(place=2).digests == [Document.objects.get(holder=f"case:{story.case.pk}").digest_kept]
    story.answer()
    story.confirm()
    row = story.row
    assert (row.grade, row.effect) == ("优秀", "下月优先安排") and story.at() == "rectification"
    assert [one.text for one in row.shortfalls.all()] == ["三处隐蔽工程没有照片。"]
    story.act(story.plant.section_chiefs[0], "complete", **{"done-2": "已补拍，班前会讲过。"})
    story.act(story.who("second_top"), "approve")
    assert story.at() == "closed:closed" and row.shortfalls.get().verified_at


def test_what_is_not_put_right_comes_back(story: CheckStory) -> None:
    story.planned()
    story.score()
    story.answer()
    story.confirm()
    story.act(story.plant.section_chiefs[0], "complete", **{"done-2": "已补拍。"})
    story.act(story.who("top_checker"), "reject", reason="还差一处。")
    assert story.at() == "rectification"


def test_full_points_end_with_the_publishing(story: CheckStory) -> None:
    story.planned()
    story.score(**{"lost-2": 0})
    story.answer()
    story.confirm()
    assert story.at() == "closed:closed" and not Shortfall.objects.exists()


def test_a_contractors_problem_about_a_job_becomes_a_finding(story: CheckStory) -> None:
    made = findings.job(story.plant)
    story.planned(story.plant.contractor)
    story.score(job_2=made.number)
    story.answer(story.plant.contractor_person)
    story.confirm()
    finding = Finding.objects.get()
    assert (finding.origin, finding.severity, finding.job) == ("monthly", "minor", made)
    assert story.row.shortfalls.get().finding == finding and story.at() == "closed:closed"


def test_nobody_answers_and_it_is_confirmed_all_the_same(story: CheckStory) -> None:
    story.planned()
    story.score()
    with injected(story.step().due_at):
        clocks.turn()
        assert story.at() == "confirmation"


def test_sent_back_it_is_scored_anew(story: CheckStory) -> None:
    story.planned()
    story.score()
    story.answer(stand="contest")
    story.act(story.who("lead"), "return", to="scoring", then="walk", reason="第二项请再看一遍。")
    story.score(lost_2=2)
    assert story.row.score == 98 and story.at() == "reply"


def test_whoever_scored_does_not_confirm_but_may_look_at_what_was_put_right(story: CheckStory) -> None:
    both = story.who("top_checker")
    story.plant.hold(both, "audit_lead", story.plant.workshop)
    story.planned()
    story.score(both)
    story.answer()
    assert story.at() == "confirmation"
    refused = story.send(both, "approve")
    assert refused.status_code == 403 and "这里要审定的是您自己办的" in refused.content.decode()
    assert story.row.published_at is None
    listed = [story.case.number in story.page(person, "queue") for person in (both, story.who("lead"))]
    assert listed == [False, True]
    waits = story.page(story.who("lead"), "case", story.case.number).partition("现在等")[2][:200]
    assert story.who("lead").name in waits and both.name not in waits
    story.confirm()
    story.act(story.plant.section_chiefs[0], "complete", **{"done-2": "已补拍。"})
    story.act(both, "approve")
    assert story.at() == "closed:closed"


def test_nor_by_handing_on_nor_in_anothers_place(story: CheckStory) -> None:
    both, lead = story.who("top_checker"), story.who("lead")
    story.plant.hold(both, "audit_lead", story.plant.workshop)
    story.planned()
    story.score(both)
    story.answer()
    item = WorkItem.objects.get(step=story.step(), state="open")
    with pytest.raises(BadMove, match="须由他人审定"), turn(actor=lead, case_id=story.case.pk, item_id=item.pk) as held:
        held.transfer(both, reason="请代为确认")
    declare_absence(actor=lead, substitute=both, starts_at=None, ends_at=now() + timedelta(days=3))
    with pytest.raises(Recused), turn(actor=both, case_id=story.case.pk, item_id=item.pk) as held:
        held.approve()
    assert story.at() == "confirmation"


def test_the_only_lead_has_scored_and_somebody_above_confirms(story: CheckStory) -> None:
    lead = story.who("lead")
    story.plant.hold(lead, "inspector", story.plant.workshop)
    above = story.plant.hold(story.plant.reviewers[0], "audit_lead", story.plant.company).person
    story.planned()
    story.score(lead)
    story.answer()
    assert story.send(lead, "approve").status_code == 403
    story.act(above, "approve")
    assert story.row.published_at is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lost-2": 21}, "lost-2"),
        ({"lost-2": "x"}, "lost-2"),
        ({"note-2": ""}, "note-2"),
        ({"due-2": "2020-01-01"}, "due-2"),
        ({"due-2": ""}, "due-2"),
        ({"job-2": "没有这单"}, "job-2"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(story: CheckStory, changes: dict[str, object], field: str) -> None:
    story.planned()
    answer = story.send(story.who("top_checker"), "complete", **story.typed(**changes))
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {field}
    assert story.row.score is None


def test_the_calendar_plans_each_unit_once(story: CheckStory) -> None:
    findings.job(story.plant)
    tasks.plan_checks()
    units = set(Assessment.objects.values_list("unit__name", flat=True))
    assert units == {"闪速炉工段", "渣选工段", "硫酸工段", "宏兴检修公司"}
    assert (
        tasks.plan_checks() == [] and opening.open_for(story.plant.workshop, story.plant.section, this_month()) is None
    )


def test_an_inspector_of_the_section_does_not_score_it(story: CheckStory) -> None:
    story.plant.hold(story.who("checker"), "inspector", story.plant.workshop)
    story.planned()
    assert story.send(story.who("checker"), "complete", **story.typed()).status_code == 403


def test_who_reads_it(story: CheckStory) -> None:
    story.planned()
    story.score()
    url = reverse("case", args=[story.case.number])
    for person in (story.plant.stranger, story.plant.contractor_person, story.plant.other_chief):
        assert story.plant.client(person).get(url).status_code == 404
        assert story.case.number not in story.page(person, "assessment_list")
    story.answer()
    story.confirm()
    assert story.case.number in story.page(story.plant.stranger, "assessment_list")  # published
    assert story.case.number not in story.page(story.plant.contractor_person, "assessment_list")


def test_a_contractor_reads_its_own_and_nothing_else(story: CheckStory) -> None:
    story.planned(story.plant.contractor)
    own, other = story.plant.contractor_person, story.who("other_firm_person")
    assert story.case.number in story.page(own, "assessment_list")
    assert story.case.number not in story.page(other, "assessment_list")
    url = reverse("case", args=[story.case.number])
    assert story.plant.client(other).get(url).status_code == 404
    for name in ("duty_list", "duty_sheet"):
        assert story.plant.client(own).get(reverse(name)).status_code == 404


def test_the_list_costs_the_same_however_long(story: CheckStory) -> None:
    story.planned()
    client, url = story.plant.client(story.who("lead")), reverse("assessment_list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for unit in (story.plant.other_section, story.plant.acid_section, story.plant.contractor):
        story.planned(unit)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) <= 11
    assert Case.objects.filter(kind="assessment").count() == 4


def test_lists_and_sheets_open(story: CheckStory) -> None:
    story.planned()
    page = story.page(story.plant.author, "duty_list")
    assert "隐蔽工程覆盖前到场确认" in page and "工段长" in page
    for name in ("assessment_sheet", "duty_sheet", "process_problem_sheet"):
        assert story.plant.client(story.plant.author).get(reverse(name)).status_code == 200


def test_the_checklist_is_drafted_and_published_row_by_row(story: CheckStory) -> None:
    from maintenance_audit.assessments.rules import DEFAULT_RULES, AssessmentRules
    from maintenance_audit.assessments.rules_form import AssessmentRulesForm

    shown = AssessmentRulesForm(initial=DEFAULT_RULES)
    typed = {name: shown.get_initial_for_field(field, name) for name, field in shown.fields.items()}
    typed = {name: "" if value is None else value for name, value in typed.items()}
    same = AssessmentRulesForm(typed, initial=DEFAULT_RULES)
    assert same.is_valid(), same.errors
    assert same.content() == DEFAULT_RULES
    more = AssessmentRulesForm(
        typed | {"sections-5-text": "工器具完好", "sections-5-points": "5"}, initial=DEFAULT_RULES
    )
    assert more.is_valid() and AssessmentRules.model_validate(more.content()).sections[5].points == 5
    for wrong in ({"grades-2-minimum": "10"}, {"sections-0-points": ""}, {"grades-1-minimum": "95"}):
        assert not AssessmentRulesForm(typed | wrong, initial=DEFAULT_RULES).is_valid(), wrong


def told(event: str) -> set[int]:
    found = Outbox.objects.filter(event=f"maintenance_audit.assessment.{event}", channel="in_product")
    return set(found.values_list("recipient", flat=True))


def test_who_hears_what_was_found_and_when_it_is_due(story: CheckStory) -> None:
    plant = story.plant
    story.planned()
    story.score()
    story.answer()
    assert not told("problems")
    story.confirm()
    chiefs = {chief.pk for chief in plant.section_chiefs}
    workshop = {story.who("lead").pk, *(one.pk for one in plant.reviewers)}
    assert told("published") == chiefs | workshop
    assert told("problems") == chiefs | {plant.team_leader.pk, plant.second_leader.pk}
    due = story.row.shortfalls.get().due
    for day, event in (
        (due - timedelta(days=2), ""),
        (due - timedelta(days=1), "due"),
        (due + timedelta(days=3), "late"),
    ):
        with injected(timezone.make_aware(datetime.combine(day, time(9)))):
            tasks.tell_deadlines()
            tasks.tell_deadlines()
        assert not event or told(event) == (chiefs if event == "due" else chiefs | workshop)
        assert event == "late" or not told("late")
    late = Outbox.objects.filter(event="maintenance_audit.assessment.late", channel="in_product")
    assert late.count() == len(chiefs | workshop)


def test_what_was_reported_is_not_told_as_late(story: CheckStory) -> None:
    story.planned()
    story.score()
    story.answer()
    story.confirm()
    story.act(story.plant.section_chiefs[0], "complete", **{"done-2": "已补拍。"})
    with injected(now() + timedelta(days=30)):
        tasks.tell_deadlines()
    assert not told("late")
