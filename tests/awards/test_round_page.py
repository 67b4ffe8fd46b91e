"""The round's page: what its officer and its readers see, and candidates that come in or go out by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innovation.awards import selecting
from innovation.awards.models import Candidate, Payment, Recusal, Share
from innovation.proposals.models import Proposal
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from workflows.engine.errors import Overtaken
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db
CANARY = 37


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    told = AwardStory(plant)
    told.begin(ceiling="3500.00")
    plant.extra["first"] = told.implemented("分布锥改双层导流")
    plant.extra["second"] = told.implemented("渣包倾翻机限位加固", author=plant.other_leader, coauthors=())
    plant.extra["later"] = told.implemented("上周才做完的", days_ago=0)
    told.open()
    return told


class Office:
    """Somebody's browser at the round."""

    def __init__(self, story: AwardStory, person: Person) -> None:
        self.story, self.person = story, person
        self.client = story.plant.client(person)
        self.at = f"/awards/{story.round.case.number}/"

    def page(self) -> str:
        answer = self.client.get(self.at)
        assert answer.status_code == 200
        text: str = answer.content.decode()
        return text

    def put_in(self, case: Case, reason: str = "上周就完成了，实施单迟交") -> Any:
        return self.client.post(self.at + "candidates/add/", {"number": case.number, "reason": reason})

    def opened(self, case: Case) -> str:
        text = self.client.get(f"{self.at}candidates/{case.number}/remove/").content.decode()
        return re.search('name="seen" value="([^"]*)"', text)[1]  # type: ignore[index]

    def take_out(self, case: Case, seen: str | None = None, reason: str = "资料不实", how: str = "officer") -> Any:
        sent = {"how": how, "reason": reason, "seen": self.opened(case) if seen is None else seen}
        return self.client.post(f"{self.at}candidates/{case.number}/remove/", sent)

    def task(self) -> Any:
        item = self.story.item(self.person)
        return self.client.get(f"/cases/{self.story.round.case.number}/tasks/{item.pk}/")


@pytest.fixture
def office(story: AwardStory) -> Office:
    return Office(story, story.officer)


def _judge_everything(story: AwardStory, first: int = 92, second: int = 75) -> None:
    marks = {story.plant.extra["first"].number: first, story.plant.extra["second"].number: second}
    for judge in story.judges:
        story.write(judge, marks)
        story.seal(judge)


def test_the_officer_sees_who_is_in_and_who_is_out_and_why(story: AwardStory, office: Office) -> None:
    page = office.page()
    assert "候选 2 件" in page and "班组采纳" in page
    assert "截止之后才实施" in page and "上周才做完的" in page
    assert "¥3,500.00" in page  # the ceiling; what it comes to is known after the ranking
    task = office.task().content.decode()
    assert "分布锥改双层导流" in task and "截止之后才实施" in task
    listed = office.client.get("/awards/").content.decode()
    assert story.round.case.number in listed and "熔炼车间" in listed and "核对候选中" in listed


def test_whoever_may_not_read_the_round_finds_none(story: AwardStory) -> None:
    for person in (story.plant.stranger, story.plant.contractor_person, story.plant.admin):
        if person == story.plant.admin:  # posted in the workshop itself: reads, and does nothing
            assert Office(story, person).client.get(Office(story, person).at).status_code == 200
            assert Office(story, person).put_in(story.plant.extra["later"]).status_code == 403
            continue
        office = Office(story, person)
        assert office.client.get(office.at).status_code == 404
        assert office.put_in(story.plant.extra["later"]).status_code == 404
        assert office.take_out(story.plant.extra["first"], "").status_code == 404
        assert story.round.case.number not in office.client.get("/awards/").content.decode()


def test_readers_change_nothing(story: AwardStory) -> None:
    for person in (story.judges[0], story.plant.observer, story.plant.reviewers[0]):
        reader = Office(story, person)
        page = reader.page()
        assert "取下…" not in page and "放入…" not in page
        assert reader.put_in(story.plant.extra["later"]).status_code == 403
        assert reader.take_out(story.plant.extra["first"], "").status_code == 403
        assert reader.client.get(reader.at + "candidates/add/").status_code == 403
    assert Candidate.objects.filter(out="").count() == 2


def test_before_the_opening_the_page_tells_who_has_sealed_and_nothing_else(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    before = office.page()
    story.write(story.judges[0], CANARY)
    written = office.page()
    story.seal(story.judges[0])
    sealed = office.page()
    assert "7 位评委中 0 位已密封" in before and "7 位评委中 1 位已密封" in sealed
    plain = [re.sub(r"(csrf[^>]*|token)[^>]*>|<time.*?</time>", "", text) for text in (before, written)]
    assert plain[0] == plain[1]  # a draft changes nothing on anybody's page
    assert str(CANARY) not in re.sub(r"<[^>]*>|[0-9a-f]{4}…[0-9a-f]{4}", " ", sealed)
    name = story.judges[0].name
    assert name not in sealed and not re.search(r"\bJ[1-7]\b", sealed)  # whose place it is, is not told by time either
    assert sealed.count('data-s="sealed" title=') == 2 * 2  # a lock for each candidate, at the desk and on the phone


def test_after_the_opening_it_shows_how_each_score_came_about(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    first = story.plant.extra["first"].number
    second = story.plant.extra["second"].number
    for n, judge in enumerate(story.judges):
        story.write(judge, {first: 90 + n, second: 75})
        story.seal(judge)
    page = office.page()
    assert "93.00" in page and "75.00" in page and "一等奖" in page and "三等奖" in page
    assert len(re.findall(r'class="num dropped">90.00', page)) == 2  # in the table and in the phone's rows
    assert len(re.findall(r'class="num dropped">96.00', page)) == 2
    assert "7 个分去掉最高、最低各一个，余下 5 个平均 93.00。" in page
    assert "看过现场。" in page  # comments, without a name
    assert "¥4,000.00" in page and "¥3,500.00" in page and "¥2,625.00" in page and "¥1,312.50" in page
    task = office.task().content.decode()
    assert "¥2,625.00" in task and "按等级合计" in task  # shown before confirming
    assert all(judge.name not in page for judge in story.judges)


def test_late_judges_are_named_and_not_their_places(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    for judge in story.judges[:3]:
        story.write(judge, 85)
        story.seal(judge)
    story.wait_until(now() + timedelta(days=30))
    page = office.page()
    note = re.search(r"到期未评</strong>(.*?)</div>", page, re.S)[1]  # type: ignore[index]
    assert [judge.name in note for judge in story.judges] == [False] * 3 + [True] * 4
    assert "J" not in note


def test_one_is_put_in_by_hand_with_a_reason(story: AwardStory, office: Office) -> None:
    later = story.plant.extra["later"]
    sheet = office.client.get(f"{office.at}candidates/add/?case={later.number}").content.decode()
    assert f'value="{later.number}"' in sheet
    assert "写明原因" in office.put_in(later, "  ").content.decode()
    assert office.put_in(later).status_code == 303
    assert office.put_in(later).status_code == 303  # the same form twice: once
    one = story.candidate(later)
    assert one.out == "" and one.added_by == story.officer
    page = office.page()
    assert "候选 3 件" in page and "奖办 放入：上周就完成了，实施单迟交" in page
    assert Entry.objects.filter(event="award.candidate.added").count() == 1


def test_who_comes_in_during_the_scoring_is_recused_from_like_any_other(story: AwardStory, office: Office) -> None:
    plant = story.plant
    plant.hold(plant.author, Role.JUDGE, plant.workshop)
    story.do(story.officer)
    assert office.put_in(plant.extra["later"]).status_code == 303
    added = story.candidate(plant.extra["later"])
    assert Recusal.objects.filter(candidate=added, seat__person=plant.author, relation="author").exists()


def test_nothing_comes_in_once_a_judge_has_sealed(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    story.write(story.judges[0], 80)
    story.seal(story.judges[0])
    refused = office.put_in(story.plant.extra["later"])
    assert refused.status_code == 409 and "已有评委密封" in refused.content.decode()
    assert story.candidate(story.plant.extra["later"]).out == "later"


def test_what_is_no_candidate_is_refused_at_the_field(story: AwardStory, office: Office) -> None:
    unfinished = story.implemented("刚采纳")
    Proposal.objects.filter(case=unfinished).update(implemented_at=None, status="accepted")
    for number, words in (
        (unfinished.number, "已采纳并实施的才能参评"),
        ("TA-0000-0000", "没有这个编号"),
        (story.plant.extra["first"].number, "已经是候选了"),
    ):
        answer = office.client.post(office.at + "candidates/add/", {"number": number, "reason": "迟交"})
        assert answer.status_code == 422 and words in answer.content.decode() and "迟交" in answer.content.decode()


def test_one_is_taken_out_with_a_reason_that_all_read(story: AwardStory, office: Office) -> None:
    first = story.plant.extra["first"]
    assert office.take_out(first, how="").status_code == 422
    assert office.take_out(first, reason="").status_code == 422
    assert office.take_out(first).status_code == 303
    page = office.page()
    assert "候选 1 件" in page and "创新专员取下：资料不实" in page
    assert Entry.objects.filter(event="award.candidate.removed").count() == 1
    assert office.put_in(first).status_code == 303  # and in again: both on record


def test_two_officers_at_once_and_a_page_from_before(story: AwardStory, office: Office) -> None:
    plant, first = story.plant, story.plant.extra["first"]
    plant.hold(plant.reviewers[0], Role.INNOVATION_OFFICER, plant.workshop)
    second = Office(story, plant.reviewers[0])
    mine, theirs = office.opened(first), second.opened(first)
    assert office.take_out(first, mine).status_code == 303
    assert office.take_out(first, mine).status_code == 303  # pressed twice: once
    late = second.take_out(first, theirs, reason="另一个原因")
    assert late.status_code == 409 and "奖办 已经把它取下了" in late.content.decode()
    assert "另一个原因" in late.content.decode()
    assert second.put_in(first).status_code == 303
    assert office.put_in(first, "我也想放回").status_code == 409
    assert Entry.objects.filter(event__startswith="award.candidate.").count() == 2


def test_a_ranking_that_a_colleague_changed_is_not_hung_out(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    _judge_everything(story)
    shown = office.task().content.decode()
    form = {name: re.search(f'name="{name}"[^>]*value="([^"]*)"', shown)[1] for name in ("token", "seen")}  # type: ignore[index]
    old = office.opened(story.plant.extra["first"])
    assert office.take_out(story.plant.extra["first"], old).status_code == 303
    item = story.item(story.officer)
    at = f"/cases/{story.round.case.number}/tasks/{item.pk}/"
    late = office.client.post(at, form | {"verb": "complete"})
    assert late.status_code == 409 and "有了变化" in late.content.decode()
    assert story.at() == "ranking"
    # Reckoned anew: the other has the round for itself, unscaled.
    left = story.candidate(story.plant.extra["second"])
    assert (left.rank, left.grade, str(left.amount)) == (1, "三等奖", "1000.00")
    assert not Share.objects.filter(candidate__proposal__case=story.plant.extra["first"]).exists()
    assert Entry.objects.filter(event="award.round.ranked").count() == 2


def test_once_the_notice_hangs_nothing_is_taken_out(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    _judge_everything(story)
    seen = office.opened(story.plant.extra["first"])
    story.do(story.officer)
    assert office.take_out(story.plant.extra["first"], seen).status_code == 409
    with pytest.raises(Overtaken):
        selecting.put_in(
            actor=story.officer, round_id=story.round.pk, number=story.plant.extra["later"].number, reason="迟"
        )
    everybody = Office(story, story.plant.stranger)  # from now on the whole workshop reads it
    assert "一等奖" in everybody.page()
    assert "取下…" not in office.page()


def test_to_the_pay_out(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    _judge_everything(story)
    story.do(story.officer)
    story.wait_until(story.round.publicity_until + timedelta(seconds=1))
    asked = office.task().content.decode()
    assert "按等级合计" in asked
    for one in Candidate.objects.filter(round=story.round).awarded():  # each that the ceiling touches, before it counts
        assert f"¥{one.unscaled:,.2f} → ¥{one.amount:,.2f}" in asked and one.amount < one.unscaled
    story.do(story.officer)
    finance = Office(story, story.plant.finance)
    assert "¥3,500.00" in finance.task().content.decode()
    story.do(story.plant.finance)
    assert sum(line.amount for line in Payment.objects.all()) == 3500
    assert "已公布" in office.page()
    assert "¥3,500.00" in office.client.get("/awards/").content.decode()


def test_as_many_statements_for_ten_as_for_two_hundred(story: AwardStory, office: Office) -> None:
    story.do(story.officer)
    _judge_everything(story)
    counted = {}
    for _warm in range(2):  # statements are prepared at their second use
        office.page()
    for much in (10, 200):
        _copy(story, much)
        with CaptureQueriesContext(connection) as asked:
            page = office.page()
        counted[much] = len(asked)
    assert counted[10] == counted[200] and counted[200] < 45, counted
    assert "候选 200 件" in page and "?page=2" in page


def _copy(story: AwardStory, much: int) -> None:
    """As if there had been so many: rows only."""
    first = story.plant.extra["first"]
    model = Proposal.objects.get(case=first)
    for n in range(Candidate.objects.filter(out="").count(), much):
        case = Case.objects.get(pk=first.pk)
        case.pk, case.number, case.process_id, case.imported = None, f"TA-COPY-{n}", None, True
        case.token, case.state, case.closed_at = f"00000000-0000-4000-8000-{n:012}", "closed", now()
        case.save(force_insert=True)
        model.pk, model.case_id = None, case.pk
        model._state.adding = True
        model.case = case
        model.save(force_insert=True)
        Candidate.objects.create(
            round=story.round, proposal=model, level="team", filed_at=now(), score="80/1", rank=n + 1
        )
