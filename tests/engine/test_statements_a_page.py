"""How many statements a page and a decision cost, everything included: session, person, shell, claim, savepoints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.proposal_story import Story
from workflows.engine import plant_calendar
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db

DECISION, DECIDE_PAGE, QUEUE, CASE = 12, 15, 10, 14


def counted(act: Callable[[], Any]) -> tuple[int, Any, str]:
    plant_calendar.load()  # kept for seconds only; reading it again is no cost of the page
    with CaptureQueriesContext(connection) as seen:
        answer = act()
    sql = "\n".join(f"{n:3} {query['sql'][:220]}" for n, query in enumerate(seen.captured_queries, 1))
    return len(seen.captured_queries), answer, sql


def without_kept_names(person: Person) -> None:
    """The shell keeps the names of the units above for a minute; a first visit has to read them."""
    cache.delete(f"unit-names:{connection.settings_dict['NAME']}:{person.unit_id}")


def post(story: Story, person: Person, verb: str, **typed: Any) -> tuple[int, Any, str]:
    item = story.item(person)
    url = reverse("decide", args=[item.case.number, item.pk])
    client: Client = story.plant.client(person)
    data = {"verb": verb, "token": str(uuid4()), **typed}
    return counted(lambda: client.post(url, data))


def to_the_vote(story: Story) -> None:
    story.act(story.plant.team_leader, "approve")
    for chief in story.plant.section_chiefs:
        story.act(chief, "approve")


def team_passes_up(story: Story) -> tuple[int, Any, str]:
    return post(story, story.plant.team_leader, "approve", reason="已核对")


def last_of_all_signs(story: Story) -> tuple[int, Any, str]:
    story.act(story.plant.team_leader, "approve")
    for chief in story.plant.section_chiefs[:2]:
        story.act(chief, "approve")
    return post(story, story.plant.section_chiefs[2], "approve")


def deciding_vote(story: Story) -> tuple[int, Any, str]:
    to_the_vote(story)
    for reviewer in story.plant.reviewers[:3]:
        story.act(reviewer, "approve")
    return post(story, story.plant.reviewers[3], "approve")


def returned(story: Story) -> tuple[int, Any, str]:
    story.act(story.plant.team_leader, "approve")
    chief = story.plant.section_chiefs[0]
    return post(story, chief, "return", sheet="1", to="team_review", then="resume", reason="缺记录")


def rejected(story: Story) -> tuple[int, Any, str]:
    return post(story, story.plant.team_leader, "reject", sheet="1", reason="重复")


@pytest.mark.parametrize("path", [team_passes_up, last_of_all_signs, deciding_vote, returned, rejected])
def test_a_decision(story: Story, path: Callable[[Story], tuple[int, Any, str]]) -> None:
    story.file()
    count, answer, sql = path(story)
    assert answer.status_code == 303, answer.content
    print(f"{path.__name__}: {count}\n{sql}")
    assert count <= DECISION, f"{path.__name__}: {count}\n{sql}"


def test_the_page_of_a_decision(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "approve", "烟尘率记录已核对")
    for chief in story.plant.section_chiefs:
        story.act(chief, "approve")
    reviewer = story.plant.reviewers[0]
    item = story.item(reviewer)
    client = story.plant.client(reviewer)
    without_kept_names(reviewer)
    address = reverse("decide", args=[item.case.number, item.pk])
    count, answer, sql = counted(lambda: client.get(address))
    assert answer.status_code == 200
    print(f"decide page: {count}\n{sql}")
    assert count <= DECIDE_PAGE, sql


def many_items(story: Story, person: Person, count: int) -> None:
    """Copies of one real case, written in bulk: cases, tasks, steps, items, proposals."""
    from viewflow.workflow.models import Process, Task

    from innovation.proposals.models import Proposal

    first = story.file()
    real = WorkItem.objects.select_related("step__task", "case__process", "case__proposal").get(
        case=first, state="open"
    )
    moment, token = now(), real.step.task.token
    processes = Process.objects.bulk_create(
        Process(flow_class=real.case.process.flow_class, data={}, status="NEW") for _ in range(count)
    )
    cases = Case.objects.bulk_create(
        Case(token=uuid4(), number=f"TA-2601-{n:05d}", kind="proposal", title=f"第 {n} 件", unit=first.unit,
             author=first.author, rules=first.rules, process=process, content_digest="0" * 64,
             filed_at=moment, moved_at=moment)
        for n, process in enumerate(processes)
    )  # fmt: skip
    Proposal.objects.bulk_create(
        Proposal(case=case, category="technology", present_state="现状", method="办法") for case in cases
    )
    tasks = Task.objects.bulk_create(
        Task(process=p, flow_task=real.step.task.flow_task, flow_task_type="HUMAN", status="NEW", token=token)
        for p in processes
    )
    steps = Step.objects.bulk_create(
        Step(case=case, task=task, node="team_review", place=1, role="team_leader", unit=real.unit,
             opened_at=moment, due_at=moment + timedelta(hours=n - count // 2))
        for n, (case, task) in enumerate(zip(cases, tasks, strict=True))
    )  # fmt: skip
    WorkItem.objects.bulk_create(
        WorkItem(step=step, case=step.case, role="team_leader", unit=real.unit, opened_at=moment, due_at=step.due_at)
        for step in steps
    )
    with connection.cursor() as cursor:
        # What autovacuum does for a plant: without it the planner still believes in an empty table.
        cursor.execute("ANALYZE engine_case, engine_step, engine_workitem, engine_caseparty, proposals_proposal")


def queue_counts(story: Story, address: str = "") -> tuple[int, Any, str]:
    client = story.plant.client(story.plant.team_leader)
    without_kept_names(story.plant.team_leader)
    return counted(lambda: client.get(reverse("queue") + address))


def test_the_queue_costs_the_same_for_ten_and_ten_thousand(story: Story) -> None:
    person = story.plant.team_leader
    many_items(story, person, 10)
    queue_counts(story)  # what the rules say is read once a process
    few, answer, sql = queue_counts(story)
    assert answer.status_code == 200 and answer.content.decode().count('class="qrow pickable"') == 11
    Case.objects.filter(number__startswith="TA-2601-").update(number=Concat(Value("X"), F("number")))
    many_items(story, person, 10_000)
    many, answer, more = queue_counts(story)
    text = answer.content.decode()
    assert text.count('class="qrow pickable"') == 50 and "100+" in text
    filtered, answer, conditions = queue_counts(
        story, f"?late=1&unit={story.plant.team.pk}&q=第&category=proposal.technology"
    )
    assert answer.status_code == 200
    print(f"queue: {few} {many} filtered {filtered}\n{sql}\n\n{conditions}")
    assert few == many <= QUEUE, more
    assert filtered <= QUEUE, conditions


def test_a_case_costs_the_same_after_three_decisions_and_three_hundred(story: Story) -> None:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs[:2]:
        story.act(chief, "approve")
    client = plant.client(plant.author)
    address = reverse("case", args=[case.number])
    without_kept_names(plant.author)
    few, answer, _sql = counted(lambda: client.get(address))
    assert answer.status_code == 200
    model = Decision.objects.filter(case=case, verb="approve").first()
    assert model is not None
    Decision.objects.bulk_create(
        Decision(case=case, step=model.step, actor=model.actor, verb="approve", role="team_leader", reason="看过",
                 content_digest=case.content_digest, decided_at=model.decided_at, ledger_seq=1000 + n,
                 ledger_digest="0" * 64)
        for n in range(300)
    )  # fmt: skip
    without_kept_names(plant.author)
    many, answer, more = counted(lambda: client.get(address))
    print(f"case: {few} {many}\n{more}")
    assert few == many <= CASE, more
