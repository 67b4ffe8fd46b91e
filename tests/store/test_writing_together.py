"""What a unit of work writes goes out in one statement, and nobody reads past what is pending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.activation import Activation
from viewflow.workflow.models import Task

from tests.proposal_story import Story
from workflows.engine import locking, opening
from workflows.engine.models import Case, CaseParty, Decision, Numbering, Step, WorkItem
from workflows.engine.nodes.written import Written
from workflows.ledger.entries import append
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.store.gathering import add, add_all, change, gathered, key_for, say

pytestmark = pytest.mark.django_db


@contextmanager
def counting() -> Iterator[list[str]]:
    sent: list[str] = []
    with CaptureQueriesContext(connection) as seen:
        yield sent
    sent += [query["sql"] for query in seen.captured_queries]


def test_rows_of_several_tables_and_an_entry_leave_together() -> None:
    with counting() as sent, gathered():
        stamp = append(subject="case:1", event="engine.case.filed", payload={})
        later = append(subject="case:1", event="engine.case.approved", payload={})
        add(Numbering(stem="A", last=1))
        add_all([Numbering(stem="B", last=2), Numbering(stem="C", last=3)])
        assert sent == []
    assert len(sent) == 1
    assert dict(Numbering.objects.values_list("stem", "last")) == {"A": 1, "B": 2, "C": 3}
    entries = list(Entry.objects.order_by("seq"))
    assert [e.event for e in entries] == ["engine.case.filed", "engine.case.approved"]
    assert [stamp.seq.value, later.seq.value] == [1, 2]  # type: ignore[attr-defined]
    assert entries[1].prev == entries[0].digest == stamp.digest.value  # type: ignore[attr-defined]


def test_a_question_in_between_finds_everything_written() -> None:
    with gathered():
        row = Numbering(stem="A", last=1)
        add(row)
        assert Numbering.objects.get(stem="A").last == 1
        row.last = 2
        change(row, "last")
        assert Numbering.objects.filter(last=2).exists()


def test_a_row_added_and_changed_goes_out_as_it_is_by_then() -> None:
    with counting() as sent, gathered():
        row = Numbering(stem="A", last=1)
        add(row)
        row.last = 9
        change(row, "last")
    assert len(sent) == 1 and Numbering.objects.get().last == 9


def test_two_copies_of_one_row_are_written_in_order() -> None:
    Numbering.objects.create(stem="A", last=1)
    first, second = Numbering.objects.get(), Numbering.objects.get()
    with gathered():
        first.last = 5
        change(first, "last")
        second.last = 6
        change(second, "last")
    assert Numbering.objects.get().last == 6


def test_what_came_after_a_savepoint_goes_back_with_it() -> None:
    with gathered():
        add(Numbering(stem="before", last=1))
        with pytest.raises(ValueError, match="no"), transaction.atomic():
            add(Numbering(stem="within", last=1))
            raise ValueError("no")
        add(Numbering(stem="after", last=1))
    assert set(Numbering.objects.values_list("stem", flat=True)) == {"before", "after"}


def test_a_refused_row_refuses_the_whole() -> None:
    Numbering.objects.create(stem="A", last=1)
    with pytest.raises(IntegrityError), transaction.atomic(), gathered():
        add(Numbering(stem="B", last=1))
        add(Numbering(stem="A", last=2))
    assert list(Numbering.objects.values_list("stem", "last")) == [("A", 1)]


def test_what_is_given_up_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="no"), transaction.atomic(), gathered():
        add(Numbering(stem="A", last=1))
        raise ValueError("no")
    assert not Numbering.objects.exists()
    add(Numbering(stem="A", last=1))  # outside, at once
    assert Numbering.objects.get().last == 1


def test_a_statement_of_ones_own_is_one_part_of_it() -> None:
    with counting() as sent, gathered():
        add(Numbering(stem="A", last=1))
        text = "INSERT INTO engine_numbering (stem, last) SELECT s, %s::int FROM unnest(%s::text[]) s"
        say(Numbering, text, [4, ["X", "Y"]])
    assert len(sent) == 1
    assert set(Numbering.objects.values_list("stem", "last")) == {("A", 1), ("X", 4), ("Y", 4)}


def test_an_insert_waits_for_the_change_that_makes_room(story: Story) -> None:
    """The old step closes and the new one opens in one statement, under `one_open_step_a_case`."""
    case = story.file()
    old = Step.objects.select_related("task").get(case=case, closed_at=None)
    task = Task.objects.create(process=case.process, flow_task=old.task.flow_task, token=old.task.token)
    with counting() as sent, gathered() as work:
        work.keep_ids(Step, [old.pk + 1000])
        old.outcome, old.closed_at = "approved", old.opened_at
        new = Step(case=case, task=task, node="section_review", place=old.place + 1, opened_at=old.opened_at)
        key_for(new)
        add(new)
        change(old, "outcome", "closed_at")
    assert len(sent) == 1
    assert Step.objects.get(case=case, closed_at=None) == new


def told(case: Case) -> dict[str, Any]:
    """All that a case left in the tables, without ids and moments."""
    places = {step.pk: step.place for step in Step.objects.filter(case=case)}
    parts: dict[str, Any] = {
        "case": list(Case.objects.filter(pk=case.pk).values("state", "standing", "shared_under", "content_digest")),
        "steps": list(
            Step.objects.filter(case=case).order_by("place").values(
                "place", "node", "mode", "role", "unit", "outcome", "quorum", "pass_share", "chained", "resume_at"
            )
        ),
        "items": sorted(
            (places[i.step_id], i.person_id or 0, i.role, i.unit_id or 0, i.state, i.origin, i.weight)
            for i in WorkItem.objects.filter(case=case)
        ),
        "decisions": list(
            Decision.objects.filter(case=case).order_by("pk").values_list(
                "step__place", "actor", "verb", "reason", "role", "data", "ledger_seq"
            )
        ),
        "tasks": sorted(
            (t.flow_task.name, t.flow_task_type, t.status, t.owner_id or 0, t.owner_permission or "", str(t.token),
             bool(t.started), bool(t.finished), sorted(p.flow_task.name for p in t.previous.all()))
            for t in Task.objects.filter(process=case.process)
        ),
        "parties": sorted(CaseParty.objects.filter(case=case).values_list("person", "relation")),
        "told": sorted(Outbox.objects.filter(subject=f"case:{case.pk}").values_list("event", "recipient", "channel")),
        "entries": list(Entry.objects.filter(chain__subject=f"case:{case.pk}").order_by("seq").values_list("event")),
    }  # fmt: skip
    return parts


def walk(story: Story) -> Case:
    plant = story.plant
    case = story.file()
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[0], "approve")
    story.act(plant.section_chiefs[1], "return_to", "team_review", then="resume", reason="缺记录")
    story.act(plant.team_leader, "approve")
    story.act(plant.section_chiefs[1], "approve")
    story.act(plant.section_chiefs[2], "approve")
    for reviewer in plant.reviewers[:4]:
        story.act(reviewer, "approve")
    return case


@contextmanager
def one_by_one() -> Iterator[Any]:
    """The doors outside `gathered`: each row saved by the ORM as it comes."""
    from workflows.store.gathering import Gathering

    yield Gathering()


def test_together_and_one_by_one_leave_the_same(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    together = told(walk(story))
    monkeypatch.setattr(locking, "gathered", one_by_one)
    monkeypatch.setattr(opening, "gathered", one_by_one)
    assert told(walk(story)) == together


def test_viewflows_own_way_leaves_the_same_tasks(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = told(walk(story))["tasks"]
    monkeypatch.setattr(Written, "create", classmethod(Activation.create.__func__))  # type: ignore[attr-defined]
    assert told(walk(story))["tasks"] == ours


def test_a_changed_row_gets_what_an_earlier_statement_promised() -> None:
    """Another entry goes out with the change: its number must not be taken for the first one's."""
    row = Numbering.objects.create(stem="A", last=0)
    with gathered():
        first = append(subject="case:1", event="engine.case.filed", payload={})
        assert not Numbering.objects.filter(last=7).exists()  # lets the first entry out
        append(subject="case:1", event="engine.case.approved", payload={})
        row.last = first.seq
        change(row, "last")
    assert Numbering.objects.get().last == 1


def test_a_changed_row_knows_its_value_after_the_write() -> None:
    row = Numbering.objects.create(stem="A", last=0)
    with gathered():
        append(subject="case:1", event="engine.case.filed", payload={})
        row.last = append(subject="case:1", event="engine.case.approved", payload={}).seq
        change(row, "last")
    assert row.last == Numbering.objects.get().last == 2
