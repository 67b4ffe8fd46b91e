"""What Viewflow would let happen, and does not happen here. One test for each trap that we rely on having fixed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import ProtectedError
from viewflow.workflow.models import Task

from innovation.proposals import course
from tests.proposal_story import Story
from workflows.engine import kinds
from workflows.engine.locking import CaseLock
from workflows.engine.models import Decision
from workflows.engine.nodes import HumanStep
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db


def every_flow():
    return [kind.flow for kind in kinds.all_kinds()]


def test_every_flow_has_a_lock_that_waits_and_does_not_sleep() -> None:
    """Viewflow's default is no lock; its row lock sleeps up to ten seconds between attempts."""
    for flow in every_flow():
        assert isinstance(flow.lock_impl, CaseLock)


def test_no_node_shadows_what_a_flow_needs() -> None:
    for flow in every_flow():
        assert {"cancel", "lock", "node", "nodes"}.isdisjoint(flow._nodes_by_name)
        assert flow.instance.nodes()


def test_every_human_task_carries_a_permission_so_that_none_is_open_to_all(story: Story) -> None:
    story.file()
    story.accept_to_the_top()
    story.arrange()
    for task in Task.objects.filter(flow_task_type="HUMAN"):
        assert task.owner_permission


def test_every_human_node_is_ours() -> None:
    """Viewflow's View is executable by its shipped pages, which neither lock the right row nor scope any."""
    for flow in every_flow():
        for node in flow.instance.nodes():
            if node.task_type == "HUMAN":
                assert isinstance(node, HumanStep)


def test_thirty_returns_do_not_grow_the_token(story: Story) -> None:
    """Out of a Split without a Join the token passes 150 characters at the 26th loop. One token walks here."""
    case = story.file()
    for _ in range(30):
        story.act(story.plant.team_leader, "return_to", "revision", then="walk", reason="再补")
        story.act(story.plant.author, "complete")
    tokens = Task.objects.filter(process=case.process).values_list("token", flat=True)
    assert {str(token) for token in tokens} == {"start"}


def test_a_failing_machine_step_takes_everything_back(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Viewflow would keep an ERROR task that looks finished; the person would have decided and nothing had moved."""
    case = story.file(benefit="100.00", cost="0.00", category="small_improvement")
    before = [m.objects.count() for m in (Task, Decision, Entry, Outbox)]

    def broken(case: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(course, "accept", broken)
    with pytest.raises(ZeroDivisionError):
        story.act(story.plant.team_leader, "approve")
    assert [m.objects.count() for m in (Task, Decision, Entry, Outbox)] == before
    assert not Task.objects.filter(process=case.process, status="ERROR").exists()
    assert story.at() == "team_review"


def test_people_with_tasks_cannot_be_deleted_and_take_their_tasks_with_them(story: Story) -> None:
    """Task.owner cascades in Viewflow."""
    story.file()
    story.act(story.plant.team_leader, "claim")
    with pytest.raises(TypeError):
        story.plant.team_leader.delete()
    with pytest.raises((TypeError, ProtectedError)):
        type(story.plant.team_leader).objects.filter(pk=story.plant.team_leader.pk).delete()
    assert Task.objects.filter(owner=story.plant.team_leader).exists()


def test_live_tasks_have_their_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'viewflow_task'")
        names = {row[0] for row in cursor.fetchall()}
    assert {"engine_live_task_by_process", "engine_live_task_by_owner", "engine_live_task_by_permission"} <= names


def test_viewflow_sees_the_same_story_as_we_do(story: Story) -> None:
    """Its charts and exports read its own rows: done where we are done, one live task where we have one open step."""
    case = story.file()
    story.act(story.plant.team_leader, "approve")
    live = Task.objects.filter(process=case.process, finished=None)
    assert [t.flow_task.name for t in live] == ["section_review"]
    done = Task.objects.filter(process=case.process, status="DONE", flow_task_type="HUMAN")
    assert [(t.flow_task.name, t.owner) for t in done] == [("team_review", story.plant.team_leader)]
    assert all(t.started and t.finished for t in done)
