"""Asked for, approved, dispatched, started, completed, accepted, settled; and every way that it goes otherwise."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.jobs import acts, holds
from maintenance_audit.jobs.models import Claim, Job, JobPerson, SettlementCorrection, SettlementHold
from tests.jobs.story import JobStory, there
from workflows.engine import clocks
from workflows.engine.models import CaseParty
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db


def events(job: Job) -> list[str]:
    found = Entry.objects.filter(chain__subject=f"job:{job.pk}").order_by("seq").values_list("event", flat=True)
    return [event.removeprefix("maintenance_audit.") for event in found]


def test_from_the_request_to_the_end_of_the_warranty(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    case = story.file()
    job = story.job
    assert job.number == case.number and case.number.startswith("WX-") and case.unit == plant.team
    assert (job.section, job.workshop, job.team) == (plant.section, plant.workshop, plant.team)
    assert str(job.estimate) == "3200.00" and job.template == reg.template
    assert story.at() == "approval" and "P-2101A" in story.page(story.chief, reverse("queue"))
    story.approve()
    assert story.at() == "dispatch" and story.job.state == "approved"
    story.dispatch()
    assert story.at() == "start" and story.job.contractor == plant.contractor
    told = Outbox.objects.filter(event="maintenance_audit.job.dispatched").values_list("recipient", flat=True)
    assert {plant.contractor_person.pk, reg.mate.pk} <= set(told)
    story.start()
    assert story.at() == "completion"
    story.complete()
    assert story.at() == "acceptance"
    claims = {claim.key: claim for claim in Claim.objects.filter(job=job)}
    assert claims["hours"].value == 16 and claims["seal"].said == "机封 1 套" and claims["hours"].allowed == 10
    story.accept()
    job = story.job
    assert (job.state, job.hours, job.first_failure_code) == ("accepted", 16, reg.leak)
    assert job.accepted_on == timezone.localdate(now()) and story.at() == "settlement"
    story.settle()
    assert story.at() == "warranty" and str(story.job.settled_amount) == "3100.00"
    with injected(now() + timedelta(days=92)):
        clocks.turn()
    assert story.at() == "closed:closed" and story.job.state == "closed"
    assert events(job) == [
        f"job.{what}"
        for what in ("requested", "approved", "dispatched", "started", "completed", "accepted", "settled",
                     "warranty_over")
    ]  # fmt: skip
    parts = dict(JobPerson.objects.filter(job=job).values_list("part", "person__name"))
    assert parts == {
        "requester": "韩铸", "approver": "高焰", "dispatcher": "计检", "supervisor": "监现", "acceptor": "高焰",
        "settler": "计检",
    }  # fmt: skip
    for person in (plant.author, story.chief, story.foreman, plant.observer):
        assert "循环水泵机封泄漏" in story.page(person)


def test_hidden_work_is_photographed_or_the_job_does_not_move_on(story: JobStory) -> None:
    story.file(hidden_work="on")
    story.approve()
    story.dispatch()
    story.start()
    assert story.at() == "hidden_work"
    refused = story.send(story.register.supervisor, "complete", note="已盖")
    assert refused.status_code == 422 and "已盖" in refused.content.decode() and story.at() == "hidden_work"
    story.show_hidden()
    assert story.at() == "completion" and "job.hidden_work_shown" in events(story.job)


def test_refused_acceptance_goes_back_and_is_claimed_anew(story: JobStory) -> None:
    case = story.completed()
    assert story.send(story.chief, "reject", reason=" ").status_code == 422
    story.refuse()
    job = story.job
    assert (story.at(), job.state, job.refusals, job.hours) == ("completion", "started", 1, None)
    assert not Claim.objects.filter(job=job).standing().exists()
    assert "试车仍有滴漏" in story.page(story.foreman, story.address(story.foreman))
    story.complete(claim_hours="20")
    assert Claim.objects.filter(job=job, key="hours").count() == 2
    assert Claim.objects.filter(job=job, key="hours").standing().get().value == 20
    story.accept()
    assert story.job.hours == 20 and case.number in story.page(story.chief)


def test_who_asked_or_stood_beside_it_does_not_accept_it(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    first, second, third = plant.section_chiefs
    story.file(first)
    assert story.send(first, "approve").status_code == 403
    story.act(second, "approve")
    story.dispatch(supervisor=third.employee_no)
    story.act(third, "complete", permits="无")
    story.complete()
    for person in (first, third):
        assert story.send(person, "approve").status_code == 403
    story.act(second, "approve")
    assert story.at() == "settlement"
    assert CaseParty.objects.filter(case=story.case, person=story.foreman, relation="contractor").exists()
    assert reg.planner.name in story.page(reg.planner)


def test_a_planner_who_asked_leaves_dispatching_to_the_workshop(story: JobStory) -> None:
    reg = story.register
    story.file(reg.planner, unit=story.plant.section.pk)
    story.approve()
    assert story.at() == "workshop_dispatch"
    story.act(reg.workshop_planner, "complete", **story.order())
    assert story.at() == "start"


def test_a_request_is_turned_down_with_a_reason(story: JobStory) -> None:
    story.file()
    story.act(story.chief, "reject", reason="大修时一并做")
    assert story.at() == "closed:rejected" and story.job.cancelled_why == "大修时一并做"


def test_a_request_is_returned_and_mended(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    story.file()
    story.act(story.chief, "return", to="revision", then="resume", reason="写明失效形式")
    page = story.page(plant.author, story.address(plant.author))
    assert "写明失效形式" in page and "P-2101A" in page
    story.act(plant.author, "complete", **story.typed(title="循环水泵密封磨损", failure_code=reg.wear.pk))
    assert (story.at(), story.job.failure_code, story.job.title) == ("approval", reg.wear, "循环水泵密封磨损")


def test_a_hold_stops_the_settlement_and_is_named(story: JobStory) -> None:
    story.accepted()
    job, planner = story.job, story.register.planner
    (hold,) = holds.place([job.pk], cause="lot", reference="PC-2611-0001", reason="批次抽检中")
    assert holds.place([job.pk], cause="lot", reference="PC-2611-0001", reason="再来一次") == []
    refused = story.send(planner, "complete", amount="3100")
    said = refused.content.decode()
    assert refused.status_code == 422 and "PC-2611-0001" in said and "批次抽检中" in said and story.at() == "settlement"
    assert "PC-2611-0001" in story.page(story.foreman)
    assert holds.release([job.pk], why="批次已接收", references=["PC-2611-0001"], by=planner) == 1
    assert SettlementHold.objects.get(pk=hold.pk).released_why == "批次已接收"
    story.settle()
    assert events(job)[-3:] == ["settlement.held", "settlement.released", "job.settled"]
    assert holds.place([job.pk], cause="finding", reference="WT-2611-0001", reason="太晚") == []


def test_holds_cost_the_same_for_two_jobs_and_for_two_hundred(story: JobStory, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    many = [job.pk for job in there(story.plant, 200)]
    with django_assert_max_num_queries(25):
        assert len(holds.place(many, cause="lot", reference="PC-2611-0002", reason="抽检")) == 200
    with django_assert_max_num_queries(25):
        assert holds.release(many, why="接收", cause="lot") == 200


def test_it_is_cancelled_before_completion_and_not_after(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    story.file()
    story.approve()
    url = reverse("cancel_job", args=[story.job.number])
    assert plant.client(plant.teammate).post(url, {"reason": "不做了"}).status_code == 403
    assert plant.client(reg.planner).post(url, {"reason": " "}).status_code == 422
    assert plant.client(reg.planner).post(url, {"reason": "改为自修"}).status_code == 302
    assert story.at() == "closed:cancelled" and story.job.cancelled_why == "改为自修"
    assert plant.client(reg.planner).post(url, {"reason": "再取消"}).status_code == 422
    other = JobStory(plant)
    other.completed()
    late = plant.client(reg.planner).post(reverse("cancel_job", args=[other.job.number]), {"reason": "不做了"})
    assert late.status_code == 422 and other.job.state == "completed"


def test_the_requester_withdraws_it(story: JobStory) -> None:
    story.file()
    url = reverse("withdraw", args=[story.case.number])  # type: ignore[union-attr]
    assert story.plant.client(story.plant.author).post(
        url, {"token": str(uuid4()), "reason": "已自修"}
    ).status_code == 303  # fmt: skip
    assert story.at() == "closed:withdrawn" and story.job.state == "cancelled"


def test_a_settlement_opened_again_is_a_correction_of_this_month(story: JobStory) -> None:
    story.accepted()
    story.settle("3100.00")
    job, planner, settled = story.job, story.register.planner, story.job.settled_at
    url = reverse("correct_job_settlement", args=[job.number])
    assert story.plant.client(story.chief).post(url, {"amount": "2900", "reason": "多计"}).status_code == 403
    with injected(now() + timedelta(days=40)):
        answer = story.plant.client(planner).post(url, {"amount": "2,900.00", "reason": "旧件未交回，扣减"})
    assert answer.status_code == 302
    job = story.job
    made = SettlementCorrection.objects.get(job=job)
    assert (str(made.before), str(made.after), str(made.difference)) == ("3100.00", "2900.00", "-200.00")
    assert job.settled_at == settled and job.state == "settled" and story.at() == "warranty"
    assert "旧件未交回" in story.page(planner) and events(job)[-1] == "job.settlement_corrected"
    same = story.plant.client(planner).post(url, {"amount": "2900", "reason": "又改"})
    assert same.status_code == 422 and "又改" in same.content.decode()


def test_an_imported_job_is_taken_up_where_it_stands(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    (job,) = there(plant, state="completed", accepted_on=None, hidden_work=True)
    page = plant.client(reg.planner).get(reverse("job", args=[job.number])).content.decode()
    assert "未见隐蔽证据" in page
    url = reverse("take_up_job", args=[job.number])
    assert plant.client(story.chief).post(url).status_code == 403
    assert plant.client(reg.planner).post(url).status_code == 302
    story.case = Job.objects.get(pk=job.pk).case
    assert story.at() == "acceptance" and story.job.template == reg.template
    again = acts.take_up(actor=reg.planner, job_id=job.pk)
    assert again == story.case
    story.accept()
    story.settle()
    assert story.at() == "warranty" and story.job.number == job.number


@pytest.mark.parametrize(
    ("state", "node"), [("requested", "approval"), ("approved", "dispatch"), ("accepted", "settlement")]
)
def test_each_state_of_a_source_has_its_step(story: JobStory, state: str, node: str) -> None:
    day = timezone.localdate(now()) if state == "accepted" else None
    (job,) = there(story.plant, state=state, accepted_on=day)
    story.case = acts.take_up(actor=story.register.planner, job_id=job.pk)
    assert story.at() == node
