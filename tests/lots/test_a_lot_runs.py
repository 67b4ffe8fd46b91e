"""A lot from the calendar to its decision."""

import pytest

from maintenance_audit.lots import opening
from maintenance_audit.lots.models import Assignment, DrawnJob, EligibleInspector, Lot, LotJob, Nonce
from maintenance_audit.lots.record import record_of
from maintenance_audit.lots.redraw import problems
from tests.lots.story import LotStory


@pytest.fixture
def story(plant):
    return LotStory(plant)


def test_the_calendar_opens_each_lot_once(story):
    story.begin()
    story.jobs(3)
    lot = story.open()
    assert opening.open_due() == []
    assert lot.state == "draft" and lot.case.number.startswith("PC-") and story.node == "freezing"


def test_a_lot_runs_through_three_tiers_and_is_accepted(story):
    draw = story.to_draw(20)
    lot = story.lot
    assert (lot.state, lot.code, lot.sample, lot.ac, lot.re) == ("drawn", "C", 5, 0, 1)
    assert len(story.numbers()) == 5 == draw.size
    assert Assignment.objects.filter(drawn_job__draw=draw).count() == 10
    assert not Nonce.objects.get(lot=lot, tier=1, party="lead").nonce, "who comes stays unknown"
    story.inspect()
    assert Nonce.objects.get(lot=lot, tier=1, party="lead").nonce
    assert story.node == "contractor_reveal" and story.lot.tier == 2 and story.lot.state == "adjudicated"
    story.reveal()
    assert story.lot.state == "revealed"
    story.draw()
    assert len(story.numbers(2, "drawn")) == 3 and len(story.numbers(2, "undrawn")) == 1
    story.inspect()
    story.reveal()
    story.draw()
    assert len(story.numbers(3)) == 2
    story.inspect()
    assert story.node == "decision"
    story.do(story.lead)
    lot = story.lot
    assert lot.accepted and lot.state == "decided" and lot.nonconforming == 0 and lot.case.state == "closed"
    record = record_of(lot)
    assert problems(record) == [] and [draw["tier"] for draw in record["draws"]] == [1, 2, 3]


def test_one_nonconforming_job_too_many(story):
    story.to_draw(20)
    bad = set(story.numbers()[:1])
    for tier in (1, 2, 3):
        if tier > 1:
            story.reveal()
            story.draw()
        story.inspect(failing=bad)
    story.do(story.lead, words="见整改单。")
    assert story.lot.accepted is False and story.lot.nonconforming == 1 and story.lot.decision == "见整改单。"


def test_an_empty_lot_is_void(story):
    story.begin()
    [job] = story.jobs(1)
    story.open()
    job.delete()
    story.freeze()
    assert story.lot.state == "void" and story.case.standing == "void"


def test_a_lot_of_one_is_checked(story):
    story.to_draw(1)
    assert story.numbers() == ["WX-2603-001"] and story.lot.sample == 1
    story.inspect()
    assert story.node == "contractor_reveal"


def test_what_arrives_after_the_freeze_joins_the_next_lot(story):
    story.begin()
    story.jobs(3)
    story.open()
    story.freeze()
    late = story.jobs(1)
    assert LotJob.objects.filter(lot=story.lot).count() == 3
    assert not LotJob.objects.filter(job=late[0]).exists()
    assert Lot.objects.count() == 1 and opening.open_due() == []


def test_nobody_checks_their_own_teams_job_nor_twice(story):
    story.to_draw(20)
    for one in DrawnJob.objects.filter(draw__lot=story.lot).select_related("lot_job__job"):
        pair = list(one.assignments.select_related("person"))
        assert len({row.person_id for row in pair}) == 2
        assert all(row.person.unit_id != one.lot_job.job.team_id for row in pair)
    assert EligibleInspector.objects.filter(lot=story.lot, tier=1).count() == 6
