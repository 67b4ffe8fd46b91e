"""A month's round from the calendar to the pay-out, through the services."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from innovation.awards import marking, opening
from innovation.awards.models import AwardRound, Candidate, Payment, Seat, Share, Sheet
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from workflows.engine.errors import BadMove, NotYours
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin()
    return told


def test_from_the_calendar_to_the_pay_out(story: AwardStory) -> None:
    best, second = story.implemented("分布锥改双层导流"), story.implemented("渣口冷却水套改铜件")
    later = story.implemented("上周才做完的", days_ago=0)
    round = story.open()
    assert opening.open_due() == []  # the same hour again: still one
    assert [c.out for c in Candidate.objects.filter(round=round).order_by("pk")] == ["", "", "later"]
    assert story.at() == "selection" and story.candidate(later).out == "later"

    story.do(story.officer)
    assert story.at() == "scoring"
    assert sorted(s.place for s in Seat.objects.filter(round=round)) == [1, 2, 3, 4, 5, 6, 7]
    for n, judge in enumerate(story.judges):
        story.write(judge, {best.number: 90 + n, second.number: 74 + n})
        assert not Sheet.objects.filter(marks__isnull=False).exists()
        story.seal(judge)

    assert story.at() == "ranking"
    first = story.candidate(best)
    assert (first.score, first.rank, first.grade, first.amount) == ("93/1", 1, "一等奖", Decimal("3000.00"))
    assert story.candidate(second).grade == "三等奖"
    assert [s.amount for s in Share.objects.filter(candidate=first)] == [Decimal("1500.00")] * 2

    story.do(story.officer)
    assert story.at() == "publicity"
    round = story.round
    story.wait_until(round.publicity_until - timedelta(seconds=1))
    assert story.at() == "publicity"
    story.wait_until(round.publicity_until + timedelta(seconds=1))
    assert story.at() == "confirmation"

    story.do(story.officer)
    assert story.round.total == Decimal("4000.00")
    assert sum(p.amount for p in Payment.objects.filter(round=round)) == Decimal("4000.00")
    story.do(story.plant.finance)
    assert story.at() == "closed:published"


def test_nobody_is_awarded_twice(story: AwardStory) -> None:
    story.implemented()
    story.open()
    _award(story)
    with injected(now() + timedelta(days=35)):
        rounds = opening.open_due()
        assert len(rounds) >= 1
        assert not Candidate.objects.filter(round=rounds[-1]).exists()


def _award(story: AwardStory) -> None:
    story.do(story.officer)
    for judge in story.judges:
        story.write(judge, 85)
        story.seal(judge)
    story.do(story.officer)
    story.wait_until(story.round.publicity_until + timedelta(seconds=1))
    story.do(story.officer)
    story.do(story.plant.finance)


def test_a_judge_revises_until_sealed_and_never_after(story: AwardStory) -> None:
    story.implemented()
    story.open()
    story.do(story.officer)
    judge = story.judges[0]
    story.write(judge, 10)
    story.write(judge, 80)
    seat = Seat.objects.get(round=story.round, person=judge)
    assert {w.marks["benefit"] for w in marking.written(seat).values()} == {80}
    story.seal(judge)
    with pytest.raises(BadMove):
        story.write(judge, 90)


def test_no_seal_before_every_candidate_is_marked(story: AwardStory) -> None:
    story.implemented()
    story.open()
    story.do(story.officer)
    with pytest.raises(BadMove, match="1"):
        story.seal(story.judges[0])


def test_an_author_s_team_and_superior_do_not_mark_it(story: AwardStory) -> None:
    plant = story.plant
    for person in (plant.author, plant.coauthor, plant.teammate, plant.team_leader, plant.second_leader):
        plant.hold(person, Role.JUDGE, plant.workshop)
    story.implemented()
    story.open()
    story.do(story.officer)
    recused = dict(
        Seat.objects.filter(round=story.round, recusals__isnull=False).values_list("person", "recusals__relation")
    )
    assert recused == {
        plant.author.pk: "author", plant.coauthor.pk: "co_author", plant.teammate.pk: "own_team",
        plant.team_leader.pk: "own_team",
    }  # fmt: skip
    seat = Seat.objects.get(person=plant.teammate)
    with pytest.raises(marking.MayNotMark):
        marking.write(seat, Candidate.objects.get(round=story.round), {}, "", None)  # type: ignore[arg-type]


def test_at_the_deadline_the_late_are_named_and_the_quorum_decides(story: AwardStory) -> None:
    story.implemented()
    story.open()
    story.do(story.officer)
    for judge in story.judges[:3]:
        story.write(judge, 85)
        story.seal(judge)
    story.wait_until(now() + timedelta(days=30))
    assert story.at() == "ranking"
    assert set(Seat.objects.filter(late=True).values_list("person", flat=True)) == {j.pk for j in story.judges[3:]}


def test_without_the_quorum_a_substitute_is_drawn(story: AwardStory) -> None:
    story.implemented()
    story.open()
    story.do(story.officer)
    for judge in story.judges[:2]:
        story.write(judge, 85)
        story.seal(judge)
    story.wait_until(now() + timedelta(days=30))
    assert story.at() == "substitution"
    story.do(story.officer, how="draw")
    assert story.at() == "scoring"
    drawn = Seat.objects.filter(round=story.round, instead_of__isnull=False)
    assert drawn.count() == 5
    with pytest.raises((NotYours, Exception)):
        story.seal(story.judges[4])
    for seat in drawn:
        judge = Person.objects.get(pk=seat.person_id)
        story.write(judge, 85)
        story.seal(judge)
    assert story.at() == "ranking"


def test_without_anybody_left_the_marks_there_are_open_and_who_lacks_them_comes_again(story: AwardStory) -> None:
    case = story.implemented()
    story.open()
    story.do(story.officer)
    story.wait_until(now() + timedelta(days=30))
    assert story.at() == "substitution"
    story.do(story.officer, how="close")
    assert story.at() == "ranking" and story.candidate(case).rank is None


def test_no_candidates_closes_the_round(story: AwardStory) -> None:
    round = story.open()
    story.do(story.officer)
    assert story.at() == "closed:empty" and AwardRound.objects.get(pk=round.pk).marks_opened_at is None
