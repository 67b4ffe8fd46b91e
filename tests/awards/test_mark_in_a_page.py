"""A judge reads the candidates, marks them on a phone, keeps drafts, seals; and nobody else reads a mark."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Q

from innovation.awards import marking
from innovation.awards.models import Recusal, Seat, Sheet
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from tests.test_nasty_input import NASTY
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db
KEYS = ("benefit", "novelty", "practicality", "spread", "safety")


@pytest.fixture
def story(plant: Plant) -> AwardStory:
    """Two candidates, seven judges, and one more who wrote the first: the scoring is open."""
    told = AwardStory(plant)
    told.begin()
    plant.hold(plant.author, Role.JUDGE, plant.workshop)
    plant.extra["own"] = told.implemented("分布锥改双层导流", coauthors=())
    plant.extra["other"] = told.implemented("渣包倾翻机限位加固", author=plant.other_leader, coauthors=())
    told.open()
    told.do(told.officer)
    return told


class Desk:
    """One judge's browser at the marking."""

    def __init__(self, story: AwardStory, judge: Person) -> None:
        self.story, self.judge = story, judge
        self.client = story.plant.client(judge)
        self.at = f"/awards/{story.round.case.number}/score/"

    def page(self, case: Case | None = None, **asked: Any) -> Any:
        return self.client.get(self.at + (f"{case.number}/" if case else ""), **asked)

    def hidden(self, case: Case) -> dict[str, str]:
        text = self.page(case).content.decode()
        return {name: re.search(f'name="{name}" value="([^"]*)"', text)[1] for name in ("token", "seen")}  # type: ignore[index]

    def send(self, case: Case, marks: Any, *, form: dict[str, str] | None = None, **more: str) -> Any:
        given = marks if isinstance(marks, dict) else dict.fromkeys(KEYS, marks)
        typed = {f"mark-{key}": str(value) for key, value in given.items()}
        sent = (form if form is not None else self.hidden(case)) | typed | {"then": "save"} | more
        return self.client.post(f"{self.at}{case.number}/", sent)

    def seal(self, **sent: str) -> Any:
        return self.client.post(self.at + "seal/", {"token": str(uuid4())} | sent)

    @property
    def seat(self) -> Seat:
        return Seat.objects.get(round=self.story.round, person=self.judge)


@pytest.fixture
def desk(story: AwardStory) -> Desk:
    return Desk(story, story.judges[0])


def test_from_the_queue_to_the_seal(story: AwardStory, desk: Desk) -> None:
    plant = story.plant
    task = desk.client.get(f"/cases/{story.round.case.number}/tasks/{story.item(desk.judge).pk}/").content.decode()
    assert desk.at in task
    first = desk.page().content.decode()
    assert "分布锥改双层导流" in first and "渣包倾翻机限位加固" in first and "disabled" in first
    read = desk.page(plant.extra["own"]).content.decode()
    assert "改双层导流" in read and "35%" in read  # what it says, and what weighs how much
    assert desk.client.get(f"/cases/{plant.extra['own'].number}/").status_code == 200

    sent = desk.send(plant.extra["own"], {"benefit": 80, "novelty": 70, "practicality": 90, "spread": 60, "safety": 55})
    shown = desk.client.get(sent["Location"]).content.decode()
    assert "75.00" in shown and "28 + 17.5 + 18 + 6 + 5.5" in shown
    onward = desk.send(plant.extra["own"], 80, then="next")
    assert onward["Location"].endswith(f"/score/{plant.extra['other'].number}/")
    assert desk.send(plant.extra["other"], "７０", then="next")["Location"] == desk.at
    sheet = desk.client.get(desk.at + "seal/").content.decode()
    assert "80.00" in sheet and "70.00" in sheet and "密封，不能再改" in sheet
    assert not Sheet.objects.filter(marks__isnull=False).exists()

    assert desk.seal().status_code == 303
    sealed = desk.page().content.decode()
    assert "已密封" in sealed and "decision-bar" not in sealed
    assert desk.page(plant.extra["own"]).status_code == 302  # nothing to change any more


def test_what_is_wrong_is_said_at_its_field_and_kept(story: AwardStory, desk: Desk) -> None:
    case = story.plant.extra["own"]
    for wrong in ("101", "-1", "8.5", "八十", "1e2"):
        answer = desk.send(case, {"benefit": wrong, "novelty": "70"}, comment="看过现场")
        text = answer.content.decode()
        assert answer.status_code == 422 and f'value="{wrong}"' in text and 'value="70"' in text and "看过现场" in text
        assert text.count('class="field-error"') == 1
    assert marking.written(desk.seat) == {}


def test_whatever_comes_in_is_answered(story: AwardStory, desk: Desk) -> None:
    case = story.plant.extra["own"]
    for nasty in (*NASTY, "9፩", "1" * 5000):
        for sent in ({"benefit": nasty}, {"comment": nasty}, {"step": nasty}, {"then": nasty}, {"seen": nasty}):
            marks = {"benefit": sent["benefit"]} if "benefit" in sent else {"novelty": "70"}
            more = {name: value for name, value in sent.items() if name != "benefit"}
            answer = desk.send(case, marks, form={"token": str(uuid4()), "seen": ""}, **more)
            assert answer.status_code in (303, 400, 409, 422), (sent, answer.status_code)
        desk.send(case, {"benefit": nasty}, form={"token": nasty, "seen": ""}, step="+benefit")
    assert desk.page(case).status_code == 200


def test_without_a_script_the_buttons_reckon_too(story: AwardStory, desk: Desk) -> None:
    case = story.plant.extra["own"]
    desk.send(case, {"benefit": 99}, step="+benefit")
    desk.send(case, {"benefit": 100, "novelty": ""}, step="+benefit")
    desk.send(case, {"benefit": 100, "novelty": "0"}, step="-novelty")
    assert marking.written(desk.seat)[story.candidate(case).pk].marks == {"benefit": 100, "novelty": 0}
    assert "—" in desk.page(case).content.decode()  # no weighted mark before all are there


def test_the_same_form_twice_is_kept_once_and_an_older_one_is_too_late(story: AwardStory, desk: Desk) -> None:
    case = story.plant.extra["own"]
    old, new = desk.hidden(case), desk.hidden(case)
    for _press in range(2):
        assert desk.send(case, 60, form=new).status_code == 303
    late = desk.send(case, 90, form=old, comment="另一个窗口里写的")
    assert late.status_code == 409 and "另一个窗口里写的" in late.content.decode()
    assert set(marking.written(desk.seat)[story.candidate(case).pk].marks.values()) == {60}


def test_sealing_twice_counts_once_and_nothing_is_written_after(story: AwardStory, desk: Desk) -> None:
    own, other = story.plant.extra["own"], story.plant.extra["other"]
    form = desk.hidden(own)
    for case in (own, other):
        desk.send(case, 80)
    assert desk.seal().status_code == 303
    assert desk.seal().status_code == 409
    late = desk.send(own, 10, form=form)
    assert late.status_code == 409
    assert Entry.objects.filter(event="award.marks.sealed").count() == 1
    assert set(marking.written(desk.seat)[story.candidate(own).pk].marks.values()) == {80}


def test_nothing_is_sealed_before_everything_is_marked(story: AwardStory, desk: Desk) -> None:
    desk.send(story.plant.extra["own"], 80)
    refused = desk.seal()
    assert refused.status_code == 422 and story.plant.extra["other"].number in refused.content.decode()
    assert desk.seat.sealed_at is None


def test_a_recused_judge_reads_why_and_an_attempt_is_refused_and_recorded(story: AwardStory) -> None:
    own = story.plant.extra["own"]
    desk = Desk(story, story.plant.author)
    why = marking.why_not("author")
    assert why in desk.page().content.decode()
    page = desk.page(own).content.decode()
    assert why in page and "mark-benefit" not in page
    refused = desk.send(own, 100, form={"token": str(uuid4()), "seen": ""})
    assert refused.status_code == 403 and why in refused.content.decode()
    assert Recusal.objects.get(seat=desk.seat).refused == 1
    assert Entry.objects.filter(event="award.mark.refused").count() == 1
    desk.send(story.plant.extra["other"], 80)
    assert desk.seal().status_code == 303  # the others are theirs to mark


def test_whoever_does_not_judge_finds_nothing(story: AwardStory) -> None:
    plant, own = story.plant, story.plant.extra["own"]
    for person in (story.officer, plant.stranger, plant.observer, plant.reviewers[0], plant.contractor_person):
        desk = Desk(story, person)
        assert desk.page().status_code == 404
        assert desk.page(own).status_code == 404
        assert desk.client.get(desk.at + "seal/").status_code == 404
        assert desk.send(own, 50, form={"token": str(uuid4())}).status_code == 404
        assert desk.seal().status_code == 404
    anybody = Desk(story, story.judges[1])
    assert anybody.client.get(f"/awards/{own.number}/score/").status_code == 404  # no round
    assert anybody.client.get(f"{anybody.at}TA-0000-0000/").status_code == 404


def test_no_judge_sees_another_s_marks(story: AwardStory, desk: Desk) -> None:
    case = story.plant.extra["own"]
    desk.send(case, {"benefit": 37}, comment="只有我知道的话")
    for other in (story.judges[1], story.plant.author):
        for page in (Desk(story, other).page(), Desk(story, other).page(case)):
            text = page.content.decode()
            assert "只有我知道的话" not in text and 'value="37"' not in text
    assert not Sheet.objects.filter(~Q(marks=None) | ~Q(comment="")).exists()


def test_a_late_judge_is_told_so(story: AwardStory) -> None:
    for judge in story.judges[1:]:
        story.write(judge, 80)
        story.seal(judge)
    desk = Desk(story, story.judges[0])
    form = desk.hidden(story.plant.extra["own"])
    story.wait_until(now() + timedelta(days=30))
    assert story.at() == "ranking"
    assert "看看评分结果" in desk.page().content.decode()
    late = desk.send(story.plant.extra["own"], 80, form=form)
    assert late.status_code == 409
    assert desk.seal().status_code == 409


def test_a_candidate_taken_out_after_two_marks_needs_none_and_counts_for_nothing(story: AwardStory) -> None:
    own, other = story.plant.extra["own"], story.plant.extra["other"]
    for judge in story.judges[:2]:
        story.write(judge, 90)
        story.seal(judge)
    third = Desk(story, story.judges[2])
    form = third.hidden(own)
    third.send(other, 70)
    officer = story.plant.client(story.officer)
    out = f"/awards/{story.round.case.number}/candidates/{own.number}/remove/"
    seen = re.search('name="seen" value="([^"]*)"', officer.get(out).content.decode())[1]  # type: ignore[index]
    assert officer.post(out, {"how": "withdrawn", "reason": "作者撤回", "seen": seen}).status_code == 303

    late = third.send(own, 10, form=form, comment="已经写了一半")
    assert late.status_code == 409 and "已经写了一半" in late.content.decode()
    assert third.page(own).status_code == 302
    assert third.seal().status_code == 303
    for judge in [*story.judges[3:], story.plant.author]:
        story.write(judge, 70)
        story.seal(judge)
    assert story.at() == "ranking"
    gone, stays = story.candidate(own), story.candidate(other)
    assert (gone.score, gone.rank, gone.grade, gone.amount) == ("", None, "", None)
    assert stays.rank == 1 and stays.score == "220/3"


def test_a_hold_stops_the_seal(story: AwardStory, desk: Desk) -> None:
    for case in (story.plant.extra["own"], story.plant.extra["other"]):
        desk.send(case, 80)
    Case.objects.filter(pk=story.round.case_id).update(state="held", held_at=now(), held_reason="等复核")
    assert desk.seal().status_code in (400, 422)
    assert "等复核" in desk.page().content.decode()


def test_no_page_asks_more_than_it_needs(story: AwardStory, desk: Desk, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        desk.page()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_thumb_marks_with_plus_and_minus_and_seals(live: Any, plant: Plant) -> None:
    told = AwardStory(plant)
    told.begin()
    case = told.implemented("浮选槽液位浮子防卡")
    told.open()
    told.do(told.officer)
    page = live(390, person=told.judges[0])
    page.goto(f"/awards/{told.round.case.number}/score/{case.number}/")
    fields = page.locator("input[data-weight]")
    for n, value in enumerate(("70", "88", "72", "90", "59")):
        fields.nth(n).fill(value)
    page.get_by_role("button", name="安全环保 加 1 分").click()
    assert page.locator("[data-total]").inner_text() == "75.90"
    assert page.locator("[data-terms]").inner_text() == "24.5 + 22 + 14.4 + 9 + 6"
    fields.nth(0).press("ArrowDown")
    assert page.locator("[data-total]").inner_text() == "75.55"
    for button in page.locator("button[data-step]").all():
        box = button.bounding_box()
        assert box["width"] >= 48 and box["height"] >= 48
    live.no_side_scroll(page)
    live.shoot(page, "award-mark")
    page.get_by_role("button", name="存下，回清单").click()
    page.get_by_text("75.55").wait_for()
    page.get_by_role("link", name="密封…").click()
    page.get_by_role("button", name="密封，不能再改").click()
    page.locator(".sealed-box").wait_for()
    live.shoot(page, "award-sealed")
    assert Seat.objects.get(round=told.round, person=told.judges[0]).sealed_at is not None
