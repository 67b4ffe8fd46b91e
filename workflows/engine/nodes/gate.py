"""Gates and acts without Viewflow's savepoint: a failing condition fails the whole move, which is what we want."""

from __future__ import annotations

from django.utils.timezone import now as viewflow_now
from viewflow.workflow.activation import Activation
from viewflow.workflow.exceptions import FlowRuntimeError
from viewflow.workflow.nodes.func import Function, FunctionActivation
from viewflow.workflow.nodes.if_gate import If, IfActivation
from viewflow.workflow.nodes.switch import Switch, SwitchActivation


class GateActivation(IfActivation):
    @Activation.status.super()
    def activate(self) -> None:
        self._condition_result = self.flow_task._condition(self)


class Gate(If):
    """Two ways on, by a pure condition."""

    activation_class = GateActivation


class ForkActivation(SwitchActivation):
    @Activation.status.super()
    def activate(self) -> None:
        ways = (node for node, condition in self.flow_task._branches if condition is None or condition(self))
        self.next_task = next(ways, None)
        if self.next_task is None:
            raise FlowRuntimeError(f"no way on from {self.flow_task.name}")


class Fork(Switch):
    """The first way whose condition holds; a way without one is the default and stands last."""

    activation_class = ForkActivation


class ActActivation(FunctionActivation):
    @Activation.status.super()
    def activate(self) -> None:
        self.task.started = viewflow_now()
        self.flow_task._func(self)


class Act(Function):
    """A machine step: one call of a guarded verb of the business."""

    activation_class = ActActivation


__all__ = ["Act", "Fork", "Gate"]
