"""Gates and acts without Viewflow's savepoint: a failing condition fails the whole move, which is what we want."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now as viewflow_now
from viewflow import this
from viewflow.workflow.activation import Activation
from viewflow.workflow.exceptions import FlowRuntimeError
from viewflow.workflow.nodes.func import Function, FunctionActivation
from viewflow.workflow.nodes.if_gate import If, IfActivation
from viewflow.workflow.nodes.switch import Switch, SwitchActivation

from workflows.engine.nodes.written import Written


class GateActivation(Written, IfActivation):
    @Activation.status.super()
    def activate(self) -> None:
        self._condition_result = self.flow_task._condition(self)


class Gate(If):
    """Two ways on, by a pure condition."""

    activation_class = GateActivation


class ForkActivation(Written, SwitchActivation):
    @Activation.status.super()
    def activate(self) -> None:
        ways = (node for node, condition in self.flow_task._branches if condition is None or condition(self))
        self.next_task = next(ways, None)
        if self.next_task is None:
            raise FlowRuntimeError(f"no way on from {self.flow_task.name}")


class Fork(Switch):
    """The first way whose condition holds; a way without one is the default and stands last."""

    activation_class = ForkActivation


class ActActivation(Written, FunctionActivation):
    @Activation.status.super()
    def activate(self) -> None:
        self.task.started = viewflow_now()
        self.flow_task._func(self)


class Act(Function):
    """A machine step: one call of a guarded verb of the business."""

    activation_class = ActActivation
    _undo_func: Any = None

    def Undone(self, func: Any) -> Act:
        """What takes it back, as long as nobody has acted on it; without it a decision before it stands."""
        self._undo_func = func
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._undo_func = this.resolve(instance, self._undo_func)


__all__ = ["Act", "Fork", "Gate"]
