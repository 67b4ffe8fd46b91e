"""Two at once, too late, gone before pay-day, and rules that change midway: each with its stated outcome."""

from __future__ import annotations

import copy
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from innovation.awards import marking, opening, ranking
from innovation.awards.collecting import collect
from innovation.awards.models import AwardRound, Candidate, Payment, Recusal, RoundFile, Seat, Sheet
from innovation.awards.records import rules_of
from innovation.awards.rules import DEFAULT_RULES
from innovation.proposals.models import Proposal
from tests.awards.award_story import AwardStory, publish_award_rules
from tests.plant import Plant
from tests.together import at_once
from workflows.engine import clocks
from workflows.engine.errors import BadMove, Late, Refusal
from workflows.engine.models import Step
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    return told


def to_scoring(story: AwardStory) -> None:
    story.open()
    story.do(story.officer)


def to_confirmation(story: AwardStory, mark: int = 85) -> None:
    to_scoring(story)
    for judge in story.judges:
        story.write(judge, mark)
        story.seal(judge)
    story.do(story.officer)
    story.wait_until(story.round.publicity_until + timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_open_one_round(plant: Plant) -> None:
    story = AwardStory(plant)
    story.begin()
    story.implemented()
    month = (now() - timedelta(days=now().day)).date().replace(day=1)
    opened = at_once(*4 * [lambda: opening.open_round(plant.workshop, month)])
    assert len(opened) == 4 and sum(one is not None for one in opened) == 1
    assert AwardRound.objects.filter(month=month).count() == 1


def test_after_a_long_silence_each_month_gets_its_round_and_no_month_two(story: AwardStory) -> None:
    story.implemented()
    story.open()
    with injected(now() + timedelta(days=100)):
        months = [round.month for round in opening.open_due()]
        assert months == sorted(set(months)) and len(months) >= 3
        assert opening.open_due() == []


def test_what_stands_in_a_round_under_way_is_not_collected_again(story: AwardStory) -> None:
    case = story.implemented()
    story.open()
    with injected(now() + timedelta(days=35)):
        later = opening.open_due()[0]
    assert Candidate.objects.get(round=later, proposal__case=case).out == "other_round"


@pytest.mark.django_db(transaction=True)
def test_two_officers_confirm_at_the_same_moment(plant: Plant) -> None:
    story = AwardStory(plant)
    story.begin()
    second = story.judges[0]
    plant.hold(second, Role.INNOVATION_OFFICER, plant.workshop)
    story.implemented()
    to_confirmation(story)
    item, moment = story.item(story.officer), now()

    def confirm(person: Person) -> None:
        with injected(moment), story.turn_at(person, item) as held:
            form = held.kind.forms["confirmation"]({}, turn_case=held.case, person=person)
            assert form.is_valid()
            form.save(held)

    told = at_once(*(partial(confirm, person) for person in (story.officer, second)))
    assert {type(one) for one in told} == {Late, type(None)}
    assert Payment.objects.filter(round=story.round).count() == 2 and RoundFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_judge_seals_while_the_deadline_passes(plant: Plant) -> None:
    """Sealed and counted, or late and told so: never both, never neither."""
    story = AwardStory(plant)
    story.begin()
    story.implemented()
    to_scoring(story)
    *others, last = story.judges
    for judge in story.judges:
        story.write(judge, 85)
    for judge in others:
        story.seal(judge)
    step = Step.objects.get(case=story.case, closed_at=None)
    item = story.item(last)
    assert step.due_at is not None

    def seal() -> None:
        with injected(step.due_at - timedelta(microseconds=1)), story.turn_at(last, item) as held:
            marking.seal_in_turn(held)

    def ring() -> None:
        with injected(step.due_at + timedelta(seconds=1)):
            clocks.fall_due(step.pk)

    told = at_once(seal, ring)
    seat = Seat.objects.get(person=last)
    assert (seat.sealed_at is not None) is not seat.late
    assert [type(one) for one in told if isinstance(one, Refusal)] == ([Late] if seat.late else [])
    assert story.at() == "ranking"
    assert Sheet.objects.filter(seat=seat, marks__isnull=False).exists() is not seat.late


def test_one_judge_left_decides_alone_where_the_rules_let_them(plant: Plant) -> None:
    story = AwardStory(plant)
    story.begin(quorum=1)
    case = story.implemented()
    to_scoring(story)
    story.write(story.judges[0], 85)
    story.seal(story.judges[0])
    story.wait_until(now() + timedelta(days=30))
    assert story.at() == "ranking" and Seat.objects.filter(late=True).count() == 6
    assert (story.candidate(case).score, story.candidate(case).rank) == ("85/1", 1)


def test_a_month_is_not_opened_again_by_mistake(story: AwardStory) -> None:
    story.implemented()
    to_confirmation(story)
    month = story.round.month
    for _state in ("confirmation", "payout", "published"):
        assert opening.open_round(story.plant.workshop, month) is None
        if story.at() != "closed:published":
            story.do(story.officer if story.at() == "confirmation" else story.plant.finance)
    assert opening.open_due() == [] and AwardRound.objects.filter(month=month).count() == 1
    assert story.at() == "closed:published"


def test_two_officers_confirm_and_the_second_is_told_who_was_faster(story: AwardStory) -> None:
    plant = story.plant
    second = story.judges[0]
    plant.hold(second, Role.INNOVATION_OFFICER, plant.workshop)
    story.implemented()
    to_confirmation(story)
    item = story.item(story.officer)
    story.do(story.officer)
    with pytest.raises(Late), story.turn_at(second, item):
        pass
    assert Payment.objects.filter(round=story.round).count() == 2


def test_a_seal_after_the_deadline_comes_too_late_and_says_so(story: AwardStory) -> None:
    story.implemented()
    to_scoring(story)
    for judge in story.judges[:3]:
        story.write(judge, 80)
        story.seal(judge)
    late = story.judges[3]
    story.write(late, 80)
    item = story.item(late)
    story.wait_until(now() + timedelta(days=30))
    with pytest.raises(Late), story.turn_at(late, item):
        pass
    with pytest.raises(BadMove, match="评分时间已过"):
        story.write(late, 90)
    assert Seat.objects.get(person=late).late


def test_an_author_who_leaves_before_pay_day_is_paid_all_the_same(story: AwardStory) -> None:
    story.implemented()
    to_confirmation(story)
    type(story.plant.author).objects.filter(pk=story.plant.author.pk).update(is_active=False)
    story.do(story.officer)
    assert Payment.objects.filter(round=story.round, person=story.plant.author).count() == 1


def test_rules_published_midway_bind_the_next_round_and_not_this_one(story: AwardStory) -> None:
    case = story.implemented()
    to_scoring(story)
    grades = copy.deepcopy(DEFAULT_RULES["grades"])
    for grade in grades:
        grade["amount"] = "1.00"
    publish_award_rules(story.plant, grades=grades)
    for judge in story.judges:
        story.write(judge, 95)
        story.seal(judge)
    assert story.candidate(case).amount == Decimal("3000.00")


def test_ties_everywhere_are_ordered_by_benefit_then_filing_then_number(story: AwardStory) -> None:
    first, second, third = (story.implemented(f"一样好的第{n}件") for n in "一二三")
    Proposal.objects.filter(case=third).update(
        status="verified", verified_benefit="5.00", verified_at=now() - timedelta(days=1), reverify_on=now().date(),
        saving=5, added_cost=0, investment=0,
    )  # fmt: skip
    to_scoring(story)
    for judge in story.judges:
        story.write(judge, 85)
        story.seal(judge)
    assert [story.candidate(case).rank for case in (third, first, second)] == [1, 2, 3]


def test_above_the_ceiling_all_are_scaled_and_nothing_is_made_up(plant: Plant) -> None:
    story = AwardStory(plant)
    story.begin(ceiling="1000.00", over="scale")
    cases = [story.implemented(f"第{n}件") for n in "一二三"]
    to_confirmation(story, mark=95)
    story.do(story.officer)
    found = [story.candidate(case) for case in cases]
    assert sum(one.amount for one in found if one.amount) <= Decimal("1000.00")
    assert story.round.total == sum(p.amount for p in Payment.objects.filter(round=story.round))


def test_above_the_ceiling_the_lowest_grade_waits_and_comes_again(plant: Plant) -> None:
    story = AwardStory(plant)
    story.begin(ceiling="5000.00", over="wait")
    cases = [story.implemented(f"第{n}件") for n in "一二三"]
    to_confirmation(story, mark=95)
    story.do(story.officer)
    waiting = [case for case in cases if story.candidate(case).waits]
    assert len(waiting) == 2  # one first prize of 3,000 is paid; two seconds of 2,000 do not fit together
    story.do(story.plant.finance)
    with injected(now() + timedelta(days=35)):
        later = opening.open_due()[0]
        assert set(Candidate.objects.filter(round=later, out="").values_list("proposal__case", flat=True)) == {
            case.pk for case in waiting
        }


def test_collecting_and_ranking_ask_as_little_for_many_as_for_few(
    story: AwardStory, django_assert_max_num_queries: Any
) -> None:
    cases = [story.implemented(f"第{n}件") for n in range(24)]
    to_scoring(story)
    round, counts = story.round, []
    for number in (24, 6):
        Recusal.objects.filter(candidate__round=round).delete()
        Candidate.objects.filter(round=round).exclude(proposal__case__in=cases[:number]).delete()
        with django_assert_max_num_queries(40) as counted:
            ranking.rank(round)
        counts.append(len(counted))
    assert counts[0] == counts[1]
    Candidate.objects.filter(round=round).delete()
    with django_assert_max_num_queries(1):
        collect(round, rules_of(round.case))
    assert Candidate.objects.filter(round=round).count() == 24
