"""Somebody of the workshop objects to an award in their own name, and a panel decides."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from innovation.awards import objecting, opening, paying
from innovation.awards.models import Candidate, Payment
from innovation.objections.models import Objection
from tests.objections.objection_story import GROUNDS, ObjectionStory
from workflows.engine.models import Case, CaseParty
from workflows.ledger.clock import injected, now
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


def test_upheld_before_confirming_the_award_is_void_and_the_others_are_paid(story: ObjectionStory) -> None:
    disputed, other = story.announced("分布锥改双层导流", "渣口冷却水套改铜件")
    case = story.objected(story.plant.stranger, disputed)
    assert story.objection(case).grounds == GROUNDS and case.author == story.plant.stranger
    assert [one.pk for one in objecting.held(story.round)] == [disputed.pk]

    story.decide(case, uphold=True, reason="交接班记录为证，办法早已有之。")
    disputed.refresh_from_db()
    assert disputed.void_at is not None and disputed.void_reason == "交接班记录为证，办法早已有之。"
    assert story.objection(case).upheld is True and Case.objects.get(pk=case.pk).standing == "upheld"
    assert [(a.candidate_id, a.upheld, a.reason) for a in objecting.answers(story.round)] == [
        (disputed.pk, True, "交接班记录为证，办法早已有之。")
    ]
    story.confirm()
    assert story.lines(disputed) == [] and len(story.lines(other)) == 2
    assert story.round.total == other.amount


def test_dismissed_before_confirming_it_is_paid_like_any_other(story: ObjectionStory) -> None:
    (award,) = story.announced()
    case = story.objected(story.plant.stranger, award)
    story.decide(case, uphold=False, reason="记录的是另一台炉子。")
    assert story.objection(case).upheld is False
    assert objecting.answers(story.round)[0].reason == "记录的是另一台炉子。"
    story.confirm()
    assert [(kind, listed) for kind, _amount, listed in story.lines(award)] == [("award", True)] * 2


def test_dismissed_after_confirming_it_is_released_into_the_next_list(story: ObjectionStory) -> None:
    award, other = story.announced("分布锥改双层导流", "渣口冷却水套改铜件")
    case = story.objected(story.plant.stranger, award)
    story.confirm()
    assert story.lines(award) == [] and len(story.lines(other)) == 2
    story.decide(case, uphold=False, reason="记录的是另一台炉子。")
    assert [(kind, listed) for kind, _amount, listed in story.lines(award)] == [("released", False)] * 2
    # The workshop's next round takes them up.
    with injected(now() + timedelta(days=62)):
        later = opening.open_due()[-1]
        paying.list_payments(later, [])
    assert set(Payment.objects.filter(candidate=award).values_list("round", flat=True)) == {later.pk}


def test_upheld_after_confirming_it_is_never_paid(story: ObjectionStory) -> None:
    (award,) = story.announced()
    case = story.objected(story.plant.stranger, award)
    story.confirm()
    story.decide(case, uphold=True, reason="办法早已有之。")
    award.refresh_from_db()
    assert award.void_at is not None and story.lines(award) == []


def test_what_was_paid_already_is_reversed_in_the_next_list(story: ObjectionStory) -> None:
    """As long as one objects nothing is paid; what was paid all the same comes back as lines of a later list."""
    (award,) = story.announced()
    case = story.objected(story.plant.stranger, award)
    paying.list_payments(story.round, [])
    paid = story.lines(award)
    story.confirm()
    story.decide(case, uphold=True, reason="办法早已有之。")
    lines = story.lines(award)
    assert lines[: len(paid)] == paid
    assert [(kind, listed) for kind, _amount, listed in lines[len(paid) :]] == [("reversal", False)] * 2
    assert paying.Payment.objects.filter(candidate=award).count() == 4
    assert sum(line.amount for line in Payment.objects.filter(candidate=award)) == 0


def test_two_objections_to_one_award(story: ObjectionStory) -> None:
    (award,) = story.announced()
    first = story.objected(story.plant.stranger, award)
    second = story.objected(story.plant.other_leader, award)
    story.confirm()
    story.decide(first, uphold=False, reason="不成立。")
    assert story.lines(award) == []  # the other still holds it
    story.decide(second, uphold=False, reason="也不成立。")
    assert len(story.lines(award)) == 2


def test_a_second_upheld_objection_changes_nothing_more(story: ObjectionStory) -> None:
    (award,) = story.announced()
    first = story.objected(story.plant.stranger, award)
    second = story.objected(story.plant.other_leader, award)
    story.decide(first, uphold=True, reason="第一个理由。")
    award.refresh_from_db()
    void_at = award.void_at
    story.decide(second, uphold=True, reason="第二个理由。")
    award.refresh_from_db()
    assert (award.void_at, award.void_reason) == (void_at, "第一个理由。")
    assert story.object(story.plant.acid_team and story.plant.second_leader, award).status_code == 422  # void already


def test_a_dismissed_one_does_not_bring_back_what_is_void(story: ObjectionStory) -> None:
    (award,) = story.announced()
    first = story.objected(story.plant.stranger, award)
    second = story.objected(story.plant.other_leader, award)
    story.decide(first, uphold=True, reason="成立。")
    story.confirm()
    story.decide(second, uphold=False, reason="另一件不成立。")
    award.refresh_from_db()
    assert award.void_at is not None and story.lines(award) == []


def test_withdrawing_lets_go(story: ObjectionStory) -> None:
    (award,) = story.announced()
    case = story.objected(story.plant.stranger, award)
    story.confirm()
    url = reverse("withdraw", args=[case.number])
    client = story.plant.client(story.plant.stranger)
    assert client.post(url, {"token": str(uuid4()), "reason": "看过记录，是我弄错了。"}).status_code == 303
    assert Case.objects.get(pk=case.pk).standing == "withdrawn"
    assert [kind for kind, _amount, _listed in story.lines(award)] == ["released"] * 2
    assert objecting.held(story.round) == []


def test_the_last_minute_of_the_last_day_is_the_plant_s(story: ObjectionStory) -> None:
    (award,) = story.announced()
    until = story.round.publicity_until
    assert until is not None
    last = until - timedelta(seconds=30)
    assert last.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M") == "23:59"
    with injected(last):
        page = story.plant.client(story.plant.stranger).get(reverse("object_to_award", args=[award.pk]))
        assert "23:59" in page.content.decode()
        # Whatever zone the objector's own clock shows, in Tokyo it is tomorrow already.
        answer = story.object(story.plant.stranger, award, time_zone="Asia/Tokyo", filed_at="2030-01-01T00:00")
    assert answer.status_code == 303


def test_too_late_is_said_plainly_and_keeps_what_was_typed(story: ObjectionStory) -> None:
    (award,) = story.announced()
    client, url = story.plant.client(story.plant.stranger), reverse("object_to_award", args=[award.pk])
    with injected(story.round.publicity_until):  # type: ignore[arg-type]
        for how in ("named", "unsigned"):
            answer = client.post(url, {"how": how, "token": str(uuid4()), "grounds": GROUNDS})
            text = answer.content.decode()
            assert answer.status_code == 422 and GROUNDS in text
        assert client.get(url).status_code == 200
    assert not Objection.objects.exists()


def test_a_double_click_files_once_and_leads_to_the_same_case(story: ObjectionStory) -> None:
    (award,) = story.announced()
    token = str(uuid4())
    first = story.object(story.plant.stranger, award, token=token)
    with injected(story.round.publicity_until):  # type: ignore[arg-type]
        again = story.object(story.plant.stranger, award, token=token)  # the second click comes after the end
    assert first["Location"] == again["Location"] and Objection.objects.count() == 1
    assert story.object(story.plant.other_leader, award, token=token).status_code == 409


def test_whoever_may_not_read_the_publicity_finds_no_page(story: ObjectionStory) -> None:
    (award,) = story.announced()
    url = reverse("object_to_award", args=[award.pk])
    outsider = story.plant.client(story.plant.contractor_person)
    assert outsider.get(url).status_code == outsider.post(url, {"how": "named"}).status_code == 404


def test_before_the_notice_hangs_out_there_is_nothing_to_object_to(story: ObjectionStory) -> None:
    case = story.awards.implemented()
    story.awards.open()
    award = story.awards.candidate(case)
    assert story.object(story.awards.officer, award).status_code == 404


def test_authors_do_not_object_to_their_own_award(story: ObjectionStory) -> None:
    (award,) = story.announced()
    for author in (story.plant.author, story.plant.coauthor):
        assert story.object(author, award).status_code == 422
    assert not Objection.objects.exists()


def test_grounds_are_asked_for(story: ObjectionStory) -> None:
    (award,) = story.announced()
    assert story.object(story.plant.stranger, award, grounds=" ").status_code == 422


def test_authors_judges_earlier_deciders_and_the_objector_do_not_sit_on_the_panel(story: ObjectionStory) -> None:
    plant = story.plant
    decider, objector = plant.reviewers[0], plant.reviewers[1]
    plant.hold(plant.coauthor, Role.WORKSHOP_REVIEWER, plant.workshop)
    plant.hold(story.awards.judges[0], Role.WORKSHOP_REVIEWER, plant.workshop)
    (award,) = story.announced()
    _decided(award, decider)
    case = story.objected(objector, award)
    seated = {item.person_id for item in story.panel(case)}
    assert seated == {person.pk for person in plant.reviewers[2:]}
    relations = dict(CaseParty.objects.filter(case=case).values_list("person", "relation"))
    assert relations[decider.pk] == "earlier_decider" and relations[plant.coauthor.pk] == "awarded"
    # Nor by any other path: as somebody added or handed the task.
    item = story.panel(case)[0]
    assert item.person is not None
    for forbidden in (plant.coauthor, story.awards.judges[0], decider, objector):
        sent = {"verb": "transfer", "sheet": "1", "token": str(uuid4()), "person": forbidden.employee_no}
        answer = plant.client(item.person).post(reverse("decide", args=[case.number, item.pk]), sent)
        assert answer.status_code == 422
        assert story.say(item, uphold=True, reason="成立", by=forbidden).status_code in (403, 404, 409)


def _decided(award: Candidate, person: Person) -> None:
    """This reviewer once approved the proposal."""
    from workflows.engine import recording
    from workflows.engine.models import Step

    case = award.proposal.case
    recording.record(case=case, step=Step.objects.filter(case=case).first(), item=None, actor=person, verb="approve")


def test_with_nobody_left_it_goes_to_the_person_above(story: ObjectionStory) -> None:
    plant = story.plant
    above = plant.admin
    plant.company.fallback = plant.publisher
    plant.company.save(update_fields=["fallback"])
    (award,) = story.announced()
    for reviewer in plant.reviewers:
        _decided(award, reviewer)
    case = story.objected(plant.stranger, award)
    assert [item.person for item in story.panel(case)] == [plant.publisher] and above != plant.publisher
    story.decide(case, uphold=False, reason="不成立。")
    assert Case.objects.get(pk=case.pk).standing == "dismissed"


def test_both_ways_want_a_reason(story: ObjectionStory) -> None:
    (award,) = story.announced()
    case = story.objected(story.plant.stranger, award)
    item = story.panel(case)[0]
    assert story.say(item, uphold=True, reason=" ").status_code == 422
    assert story.say(item, uphold=False, reason=" ").status_code == 422
    page = story.plant.client(Person.objects.get(pk=item.person_id)).get(reverse("decide", args=[case.number, item.pk]))
    assert "成立，该奖作废" in page.content.decode() and "不成立" in page.content.decode()


def test_authors_and_the_officer_hear_of_it(story: ObjectionStory) -> None:
    (award,) = story.announced()
    case = story.objected(story.plant.stranger, award)
    concerned = {story.plant.author.pk, story.plant.coauthor.pk, story.awards.officer.pk}
    assert _told("award.objection.raised") == concerned
    story.decide(case, uphold=False, reason="不成立。")
    assert _told("award.objection.dismissed") == concerned | {story.plant.stranger.pk}


def _told(event: str) -> set[int]:
    return set(Outbox.objects.filter(event=event, channel="in_product").values_list("recipient", flat=True))


def test_a_program_files_it_too(story: ObjectionStory) -> None:
    from tests.api.caller import Caller

    (award,) = story.announced()
    caller = Caller.of(story.plant.stranger)
    body = {"token": str(uuid4()), "form": {"candidate": award.pk, "grounds": GROUNDS}}
    answer = caller.post("/api/kinds/award_objection/cases", **body)
    assert answer.status_code == 201, answer.content
    with injected(story.round.publicity_until):  # type: ignore[arg-type]
        late = caller.post("/api/kinds/award_objection/cases", **body | {"token": str(uuid4())})
    assert late.status_code == 400
