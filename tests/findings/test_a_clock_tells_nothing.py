"""A reviewer who may still be drawn for an upper tier learns by no clock, no queue and no colleague's hand what the
teams found in the job; once the tier is sealed they do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from maintenance_audit.lots import freezing
from maintenance_audit.lots.models import Draw, EligibleInspector, Lot
from tests.findings.story import FindingStory
from workflows.engine import clocks
from workflows.engine.errors import BadMove
from workflows.engine.models import WorkItem
from workflows.ledger.clock import injected, now
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


def may_come(story: FindingStory, person: Person, tier: int = 3) -> Lot:
    """The reviewer inspects for the workshop, too, and stands on the frozen list."""
    lot: Lot = story.job.lots.get().lot
    story.plant.hold(person, Role.INSPECTOR, story.plant.workshop)
    EligibleInspector.objects.create(lot=lot, tier=tier, person=person, staff_no=person.employee_no, unit=person.unit)
    return lot


def seal(lot: Lot, tier: int = 3) -> None:
    Draw.objects.create(lot=lot, tier=tier, round=1, seed="0" * 64, size=0, staff_digest="0" * 64, drawn_at=now(),
                        sealed_at=now())  # fmt: skip


def run_late(story: FindingStory) -> None:
    """The reminder, the deadline and the escalation of the present step."""
    step = story.step()
    for moment in (step.remind_at, step.due_at, step.escalate_at):
        if moment is not None:
            with injected(moment + timedelta(minutes=1)):
                clocks.turn()


def heard(story: FindingStory, person: Person) -> set[str]:
    rows = Outbox.objects.filter(recipient=person, subject=f"case:{story.case.pk}")
    return set(rows.values_list("event", flat=True))


@pytest.fixture
def reviewer(story: FindingStory) -> Person:
    """Stands above the audit lead of the workshop."""
    person = story.plant.reviewers[0]
    type(story.plant.company).objects.filter(pk=story.plant.company.pk).update(fallback=person)
    return person


@pytest.mark.parametrize("withheld", [True, False])
def test_what_runs_late_reaches_the_person_above_unless_they_may_still_check_it(
    story: FindingStory, reviewer: Person, withheld: bool
) -> None:
    story.found()
    lot = may_come(story, reviewer)
    if not withheld:
        seal(lot)
    story.reply()
    run_late(story)
    seats = WorkItem.objects.filter(case=story.case, person=reviewer, state="open")
    assert seats.exists() is not withheld
    assert bool(heard(story, reviewer) & {"engine.task.late", "engine.task.escalated"}) is not withheld
    page = story.plant.client(reviewer).get("/notices/").content.decode()
    queue = story.plant.client(reviewer).get("/queue/").content.decode()
    assert (story.case.number in queue) is not withheld and not (withheld and story.case.number in page)
    admins = Outbox.objects.filter(event="engine.task.nobody_above", subject=f"case:{story.case.pk}")
    assert admins.exists() is withheld, "somebody hears that nobody does"


def test_nobody_puts_it_into_their_hands(story: FindingStory, reviewer: Person) -> None:
    story.found()
    lot = may_come(story, reviewer)
    story.reply()
    lead = story.who("lead")
    for verb in ("consult", "transfer", "add_signer"):
        refused = story.send(lead, verb, person=reviewer.employee_no, reason="请看", where="before")
        assert refused.status_code == 422 and "目前还不应知道此事" in refused.content.decode(), verb
    story.plant.client(lead).post(
        reverse("case_act", args=[story.case.number, "copy"]), {"person": reviewer.employee_no, "token": str(uuid4())}
    )
    assert not heard(story, reviewer) and story.get(reviewer, "case") == 404
    assert story.case.number not in story.plant.client(reviewer).get("/queue/?tab=copies").content.decode()
    seal(lot)
    story.act(lead, "consult", person=reviewer.employee_no, reason="请看")
    assert heard(story, reviewer) == {"engine.task.waiting"}


def test_a_release_is_no_task_of_theirs_before(story: FindingStory, reviewer: Person) -> None:
    """The hold is released by the workshop's reviewers; who may still check the job anew is not among them."""
    story.walked_to_rectification("critical")
    story.plant.hold(reviewer, Role.INSPECTOR, story.plant.other_section)
    lot: Lot = story.job.lots.get().lot
    EligibleInspector.objects.create(lot=lot, tier=2, person=reviewer, staff_no=reviewer.employee_no,
                                     unit=story.plant.other_section)  # fmt: skip
    before = heard(story, reviewer)
    story.rectify()
    story.passes(story.who("second_top"))
    story.act(story.who("planner"), "complete", reason="整改已验收。")
    assert story.at() == "release_approval" and heard(story, reviewer) == before
    client, address = story.plant.client(reviewer), story.address(story.plant.reviewers[1])
    assert client.get(address).status_code == 404 and story.case.number not in client.get("/queue/").content.decode()
    assert story.send(reviewer, "approve").status_code == 404
    assert story.plant.client(story.plant.reviewers[1]).get(address).status_code == 200
    seal(lot, 2)
    assert client.get(address).status_code == 200 and story.case.number in client.get("/queue/").content.decode()


def test_a_hold_tells_a_planner_nothing_who_may_still_check_the_job(story: FindingStory) -> None:
    story.found("minor", number="WX-2611-0001")  # with it the lot is there
    planner, other = story.who("planner"), story.plant.publisher
    story.plant.hold(other, Role.MAINTENANCE_PLANNER, story.plant.workshop)
    lot = may_come(story, planner)
    story.found("critical")
    told = Outbox.objects.filter(event="maintenance_audit.settlement.held").values_list("recipient", flat=True)
    assert set(told) == {other.pk}
    for person, said in ((planner, False), (other, True)):
        with pytest.raises(BadMove) as refused:
            story.job.settle(by=Person.objects.get(pk=person.pk), amount=Decimal(100))
        assert (story.case.number in refused.value.message) is said
    seal(lot)
    with pytest.raises(BadMove, match=story.case.number):
        story.job.settle(by=Person.objects.get(pk=planner.pk), amount=Decimal(100))


def test_whoever_leads_the_audits_is_in_no_upper_tier(story: FindingStory) -> None:
    story.found()
    lead, lot = story.who("lead"), story.job.lots.get().lot
    story.plant.hold(lead, Role.INSPECTOR, story.plant.workshop)
    listed = {tier: {one.person_id for one in freezing.candidates_for(lot, tier, {story.job.section_id})}
              for tier in (2, 3)}  # fmt: skip
    assert lead.pk not in listed[2] | listed[3] and story.who("top_checker").pk in listed[3]
    EligibleInspector.objects.create(lot=lot, tier=3, person=lead, staff_no=lead.employee_no, unit=lead.unit)
    story.reply()
    assert story.get(lead) == 200 and "engine.task.waiting" in heard(story, lead), "appointed since: is not drawn"
