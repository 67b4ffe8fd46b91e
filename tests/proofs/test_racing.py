"""Many people at one task at the same moment, through the real pages: one effect, and a plain answer for each."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.proofs.crowd import Crowd
from tests.proposal_story import Story
from tests.proposals.filing import send as send_proposal
from tests.proposals.filing import typed
from workflows.engine import clocks
from workflows.engine.errors import Late
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation import grants
from workflows.organisation.models import Person, RoleHolding
from workflows.site.refusals import late_words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.prove]

VERBS: tuple[dict[str, str], ...] = (
    {"verb": "approve"},
    {"verb": "reject", "sheet": "1", "reason": "与现有办法重复"},
    {"verb": "return", "sheet": "1", "reason": "缺三个班的记录", "to": "revision", "then": "resume"},
    {"verb": "claim"},
)
UNLIKE = 0.08  # seconds: a page takes longer than a function
Record = Callable[[str, object], None]


def press(client: Client, url: str, form: dict[str, str], token: str = "") -> Callable[[], Any]:
    return lambda: client.post(url, {"token": token or str(uuid4()), **form})


def codes(answers: list[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def decided(case: Case) -> list[Decision]:
    return list(case.decisions.exclude(verb="file").exclude(actor=None).order_by("pk").select_related("actor"))


def url_of(item: WorkItem, number: str = "") -> str:
    return reverse("decide", args=[number or item.case.number, item.pk])


def clients_of(story: Story, people: list[Person]) -> list[Client]:
    return [story.plant.client(person) for person in people]


def says_who_did_what(answer: Any, decision: Decision) -> bool:
    words = late_words(Late(decision.verb, decision.actor, decision.decided_at))
    return html.escape(words) in answer.content.decode()


def test_eight_at_one_task(
    story: Story, leaders: list[Person], crowd: Crowd, rounds: int, record_property: Record
) -> None:
    clients, won = clients_of(story, leaders), Counter[str]()
    for number in range(rounds):
        case = story.file()
        url = url_of(story.item(leaders[0]))
        answers = crowd.at_once([press(c, url, VERBS[(n + number) % 4]) for n, c in enumerate(clients)])
        assert codes(answers) == {303: 1, 409: 7}, (number, codes(answers))
        (decision,) = decided(case)
        assert all(says_who_did_what(a, decision) for a in answers if a.status_code == 409), number
        won[decision.verb] += 1
    wins = ", ".join(f"{verb} {count}" for verb, count in sorted(won.items()))
    record_property("proved", f"{rounds} rounds of 8: {rounds} decisions ({wins}), {rounds * 7} times 409")


def test_eight_with_ids_that_do_not_belong_together(
    story: Story, leaders: list[Person], crowd: Crowd, rounds: int, record_property: Record
) -> None:
    clients = clients_of(story, leaders)
    cases = [(story.file(), story.item(leaders[0])) for _ in range(2)]
    (first, one), (second, other) = cases
    before = Decision.objects.count()
    for number in range(rounds):
        urls = [url_of(one, second.number), url_of(other, first.number)]
        answers = crowd.at_once([press(c, urls[n % 2], VERBS[(n // 2 + number) % 4]) for n, c in enumerate(clients)])
        assert codes(answers) == {404: 8}, (number, codes(answers))
    assert Decision.objects.count() == before
    assert WorkItem.objects.filter(state="open", person=None).count() == 2
    record_property("proved", f"{rounds} rounds of 8: no decision, {rounds * 8} times 404")


def test_three_signers_at_once_all_count(story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    chiefs = story.plant.section_chiefs
    clients = clients_of(story, chiefs)
    for _ in range(fewer):
        case = story.file()
        story.act(story.plant.team_leader, "approve")
        urls = [url_of(story.item(chief)) for chief in chiefs]
        answers = crowd.at_once([press(*pair, {"verb": "approve"}) for pair in zip(clients, urls, strict=True)])
        assert codes(answers) == {303: 3}
        assert {d.actor for d in decided(case)[1:]} == set(chiefs)
        assert case.steps.filter(node="workshop_review").count() == 1 and story.at() == "workshop_review"
    record_property("proved", f"{fewer} rounds: {fewer * 3} signatures, {fewer} conclusions")


def to_the_vote(story: Story) -> Case:
    case = story.file()
    story.act(story.plant.team_leader, "approve")
    for chief in story.plant.section_chiefs:
        story.act(chief, "approve")
    return case


@pytest.mark.parametrize("votes", ["approve approve approve approve approve", "approve approve reject reject abstain"])
def test_a_vote_of_five_at_once(votes: str, story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    """Counted under the lock: no vote after the verdict, and the verdict is that of the votes that counted."""
    reviewers = story.plant.reviewers
    clients = clients_of(story, reviewers)
    forms = [{"verb": verb, "reason": "见记录", "sheet": "1"} for verb in votes.split()]
    for _ in range(fewer):
        case = to_the_vote(story)
        urls = [url_of(story.item(reviewer)) for reviewer in reviewers]
        answers = crowd.at_once([press(c, u, f) for c, u, f in zip(clients, urls, forms, strict=True)])
        counted = Counter(d.verb for d in decided(case)[4:])
        assert codes(answers) == Counter({303: counted.total(), 409: 5 - counted.total()}) - Counter()
        assert counted.total() >= 4  # the quorum
        passed = 3 * counted["approve"] >= 2 * (counted["approve"] + counted["reject"]) > 0
        assert story.at() == ("arrangement" if passed else "rejection")
        assert case.steps.filter(node__in=("arrangement", "rejection")).count() == 1
    record_property("proved", f"{fewer} rounds: {fewer} verdicts, each that of its votes")


def test_a_double_click(story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    leader = story.plant.team_leader
    clients = clients_of(story, [leader, leader])
    for _ in range(fewer):
        case, token = story.file(), str(uuid4())
        url = url_of(story.item(leader))
        answers = crowd.at_once([press(client, url, {"verb": "approve"}, token) for client in clients])
        assert codes(answers) == {303: 1, 409: 1}
        assert "只记一次" in next(a for a in answers if a.status_code == 409).content.decode()
        assert len(decided(case)) == 1
    record_property("proved", f"{fewer} double clicks: {fewer} decisions")


def test_one_form_on_two_tasks_at_once(story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    """Two cases, two locks, one token: the database's constraint is what stands between them."""
    leader = story.plant.team_leader
    clients = clients_of(story, [leader, leader])
    for _ in range(fewer):
        token, before = str(uuid4()), Decision.objects.filter(verb="approve").count()
        urls = []
        for _case in range(2):
            story.file()
            urls.append(url_of(story.item(leader)))
        answers = crowd.at_once([press(*pair, {"verb": "approve"}, token) for pair in zip(clients, urls, strict=True)])
        assert codes(answers) == {303: 1, 422: 1}  # not "done already": that task is not done
        assert Decision.objects.filter(verb="approve").count() == before + 1
    record_property("proved", f"{fewer} rounds: {fewer} decisions")


def test_deciding_against_withdrawing(story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    plant, seen = story.plant, Counter[str]()
    leader, author = plant.client(plant.team_leader), plant.client(plant.author)
    for _ in range(fewer):
        case = story.file()
        take_back = reverse("withdraw", args=[case.number])
        decision, withdrawal = crowd.at_once([
            press(leader, url_of(story.item(plant.team_leader)), {"verb": "approve"}),
            press(author, take_back, {"reason": "想再算一遍停机损失"}),
        ], within=UNLIKE)  # fmt: skip
        verbs = [d.verb for d in decided(case)]
        expected = {"withdraw": (409, withdrawal.status_code), "approve withdraw": (303, withdrawal.status_code)}
        assert withdrawal.status_code in (302, 303)
        assert (decision.status_code, withdrawal.status_code) == expected[" ".join(verbs)]
        assert story.at() == "closed:withdrawn"
        seen[verbs[0]] += 1
    record_property("proved", f"{fewer} rounds: decided first {seen['approve']}, withdrawn first {seen['withdraw']}")


def test_deciding_against_the_end_of_the_role(
    story: Story, leaders: list[Person], crowd: Crowd, fewer: int, record_property: Record
) -> None:
    plant, seen = story.plant, Counter[int]()
    leader = leaders[0]
    client = plant.client(leader)
    for _ in range(fewer):
        case = story.file()
        url = url_of(story.item(leader))
        if case.pk % 2:
            client.post(url, {"verb": "claim"})
        holding = RoleHolding.objects.in_force().get(person=leader, role="team_leader")
        answer, _ended = crowd.at_once([
            press(client, url, {"verb": "approve"}),
            lambda holding=holding: grants.end_role(actor=Person.objects.get(pk=plant.admin.pk), holding=holding),
        ], within=UNLIKE)  # fmt: skip
        made = [d for d in decided(case) if d.verb == "approve"]
        assert (answer.status_code, len(made)) in {(303, 1), (409, 0)}
        if answer.status_code == 409:
            assert "班长" in answer.content.decode()
            assert WorkItem.objects.get(step=story.step()).person is None  # free for the others
        seen[answer.status_code] += 1
        assert client.post(url, {"verb": "approve", "token": str(uuid4())}).status_code in (404, 409)
        plant.hold(leader, "team_leader", plant.team, starts_at=now())
    record_property("proved", f"{fewer} rounds: counted {seen[303]}, refused {seen[409]}")


def test_two_claim_at_once(
    story: Story, leaders: list[Person], crowd: Crowd, fewer: int, record_property: Record
) -> None:
    clients = clients_of(story, leaders[:2])
    for _ in range(fewer):
        case = story.file()
        url = url_of(story.item(leaders[0]))
        answers = crowd.at_once([press(client, url, {"verb": "claim"}) for client in clients])
        assert codes(answers) == {303: 1, 409: 1}
        (claim,) = decided(case)
        assert WorkItem.objects.get(step=story.step()).person == claim.actor
        assert says_who_did_what(next(a for a in answers if a.status_code == 409), claim)
    record_property("proved", f"{fewer} rounds: {fewer} claims")


def test_the_clock_beside_a_vote(story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    """Two in favour, one against, one abstaining, the deadline past: the clock passes it, the fifth vote fails it."""
    reviewers, seen = story.plant.reviewers, Counter[str]()
    last = story.plant.client(reviewers[4])
    for _ in range(fewer):
        case = to_the_vote(story)
        for reviewer, verb in zip(reviewers, ("approve", "approve", "reject", "abstain"), strict=False):
            story.act(reviewer, verb, "见记录")
        url = url_of(story.item(reviewers[4]))
        past = now() - timedelta(minutes=1)
        Step.objects.filter(pk=story.step().pk).update(due_at=past, rings_at=past)
        against = press(last, url, {"verb": "reject", "reason": "停机损失未计", "sheet": "1"})
        answer, one, two = crowd.at_once([against, clocks.turn, clocks.turn], within=UNLIKE)
        fifth = case.decisions.filter(actor=reviewers[4]).count()
        concluded = case.decisions.filter(verb="conclude").count()
        assert (answer.status_code, fifth, concluded, one + two) in {(303, 1, 0, 0), (409, 0, 1, 1)}
        assert story.at() == ("rejection" if fifth else "arrangement")
        seen["vote" if fifth else "clock"] += 1
    assert fewer < 50 or (seen["vote"] and seen["clock"]), "one of the two came first every time: that is no race"
    record_property("proved", f"{fewer} rounds: the vote first {seen['vote']}, the clock first {seen['clock']}")


def test_one_filing_sent_four_times_at_once(story: Story, crowd: Crowd, fewer: int, record_property: Record) -> None:
    clients = clients_of(story, [story.plant.author] * 4)
    for number in range(fewer):
        token = uuid4()
        fields = typed(problem_title=[f"溜槽更换一次要五十分钟 {number}"])
        answers = crowd.at_once([lambda c=c, t=token, f=fields: send_proposal(c, f, t) for c in clients])
        assert codes(answers) == {201: 1, 200: 3}
        assert Case.objects.filter(token=token).count() == 1
        assert len({answer.json()["number"] for answer in answers}) == 1
    assert Case.objects.count() == fewer
    record_property("proved", f"{fewer} filings sent {fewer * 4} times: {fewer} cases")
