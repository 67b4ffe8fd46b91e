"""Return 退回: to the author or to any earlier step that the case has been through; it comes back or walks again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from workflows.engine.concluding import conclude, reason_given
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, Decision, Step
from workflows.engine.models.step import Mode, Outcome
from workflows.engine.verbs.handing import Handing

Then = Literal["resume", "walk"]


@dataclass(frozen=True)
class Target:
    """A place that the case may be returned to: a node, and who decided there last (None: the author's own step)."""

    node: str
    title: str
    decision: Decision | None = None


def targets(case: Case, step: Step) -> list[Target]:
    """The author first, then the earlier steps that the case has been through, latest first.

    Once the case has been accepted its content stands: from there only the work done since may be returned.
    """
    here = step.task.flow_task
    flow = here.flow_class.instance
    found = [Target(n.name, n.task_title) for n in flow.nodes() if getattr(n, "authors", False) and here.mendable]
    been = (
        Decision.objects.filter(case=case, verb__in=("approve", "done"), step__place__lt=step.place)
        .exclude(step__node=step.node)
        .select_related("actor", "step")
        .order_by("-pk")
    )
    seen: set[str] = set()
    for decision in been:
        assert decision.step is not None
        node = flow.node(decision.step.node)
        if node.name in seen or node.authors:
            continue
        if node.deciding if here.mendable else not node.mendable:
            seen.add(node.name)
            found.append(Target(node.name, node.task_title, decision))
    return found


class Returning(Handing):
    def return_to(self, node: str, *, then: Then, reason: str) -> Decision:
        if not self.node.deciding:
            raise BadMove(_("This step is work to be done, not an opinion to be given."))
        self._not_asked_only()
        if self.step.mode == Mode.VOTE:
            raise BadMove(_("A vote is not returned: vote against with your reason, or abstain."))
        why = reason_given(reason, _('Say what is missing, e.g. "Add downtime for three shifts."'))
        if then not in ("resume", "walk"):
            raise BadMove(_("Pick how it comes back."), field="then")
        if node not in {t.node for t in targets(self.case, self.step)}:
            raise BadMove(_("The case has not been at that step."), field="to")
        decision = self._decide("return", why, {"to": node, "then": then})
        self.step.target = (node, then)  # type: ignore[attr-defined]
        conclude(self.step, Outcome.RETURNED, by=self.actor, decision=decision)
        return decision
