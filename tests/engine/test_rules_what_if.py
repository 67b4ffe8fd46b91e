"""A draft is submitted, sent back, tried on past cases: what would have gone elsewhere."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.engine.test_rules_page import typed
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine.models import RuleVersion
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def write(plant: Plant, then: str = "submit", note: str = "试一试", **changes: Any) -> Any:
    client, address = plant.client(plant.drafter), reverse("rule_draft")
    return client.post(address, typed(client, address) | {"note": note, "then": then} | changes)


def drafted() -> RuleVersion:
    return RuleVersion.objects.get(state="draft")


def told(event: str) -> list[str]:
    return sorted(Outbox.objects.filter(event=event, channel="in_product").values_list("recipient__name", flat=True))


# ------------------------------------------------------------------------------------------------ submitting


def test_a_draft_without_a_word_of_why_is_not_submitted(ruled: Plant) -> None:
    answer = write(ruled, note=" ", **{"team-deadline_hours": "6"})
    assert answer.status_code == 422 and "note" in answer.context["note"].errors
    assert not RuleVersion.objects.filter(state="draft").exists()
    assert 'value="6"' in answer.content.decode()


def test_a_draft_that_changes_nothing_is_not_submitted(ruled: Plant) -> None:
    answer = write(ruled)
    assert answer.status_code == 422 and "与在用的规则没有差别" in answer.content.decode()
    assert not RuleVersion.objects.filter(state="draft").exists()


def test_a_draft_may_be_kept_and_submitted_later(ruled: Plant) -> None:
    assert write(ruled, then="save", note="").status_code == 303
    made, drafter = drafted(), ruled.client(ruled.drafter)
    before = told("engine.rules.drafted")
    answer = drafter.post(reverse("rule_submit", args=[made.pk]))
    assert answer.status_code == 422 and "说明改什么" in answer.content.decode()
    page = ruled.client(ruled.publisher).get(reverse("rule_detail", args=[made.pk])).content.decode()
    assert reverse("rule_publish", args=[made.pk]) not in page
    publisher = ruled.client(ruled.publisher)
    early = publisher.post(reverse("rule_publish", args=[made.pk]), {"password": ruled.password, "digest": made.digest})
    assert early.status_code == 422
    edit = reverse("rule_edit", args=[made.pk])
    changed = typed(drafter, edit) | {"team-deadline_hours": "6", "note": "快一点", "then": "submit"}
    assert drafter.post(edit, changed).status_code == 303
    assert told("engine.rules.drafted") == [*before, ruled.publisher.name]
    made.refresh_from_db()
    sent = {"password": ruled.password, "digest": made.digest}
    assert publisher.post(reverse("rule_publish", args=[made.pk]), sent).status_code == 303
    events = Entry.objects.filter(chain__subject=f"rules:proposal:{made.unit_id}").order_by("seq")
    assert [e.event for e in events][-4:] == [
        "engine.rules.drafted", "engine.rules.drafted", "engine.rules.submitted", "engine.rules.published",
    ]  # fmt: skip


def test_the_publisher_sends_a_draft_back_with_a_reason(ruled: Plant) -> None:
    write(ruled, **{"team-deadline_hours": "6"})
    made, publisher = drafted(), ruled.client(ruled.publisher)
    address = reverse("rule_send_back", args=[made.pk])
    assert publisher.post(address, {"reason": ""}).status_code == 422
    assert ruled.client(ruled.drafter).post(address, {"reason": "自己退自己"}).status_code == 403
    assert publisher.post(address, {"reason": "6 工时太紧"}).status_code == 303
    made.refresh_from_db()
    assert made.submitted_at is None and told("engine.rules.sent_back") == [ruled.drafter.name]
    assert publisher.post(address, {"reason": "再退一次"}).status_code == 422


def test_what_stays_the_same_is_folded_away(ruled: Plant) -> None:
    write(ruled, **{"team-deadline_hours": "6"})
    text = ruled.client(ruled.publisher).get(reverse("rule_detail", args=[drafted().pk])).content.decode()
    assert "1 处不同" in text and "<details" in text and "<del>8 工时</del>" in text


# ------------------------------------------------------------------------------------------------ what if


@pytest.fixture
def last_month(ruled: Plant) -> list[Story]:
    """Three cases filed in the month before this: a small one, a middling one, a large one."""
    first = timezone.localtime(now()).replace(day=1, hour=9, minute=0, second=0, microsecond=0)
    moment = first - timedelta(days=12)
    told = []
    with injected(moment):
        for benefit, cost in (("1000.00", "10.00"), ("30000.00", "100.00"), ("900000.00", "100.00")):
            story = Story(ruled)
            story.file(benefit=benefit, cost=cost, title=f"改善 {benefit}")
            told.append(story)
    return told


@pytest.fixture
def ruled(plant: Plant) -> Plant:
    from tests.proposal_story import publish_rules

    with injected(now() - timedelta(days=90)):
        publish_rules(plant)
    return plant


def try_it(client: Client, **period: str) -> Any:
    return client.get(reverse("rule_what_if", args=[drafted().pk]), period)


def test_a_higher_ceiling_keeps_a_case_at_the_team(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"team-technology-benefit": "50000"})
    answer = try_it(ruled.client(ruled.publisher))
    tried = answer.context["tried"]
    assert tried.counts == {"same": 2, "lower": 1}
    (replay,) = tried.elsewhere
    assert replay.case.title == "改善 30000.00"
    assert (replay.decided_before, replay.decided_after) == ("工段审", "班组审")
    text = answer.content.decode()
    assert "在更低一级就能定" in text and "试算 3 件" in text
    shown = ruled.client(ruled.publisher).get(reverse("rule_detail", args=[drafted().pk])).content.decode()
    assert "试算 3 件" in shown


def test_a_lower_one_sends_it_up_and_a_threshold_to_finance(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"section-technology-benefit": "25000", "finance_threshold": "20000"})
    kinds = {r.case.title: r.kind for r in try_it(ruled.client(ruled.drafter)).context["tried"].replays}
    assert kinds == {"改善 1000.00": "same", "改善 30000.00": "higher", "改善 900000.00": "same"}


def test_other_times_and_other_steps_are_told_apart(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"workshop-deadline_hours": "48", "finance_threshold": "20000"})
    tried = try_it(ruled.client(ruled.drafter)).context["tried"]
    assert {r.case.title: r.kind for r in tried.replays} == {
        "改善 1000.00": "same", "改善 30000.00": "path", "改善 900000.00": "times",
    }  # fmt: skip
    times = next(r for r in tried.replays if r.kind == "times")
    assert times.timed == [("车间评审", 40, 48)]


def test_a_vote_is_counted_again_as_it_was_cast(ruled: Plant) -> None:
    story = Story(ruled)
    with injected(timezone.localtime(now()).replace(day=1) - timedelta(days=3)):
        story.file()
        story.act(ruled.team_leader, "approve")
        for chief in ruled.section_chiefs:
            story.act(chief, "approve")
        for voter in ruled.reviewers[:3]:
            story.act(voter, "approve")
        story.act(ruled.reviewers[3], "reject", "不值")
        story.act(ruled.reviewers[4], "approve")
    write(ruled, **{"workshop-pass_share": "9/10"})
    answer = try_it(ruled.client(ruled.drafter))
    (replay,) = answer.context["tried"].elsewhere
    assert replay.kind == "vote" and replay.vote == "failed"
    assert "票签结果不同" in answer.content.decode()


def test_another_period_and_nonsense(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"team-technology-benefit": "50000"})
    client = ruled.client(ruled.drafter)
    empty = try_it(client, since="2020-01-01", until="2020-01-31")
    assert empty.status_code == 200 and "没有提交" in empty.content.decode()
    last = "9999-12-31"
    for since, until in (("x", "y"), ("2026-02-01", "2026-01-01"), ("2020-01-01", "2026-01-01"), (last, last)):
        assert try_it(client, since=since, until=until).status_code == 422, since


def test_the_spreadsheet_has_every_case(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"team-technology-benefit": "50000"})
    answer = ruled.client(ruled.observer).get(reverse("rule_what_if_sheet", args=[drafted().pk]))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(rows) == 4 and "在更低一级就能定" in rows[2]


def test_who_makes_no_rules_tries_none(ruled: Plant) -> None:
    write(ruled, **{"team-technology-benefit": "50000"})
    for person in (ruled.author, ruled.stranger, ruled.team_leader, ruled.admin):
        assert try_it(ruled.client(person)).status_code == 403


def test_english_is_complete(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"team-technology-benefit": "50000"})
    Person.objects.filter(pk=ruled.drafter.pk).update(language="en")
    text = try_it(ruled.client(Person.objects.get(pk=ruled.drafter.pk))).content.decode()
    assert "3 cases tried" in text and "Decided further down" in text


def test_many_cases_cost_the_same(ruled: Plant, last_month: list[Story]) -> None:
    write(ruled, **{"team-technology-benefit": "50000"})
    client = ruled.client(ruled.drafter)
    try_it(client)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert try_it(client).status_code == 200
        return len(seen)

    few = statements()
    with injected(timezone.localtime(now()).replace(day=1) - timedelta(days=3)):
        for _n in range(15):
            Story(ruled).file(benefit="30000.00", cost="5.00")
    assert statements() == few
