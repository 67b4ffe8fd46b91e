"""Viewflow's own rows, written with ours: the same rows that its activations save one by one."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now as viewflow_now
from viewflow.workflow.activation import Activation
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from workflows.store.gathering import add, change, key_for, link


def begin(task: Task, came_from: Task) -> None:
    """Insert a task and its edge from the one before."""
    task.flow_task_type = task.flow_task.task_type
    key_for(task)
    add(task)
    link(Task.previous.through, task.pk, came_from.pk)


class Written(Activation):
    """For activations of machine nodes: create and complete as Viewflow does, in fewer statements."""

    @classmethod
    def create(cls, flow_task, prev_activation, token, data=None, seed=None):  # type: ignore[no-untyped-def]
        task = flow_task.flow_class.task_class(process=prev_activation.process, flow_task=flow_task, token=token)
        task.data, task.seed = data or {}, seed
        begin(task, prev_activation.task)
        return cls(task)

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        finish(self.task)


def finish(task: Any) -> None:
    task.finished = viewflow_now()
    change(task, "status", "owner", "started", "finished")
