"""The end of a case."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now as viewflow_now
from viewflow.workflow.activation import Activation
from viewflow.workflow.nodes.end import End, EndActivation
from viewflow.workflow.status import STATUS

from workflows.engine import concluding
from workflows.engine.nodes.written import Written
from workflows.store.gathering import change


class CaseEndActivation(Written, EndActivation):
    @Activation.status.super()
    def activate(self) -> None:
        """One token walks in our flows, so that the end is the end: no count of other tasks is needed."""
        self.task.started = viewflow_now()
        self.process.status, self.process.finished = STATUS.DONE, self.task.started
        change(self.process, "status", "finished")
        concluding.close(self.process.case, self.flow_task.standing)


class CaseEnd(End):
    """Closes the case under a standing, which is the kind's word for how it ended."""

    activation_class = CaseEndActivation

    def __init__(self, title: Any, *, standing: str) -> None:
        super().__init__()
        self.task_title, self.standing = title, standing
