"""Reported with a photo, assigned, rectified, verified by somebody else; and every way that it goes otherwise."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.hazards.models import Hazard
from tests.hazards.story import HazardStory, photo, publish_rules, tomorrow
from workflows.documents.models import Document
from workflows.engine import clocks, plant_calendar
from workflows.engine.models import Case, CaseParty, Decision, WorkItem
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def test_from_the_report_to_the_closed_case(story: HazardStory) -> None:
    plant, (chief, other, _third) = story.plant, story.plant.section_chiefs
    case = story.report()
    assert case.number.startswith("YH-") and story.at() == "section_assignment" and case.unit == plant.team
    assert Document.objects.get(holder=f"case:{case.pk}").purpose == "before"
    assert "渣包吊耳有裂纹" in story.page(chief, reverse("queue")) and "一般" in story.page(chief, reverse("queue"))
    story.assign(chief)
    assert story.at() == "rectification" and "限期整改" in story.page(plant.author)
    assert "停用该渣包" in story.page(plant.teammate, story.address(plant.teammate))
    story.rectify()
    assert story.at() == "section_verification"
    story.act(other, "approve")
    assert story.at() == "closed:closed"
    assert {d.purpose for d in Document.objects.filter(holder=f"case:{case.pk}")} == {"before", "after"}
    events = Entry.objects.filter(chain__subject=f"case:{case.pk}").order_by("seq").values_list("event", flat=True)
    assert list(events) == [f"engine.case.{what}" for what in ("filed", "approved", "done", "approved")]
    told = Outbox.objects.filter(recipient=plant.teammate, event="engine.task.waiting", subject=f"case:{case.pk}")
    assert told.exists()


def test_the_assignment_says_who_until_when_and_how(story: HazardStory) -> None:
    chief = story.plant.section_chiefs[0]
    story.report()
    empty = story.send(chief, "complete", responsible="谁也不是", standard="", measure="挂牌", due="")
    text = empty.content.decode()
    assert empty.status_code == 422 and "谁也不是" in text and "挂牌" in text and "没有" in text
    far = (timezone.localdate() + timedelta(days=90)).isoformat()
    late = story.send(chief, "complete", **story.order(due=far))
    assert late.status_code == 422 and "按规则最迟" in late.content.decode()
    gone = story.send(chief, "complete", **story.order(due="2020-01-01"))
    assert gone.status_code == 422 and "已经过去" in gone.content.decode()
    assert story.at() == "section_assignment" and not Hazard.objects.get().responsible


def test_a_bare_approval_is_not_enough_where_the_form_is_asked(story: HazardStory) -> None:
    chief = story.plant.section_chiefs[0]
    story.report()
    refused = story.send(chief, "approve")
    assert refused.status_code == 422 and "表单" in refused.content.decode()
    assert story.at() == "section_assignment"


def test_who_reported_or_rectified_it_does_not_verify_it(story: HazardStory) -> None:
    plant, (chief, other, third) = story.plant, story.plant.section_chiefs
    story.report(chief)
    assert plant.client(chief).get(story.address(other)).status_code == 403
    story.assign(other, responsible=third.employee_no)
    story.rectify(third)
    assert CaseParty.objects.filter(case=story.case, person=third, relation="rectifier", recused=True).exists()
    for person in (chief, third):
        assert story.send(person, "approve").status_code == 403
    story.act(other, "approve")
    assert story.at() == "closed:closed"


def test_verification_passes_up_where_the_section_has_nobody_new(story: HazardStory) -> None:
    plant, (chief, other, third) = story.plant, story.plant.section_chiefs
    for gone in (other, third):
        gone.holdings.update(ends_at=now())
    story.report()
    story.assign(chief, responsible=chief.employee_no)
    story.rectify(chief)
    assert story.at() == "workshop_verification"
    story.act(plant.reviewers[0], "approve")
    assert story.at() == "closed:closed"


def test_a_poor_rectification_is_returned_and_comes_back_to_the_same_verifier(story: HazardStory) -> None:
    plant, (chief, other, _third) = story.plant, story.plant.section_chiefs
    story.report()
    story.assign(chief)
    story.rectify()
    assert story.send(other, "return", to="rectification", then="resume", reason="").status_code == 422
    story.act(other, "return", to="rectification", then="resume", reason="吊耳根部未打磨")
    assert story.at() == "rectification" and "吊耳根部未打磨" in story.page(
        plant.teammate, story.address(plant.teammate)
    )
    story.rectify(note="根部已打磨")
    assert story.at() == "section_verification" and story.item(other).person == other
    story.act(other, "approve")
    assert story.at() == "closed:closed"


def test_a_vague_report_is_returned_and_mended(story: HazardStory) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    before = story.report().content_digest
    story.act(chief, "return", to="revision", then="resume", reason="写明是哪只渣包")
    page = story.page(plant.author, story.address(plant.author))
    assert "写明是哪只渣包" in page and "渣包跨 3 号位" in page
    mended = {"title": "5 号渣包吊耳有裂纹", "severity": "larger", "place": "渣包跨 3 号位"}
    assert story.send(plant.author, "complete", **mended | {"place": ""}).status_code == 422
    story.act(plant.author, "complete", **mended, photos=[photo("#111111")])
    case = Case.objects.get(pk=story.case.pk)
    assert (case.title, case.hazard.severity) == ("5 号渣包吊耳有裂纹", "larger") and case.content_digest != before
    assert Document.objects.filter(holder=f"case:{case.pk}", purpose="before").count() == 2
    assert story.at() == "section_assignment" and story.item(chief).person == chief


def test_what_was_decided_on_is_the_same_again_until_its_author_changes_it(story: HazardStory) -> None:
    chief, author = story.plant.section_chiefs[0], story.plant.author
    typed = story.typed()
    case = story.report(**typed)

    def mended_with(purpose: str) -> str:
        """The digest after a return, a file of this purpose, and the same words sent again."""
        story.act(chief, "return", to="revision", then="resume", reason="补一张图")
        if purpose:
            sent = {"token": str(uuid4()), "holder": f"case:{case.pk}", "purpose": purpose, "file": photo("#123456")}
            assert story.plant.client(author).post("/documents/", sent).status_code == 201
        again = {name: typed[name] for name in ("title", "severity", "place", "danger")}
        story.act(author, "complete", **again)
        case.refresh_from_db()
        return case.content_digest

    filed = case.content_digest
    assert mended_with("") == filed
    assert mended_with("evidence") == filed
    assert mended_with("other") != filed


def test_what_is_no_hazard_is_rejected_with_a_reason_and_may_be_appealed(story: HazardStory) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    story.report()
    assert story.send(chief, "reject", reason=" ").status_code == 422
    story.act(chief, "reject", reason="是设计留的排水孔")
    assert story.at() == "rejection" and "是设计留的排水孔" in story.page(plant.author)
    assert story.send(plant.author, "complete", reason="").status_code == 422
    story.act(plant.author, "complete", reason="不是孔，是裂纹，见照片")
    assert story.at() == "workshop_assignment"
    story.assign(plant.reviewers[0])
    assert story.at() == "rectification"


def test_a_rejection_that_nobody_appeals_stands(story: HazardStory) -> None:
    story.report()
    story.act(story.plant.section_chiefs[0], "reject", reason="不是隐患")
    with injected(plant_calendar.due(now(), 17)):
        clocks.turn()
    assert story.at() == "closed:rejected"


def test_the_workshop_rejects_for_good(story: HazardStory) -> None:
    story.report(severity="major")
    assert story.at() == "workshop_assignment"
    story.act(story.plant.reviewers[0], "reject", reason="不构成隐患")
    assert story.at() == "closed:rejected"


def test_severity_drives_level_and_hours_by_the_pinned_rules(story: HazardStory) -> None:
    story.report()
    assert story.step().due_at == plant_calendar.due(story.step().opened_at, 8)
    story.report(severity="major")
    assert story.at() == "workshop_assignment" and "现在在下达整改" in story.page(story.plant.author)
    assert story.step().due_at == plant_calendar.due(story.step().opened_at, 1)
    pinned = story.case
    publish_rules(story.plant, major={"level": "section", "assign_hours": 2, "rectify_hours": 4, "verify_hours": 4})
    story.report(severity="major")
    assert story.at() == "section_assignment"
    story.case = pinned
    story.assign(story.plant.reviewers[0], due=timezone.localdate().isoformat())
    story.rectify()
    assert story.at() == "workshop_verification"


def test_the_order_s_day_is_the_step_s_deadline(story: HazardStory) -> None:
    story.report()
    story.assign(due=tomorrow())
    due = timezone.localtime(story.step().due_at)
    assert due.date().isoformat() == tomorrow() and due.hour == 23


def test_the_work_is_transferred_and_whoever_did_it_is_the_rectifier(story: HazardStory) -> None:
    plant, (chief, other, _third) = story.plant, story.plant.section_chiefs
    story.report()
    story.assign(chief)
    story.act(plant.teammate, "transfer", person=plant.section_member.employee_no, reason="这台归他管")
    story.rectify(plant.section_member)
    relations = CaseParty.objects.filter(case=story.case).values_list("person__name", "relation")
    assert (plant.section_member.name, "rectifier") in relations and plant.teammate.name not in dict(relations)
    story.act(other, "transfer", person=plant.team_leader.employee_no)
    story.act(plant.team_leader, "approve")
    assert story.at() == "closed:closed"


def test_a_case_on_hold_waits_and_goes_on(story: HazardStory) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    story.report()
    story.assign(chief)
    address = story.address(plant.teammate)
    story.act(plant.teammate, "hold", reason="等备件")
    story.case.refresh_from_db()
    assert story.case.state == "held" and "等备件" in story.page(plant.author)
    sent = {"verb": "complete", "token": str(uuid4()), "note": "x", "photos": [photo()]}
    assert plant.client(plant.teammate).post(address, sent).status_code == 400
    resume = reverse("case_act", args=[story.case.number, "resume"])
    assert plant.client(plant.teammate).post(resume, {"token": str(uuid4())}).status_code == 303
    story.rectify()
    assert story.at() == "section_verification"


def test_an_assignment_is_taken_back_while_nobody_has_acted(story: HazardStory) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    story.report()
    story.assign(chief)
    back = reverse("case_act", args=[story.case.number, "take_back"])
    assert plant.client(chief).post(back, {"token": str(uuid4())}).status_code == 303
    assert story.at() == "section_assignment"
    story.assign(chief, responsible=plant.coauthor.employee_no)
    assert story.item(plant.coauthor).person == plant.coauthor


def test_an_added_signer_agrees_and_the_chief_fills_in_the_form(story: HazardStory) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    story.report()
    story.act(chief, "add_signer", person=plant.team_leader.employee_no, where="before")
    story.act(plant.team_leader, "approve", reason="确有裂纹")
    story.assign(chief)
    assert story.at() == "rectification"


def test_the_reporter_withdraws_until_it_is_assigned(story: HazardStory) -> None:
    plant, withdraw = story.plant, "withdraw"
    case = story.report()
    typed = {"reason": "看错了", "token": str(uuid4())}
    assert plant.client(plant.stranger).post(reverse(withdraw, args=[case.number]), typed).status_code == 404
    assert plant.client(plant.author).post(reverse(withdraw, args=[case.number]), typed).status_code == 303
    assert story.at() == "closed:withdrawn"
    case = story.report()
    story.assign()
    typed = {"reason": "看错了", "token": str(uuid4())}
    assert plant.client(plant.author).post(reverse(withdraw, args=[case.number]), typed).status_code == 422


def test_a_stranger_gets_nowhere(story: HazardStory) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    case = story.report()
    url = story.address(chief)
    stranger = plant.client(plant.stranger)
    assert stranger.get(reverse("case", args=[case.number])).status_code == 404
    assert stranger.post(url, {"verb": "complete", "token": str(uuid4()), **story.order()}).status_code == 404
    assert "渣包吊耳" not in story.page(plant.stranger, reverse("hazard_list"), tab="all")
    assert plant.client(plant.author).post(url, {"verb": "complete", "token": str(uuid4())}).status_code == 403
    assert Decision.objects.filter(case=case).count() == 1


def test_the_other_verbs_work_at_its_steps(story: HazardStory) -> None:
    """Claim, release, consult and advise, urge, copy: at the assignment, at the work, at the re-check."""
    plant, (chief, other, _third) = story.plant, story.plant.section_chiefs
    story.report()
    story.act(chief, "claim")
    assert story.item(chief).person == chief
    story.act(chief, "release")
    story.act(chief, "consult", person=plant.section_member.employee_no, reason="要停车吗？")
    story.act(plant.section_member, "advise", reason="要停")
    beside(story, plant.author, "urge")
    story.assign(chief)
    story.act(plant.teammate, "consult", person=plant.section_member.employee_no, reason="用什么焊条？")
    story.act(plant.section_member, "advise", reason="J507")
    story.rectify()
    beside(story, plant.author, "copy", person=plant.stranger.employee_no)
    assert "渣包吊耳有裂纹" in story.page(plant.stranger)
    story.act(other, "add_signer", person=plant.team_leader.employee_no, where="after")
    story.act(other, "approve")
    assert story.at() == "section_verification"
    story.act(plant.team_leader, "approve")
    assert story.at() == "closed:closed"


def beside(story: HazardStory, person: Person, verb: str, /, **typed: str) -> None:
    assert story.case is not None
    url = reverse("case_act", args=[story.case.number, verb])
    assert story.plant.client(person).post(url, {"token": str(uuid4()), **typed}).status_code == 303


def test_what_lies_too_long_is_told_above_and_escalates_by_the_grade_s_hours(story: HazardStory) -> None:
    """The engine's own clock; the rules only carry the hours."""
    plant = story.plant
    plant.workshop.fallback = plant.reviewers[0]
    plant.workshop.save()
    story.report(severity="larger")
    with injected(plant_calendar.due(now(), 4.5)):
        clocks.turn()
    late = Outbox.objects.filter(subject=f"case:{story.case.pk}", recipient=plant.reviewers[0])
    assert late.exists() and not WorkItem.objects.filter(case=story.case, person=plant.reviewers[0]).exists()
    with injected(plant_calendar.due(now(), 13)):
        clocks.turn()
    assert WorkItem.objects.filter(case=story.case, person=plant.reviewers[0], state="open").exists()
    story.assign(plant.reviewers[0])
    assert story.at() == "rectification"
