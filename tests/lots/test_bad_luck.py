"""What goes wrong between the freeze and the decision, each with a stated outcome."""

import pytest
from django.db import transaction
from django.urls import reverse

from maintenance_audit.jobs.models import JobPerson, Part, SettlementHold
from maintenance_audit.lots import acts, opening, replacing, results, standing, switching
from maintenance_audit.lots.models import Assignment, DrawnJob, EligibleInspector, Lot, LotJob, Switching
from maintenance_audit.lots.record import record_of
from maintenance_audit.lots.redraw import problems
from tests.lots.story import LotStory
from workflows.engine import waiving
from workflows.engine.errors import BadMove, NotYours, Overtaken
from workflows.ledger.clock import now
from workflows.organisation.models import Posting, Role, Tie


@pytest.fixture
def story(plant):
    return LotStory(plant)


def frozen(story, count=12, **rules):
    story.begin(**rules)
    story.jobs(count)
    story.open()
    story.freeze()


def finish(story, **inspected):
    for tier in (1, 2, 3):
        if tier > 1:
            story.reveal()
            story.draw()
        story.inspect(**inspected)
    story.do(story.lead)


# ---------------------------------------------------------------- withdrawing
def test_a_job_is_withdrawn_before_the_first_reveal_only(story):
    frozen(story)
    acts.withdraw(actor=story.lead, lot_id=story.lot_id, number="WX-2603-003", reason="验收被撤销")
    assert not SettlementHold.objects.standing().filter(job__number="WX-2603-003").exists()
    with pytest.raises(Overtaken):
        acts.withdraw(actor=story.lead, lot_id=story.lot_id, number="WX-2603-003", reason="再撤")
    with pytest.raises(NotYours):
        acts.withdraw(actor=story.planner, lot_id=story.lot_id, number="WX-2603-004", reason="撤")
    with pytest.raises(BadMove):
        acts.withdraw(actor=story.lead, lot_id=story.lot_id, number="WX-2603-004", reason=" ")
    story.commit()
    story.do(story.firm)
    with pytest.raises(Overtaken):
        acts.withdraw(actor=story.lead, lot_id=story.lot_id, number="WX-2603-004", reason="撤")
    story.do(story.planner)
    story.do(story.union)
    story.draw()
    assert "WX-2603-003" not in story.numbers()
    story.inspect()
    record = record_of(story.lot)
    assert {"number": "WX-2603-003", "withdrawn": True, "why": "验收被撤销"} in record["jobs"]
    assert problems(record) == []


def test_everything_withdrawn_leaves_nothing_to_check(story):
    frozen(story, 2)
    for number in ("WX-2603-001", "WX-2603-002"):
        acts.withdraw(actor=story.lead, lot_id=story.lot_id, number=number, reason="撤")
    story.commit()
    story.reveal()
    story.draw()
    assert story.numbers() == [] and story.lot.state == "void" and story.lot.accepted is None


def test_a_withdrawn_job_comes_with_the_next_lot(story):
    frozen(story, 2)
    acts.withdraw(actor=story.lead, lot_id=story.lot_id, number="WX-2603-001", reason="撤")
    assert opening.openable([story.plant.workshop.pk], opening.last_month(now().date().replace(day=1))) == []
    from maintenance_audit.lots.freezing import jobs_for, next_month

    later = Lot(workshop=story.plant.workshop, contractor=story.plant.contractor, month=next_month(story.lot.month))
    assert [job.number for job in jobs_for(later)] == ["WX-2603-001"]


# ---------------------------------------------------------------- showing
def test_a_drawn_job_that_cannot_be_shown_is_nonconforming_unless_the_lead_says_why(story):
    story.to_draw(12)
    first, second, *_rest = story.numbers()
    one = acts.not_shown(actor=story.lead, lot_id=story.lot_id, number=first, reason="")
    other = acts.not_shown(actor=story.lead, lot_id=story.lot_id, number=second, reason="设备已整体更换，旧件封存待查")
    assert (one.result, other.result) == ("nonconforming", "conforming")
    assert not Assignment.objects.filter(drawn_job__in=(one, other), ended_at=None).exists()
    with pytest.raises(Overtaken):
        acts.not_shown(actor=story.lead, lot_id=story.lot_id, number=first, reason="")
    finish(story)
    assert story.lot.nonconforming == 1 and story.lot.accepted is False


# ---------------------------------------------------------------- inspectors
def test_an_inspector_who_lost_the_role_is_replaced_by_the_next_in_the_ranking(story):
    draw = story.to_draw(12)
    gone = draw.jobs.first().assignments.get(form="site")
    gone.person.holdings.update(ends_at=now())
    assert replacing.look_through() >= 1
    gone.refresh_from_db()
    assert gone.ended_at and gone.ended_why
    new = Assignment.objects.get(drawn_job=gone.drawn_job, form="site", ended_at=None)
    assert new.person_id != gone.person_id and new.reserve > 0
    assert replacing.look_through() == 0, "safe twice"
    story.inspect()
    record = record_of(story.lot)
    assert problems(record) == []
    [moved, *_more] = [job for job in record["draws"][0]["jobs"] if job["replaced"]]
    [came] = moved["replaced"]
    assert came["over"][gone.person.employee_no] == "seated" and came["place"] == len(came["over"]) + 1
    named = [f"tier 1: who came in for {moved['number']}, site"]
    skipped = next(who for who in came["among"] if who not in came["over"] and who != came["to"])
    kept, came["to"] = came["to"], skipped
    assert problems(record) == named, "somebody further down was taken"
    came["to"], came["over"] = kept, {}
    assert problems(record) == named, "somebody was passed over without a reason"


def test_a_tie_declared_after_the_draw_replaces_too(story):
    draw = story.to_draw(12)
    one = draw.jobs.select_related("lot_job__job").first()
    seat = one.assignments.get(form="records")
    story.takes_part(one.lot_job.job, story.plant.author)
    Tie.objects.create(person=seat.person, other=story.plant.author, declared_at=now())
    replacing.look_through()
    assert Assignment.objects.get(drawn_job=one, form="records", ended_at=None).person_id != seat.person_id


def test_whoever_has_a_part_in_a_job_never_checks_it(story):
    story.begin()
    jobs = story.jobs(12)
    for job in jobs:
        story.takes_part(job, story.inspectors[0], Part.SUPERVISOR)
    story.open()
    story.freeze()
    story.commit()
    story.reveal()
    draw = story.draw()
    assert not Assignment.objects.filter(drawn_job__draw=draw, person=story.inspectors[0]).exists()
    assert all(story.inspectors[0].employee_no in out for out in draw.barred.values())


def test_too_few_inspectors_are_borrowed_from_another_section_and_why_is_recorded(story):
    story.begin()
    story.jobs(12, section=story.plant.other_section, team=story.plant.other_team)
    story.open()
    story.freeze()
    home = EligibleInspector.objects.filter(lot=story.lot, tier=1, borrowed_why="")
    assert {who.unit_id for who in home} <= {story.plant.other_team.pk}
    borrowed = EligibleInspector.objects.filter(lot=story.lot, tier=1).exclude(borrowed_why="")
    assert borrowed.count() == 4, "everybody at home is of the requesting team"
    story.commit()
    story.reveal()
    draw = story.draw()
    assert Assignment.objects.filter(drawn_job__draw=draw).count() == 2 * len(story.numbers())


def test_who_worked_for_the_contractor_within_three_years_is_not_listed(story):
    Posting.objects.create(
        person=story.inspectors[0], unit=story.plant.contractor, starts_at=now().replace(year=now().year - 5),
        ends_at=now().replace(year=now().year - 2),
    )  # fmt: skip
    Posting.objects.create(
        person=story.inspectors[1], unit=story.plant.contractor, starts_at=now().replace(year=now().year - 9),
        ends_at=now().replace(year=now().year - 4),
    )  # fmt: skip
    frozen(story)
    listed = set(EligibleInspector.objects.filter(lot=story.lot, tier=1).values_list("person_id", flat=True))
    assert story.inspectors[0].pk not in listed and story.inspectors[1].pk in listed


def test_who_inspected_in_both_last_draws_rests_in_the_third(story):
    from maintenance_audit.lots import independence

    story.to_draw(4)
    story.inspect()
    out = independence.from_all(story.plant.workshop, story.plant.contractor)
    assert "both_last_draws" not in out.values()
    story.jobs(4)
    story.make_room()
    story.open()
    story.freeze()
    story.commit()
    story.reveal()
    story.draw()
    story.inspect()
    checked = [
        set(Assignment.objects.filter(drawn_job__draw__lot=lot).values_list("person_id", flat=True))
        for lot in Lot.objects.all()
    ]
    both = checked[0] & checked[1]
    out = independence.from_all(story.plant.workshop, story.plant.contractor)
    assert both and {person for person, why in out.items() if why == "both_last_draws"} == both


# ---------------------------------------------------------------- waivers
def test_two_people_waive_and_the_inspector_is_drawn(story):
    plant = story.plant
    above = story.person("高督", "61009", plant.company, Role.AUDIT_LEAD)
    one = story.inspectors[0]
    Posting.objects.create(person=one, unit=plant.contractor, starts_at=now(), ends_at=now())
    story.begin()
    story.jobs(4)
    story.open()
    client = plant.client(story.lead)
    url = reverse("ask_waiver", args=[story.case.number])
    typed = {"person": one.employee_no, "reason": "本专业只此一人"}
    assert client.post(url, typed).status_code == 422, "without the password"
    assert client.post(url, typed | {"password": "wrong"}).status_code == 422
    assert client.post(url, typed | {"password": plant.password}).status_code == 303
    waiver = story.case.waivers.get()
    answer = reverse("waiver", args=[waiver.pk])
    granted = {"answer_is": "grant", "password": plant.password}
    assert client.post(answer, granted).status_code == 403, "not by whoever asked"
    assert plant.client(plant.stranger).get(answer).status_code in (200, 404)
    assert plant.client(plant.stranger).post(answer, granted).status_code in (403, 404)
    assert plant.client(above).post(answer, {"answer_is": "grant"}).status_code == 422
    assert plant.client(above).post(answer, granted).status_code == 303
    assert plant.client(above).post(answer, granted).status_code == 409
    story.freeze()
    assert EligibleInspector.objects.filter(lot=story.lot, tier=1, person=one).exists()
    assert (
        "本专业只此一人" in plant.client(story.planner).get(reverse("lot", args=[story.case.number])).content.decode()
    )
    assert "本专业只此一人" in plant.client(story.planner).get(reverse("waivers")).content.decode()


def test_nobody_waives_for_themselves_nor_where_nobody_stands_above(story):
    frozen(story, 2)
    with pytest.raises(BadMove):
        waiving.ask(actor=story.lead, case_id=story.case.pk, person=story.lead, reason="本人")
    with pytest.raises(BadMove, match="不需回避"):
        waiving.ask(actor=story.lead, case_id=story.case.pk, person=story.workshop_inspectors[0], reason="人少")
    with pytest.raises(NotYours):
        waiving.ask(actor=story.planner, case_id=story.case.pk, person=story.inspectors[0], reason="人少")
    job = LotJob.objects.filter(lot=story.lot).first().job
    JobPerson.objects.create(job=job, person=story.inspectors[0], part=Part.ACCEPTOR)
    with pytest.raises(BadMove, match="上一级"):
        waiving.ask(actor=story.lead, case_id=story.case.pk, person=story.inspectors[0], reason="人少")


# ---------------------------------------------------------------- the decision and after
def test_holds_stand_until_the_lot_is_accepted(story):
    frozen(story)
    assert SettlementHold.objects.standing().filter(reference=story.case.number).count() == 12
    story.commit()
    story.reveal()
    story.draw()
    finish(story)
    assert story.lot.accepted and not SettlementHold.objects.standing().exists()


def test_a_lot_not_accepted_keeps_the_unchecked_until_it_is_resubmitted(story):
    story.to_draw(12)
    bad = set(story.numbers()[:1])
    finish(story, failing=bad)
    lot, checked = story.lot, DrawnJob.objects.filter(draw__lot=story.lot).values("lot_job").distinct().count()
    assert SettlementHold.objects.standing().count() == 12 - checked
    client = story.plant.client(story.lead)
    url = reverse("resubmit_lot", args=[lot.case.number])
    assert client.get(url).status_code == 200
    assert client.post(url, {"how": "?"}).status_code == 422
    assert story.plant.client(story.planner).post(url, {"how": "sample"}).status_code == 403
    assert client.post(url, {"how": "sample"}).status_code == 303
    assert client.post(url, {"how": "sample"}).status_code == 422, "once"
    story.lot_id = Lot.objects.get(resubmits=lot).pk
    story.freeze()
    story.commit()
    story.reveal()
    story.draw()
    before = Switching.objects.get().state
    finish(story)
    assert story.lot.accepted and Switching.objects.get().state == before, "it does not count for the switching"
    assert not SettlementHold.objects.standing().exists()


def test_every_unchecked_job_may_be_checked_instead(story):
    story.to_draw(12)
    finish(story, failing=set(story.numbers()[:1]))
    first, checked = story.lot, DrawnJob.objects.filter(draw__lot=story.lot).values("lot_job").distinct().count()
    story.lot_id = opening.resubmit(first, actor=story.lead, every=True).pk
    story.freeze()
    story.commit()
    story.reveal()
    assert story.draw().size == 12 - checked == len(story.numbers(1, "all"))
    finish(story, failing=set(story.numbers()))
    assert story.lot.accepted is False and not SettlementHold.objects.standing().exists(), "all are checked now"
    with pytest.raises(BadMove):
        opening.resubmit(story.lot, actor=story.lead, every=False)


def test_a_critical_one_anywhere_decides(story):
    story.to_draw(20, sampling={"aql": "10"})
    assert story.lot.ac >= 1
    story.inspect()
    story.reveal()
    story.draw()
    story.inspect(critical=set(story.numbers(2, "undrawn")))
    story.reveal()
    story.draw()
    assert set(story.numbers(2, "undrawn")) <= set(story.numbers(3)), "every critical one comes on top of tier 3"
    story.inspect()
    story.do(story.lead)
    assert story.lot.accepted is False and story.lot.critical and story.lot.nonconforming == 0


def test_a_disputed_job_comes_on_top_of_the_third_tier(story):
    story.to_draw(12)
    disputed = set(story.numbers()[:2])
    story.inspect(disputed=disputed)
    story.reveal()
    story.draw()
    story.inspect()
    story.reveal()
    story.draw()
    assert disputed <= set(story.numbers(3))


def test_an_open_right_of_reply_keeps_the_lot_from_being_decided(story):
    story.to_draw(4)
    for tier in (1, 2, 3):
        if tier > 1:
            story.reveal()
            story.draw()
        story.inspect()
    out = [1]

    def outstanding(lot):
        return out[0]

    results.register_replies(outstanding)
    try:
        with pytest.raises(BadMove):
            story.do(story.lead)
        out[0] = 0
        story.do(story.lead)
    finally:
        results._replies.remove(outstanding)
    assert story.lot.accepted


def test_proof_in_the_reply_changes_the_result_before_the_decision_only(story):
    story.to_draw(4)
    number = story.numbers()[0]
    story.inspect(failing={number})
    one = DrawnJob.objects.get(draw__lot=story.lot, draw__tier=1, lot_job__number=number)
    with transaction.atomic():
        results.revise(one, result="conforming", critical=False, reasons="补交旧件照片", by=story.lead)
    for _tier in (2, 3):
        story.reveal()
        story.draw()
        story.inspect()
    story.do(story.lead)
    assert story.lot.accepted
    with pytest.raises(BadMove), transaction.atomic():
        results.revise(one, result="nonconforming", critical=False, reasons="又", by=story.lead)


# ---------------------------------------------------------------- extras and switching
def test_a_repeat_is_always_checked_and_left_out_of_the_count(story):
    story.begin()
    jobs = story.jobs(12)
    for job in jobs[1:6]:
        job.repeats = jobs[0]
        job.save(update_fields=["repeats"])
    story.open()
    story.freeze()
    story.commit()
    story.reveal()
    draw = story.draw()
    repeats = {job.number for job in jobs[1:6]}
    assert repeats <= set(story.numbers())
    drawn, extra = set(story.numbers(1, "drawn")), set(story.numbers(1, "repeat"))
    assert draw.size == len(drawn) == 5 and extra == repeats - drawn
    finish(story, failing=extra)
    assert story.lot.nonconforming == 0 and story.lot.accepted


def test_two_lots_not_accepted_tighten_and_five_discontinue(story):
    plant = story.plant
    story.begin()

    def lot(failing):
        story.jobs(4)
        if story.lot_id:
            story.make_room()
        story.open()
        story.freeze()
        story.commit()
        story.reveal()
        story.draw()
        finish(story, failing=set(story.numbers()) if failing else set())
        return story.lot

    lot(True)
    assert standing.of(plant.workshop, plant.contractor).inspection == "normal"
    lot(True)
    assert standing.of(plant.workshop, plant.contractor).inspection == "tightened"
    assert lot(False).inspection == "tightened"
    state = switching.State(inspection="discontinued")
    Switching.objects.update(state=switching.to_json(state))
    last = lot(False)
    assert last.inspection == last.check_all == "discontinued"
    assert standing.of(plant.workshop, plant.contractor) == state
    client = plant.client(story.lead)
    url = reverse("switch_inspection", args=["RL", "WW-HX", "improved"])
    assert plant.client(story.planner).post(url, {"reason": "好"}).status_code == 403
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "整改三个月，复查合格"}).status_code == 303
    assert client.post(url, {"reason": "再来"}).status_code == 422
    assert standing.of(plant.workshop, plant.contractor).inspection == "tightened"
    assert story.firm.unit.name in client.get(reverse("inspection_states")).content.decode()
