"""Who hears of what: outbox rows written beside the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.urls import reverse

from workflows.engine.models import Case, CaseParty, Decision, Step
from workflows.notices.outbox import post
from workflows.organisation.models import Person, Role, RoleHolding


def waiting(case: Case, step: Step, people: Iterable[Person], standing: Collection[int] = (), round: str = "") -> None:
    """A step waits for these people. `round` tells a later call for the same step from the first."""
    recipients = [p.pk for p in people if p.pk not in standing]
    if not recipients:
        return
    post(
        event="engine.task.waiting",
        key=f"step:{step.pk}:waiting" + (f":{round}" if round else ""),
        recipients=recipients,
        subject=f"case:{case.pk}",
        context={"number": case.number, "title": case.title},
        url=reverse("case", args=[case.number]),
    )


def unmanned(case: Case, step: Step) -> None:
    """Nobody may act at this step: the administrators above hear of it, once."""
    above = RoleHolding.objects.in_force().filter(role=Role.ADMINISTRATOR, unit_id__in=case.unit.ancestor_ids)
    post(
        event="engine.task.unmanned",
        key=f"step:{step.pk}:unmanned",
        recipients=sorted(set(above.values_list("person_id", flat=True))),
        subject=f"case:{case.pk}",
        context={"number": case.number, "step": str(step.task.flow_task.task_title)},
        url=reverse("home"),
    )


def moved(case: Case, decision: Decision) -> None:
    """The people whom the case concerns hear when a step has ended, by which decision; not the one who took it."""
    concerned = set(CaseParty.objects.filter(case=case).values_list("person_id", flat=True))
    recipients = concerned - {decision.actor_id}
    if not recipients:
        return
    post(
        event=f"engine.case.{decision.verb}",
        key=f"decision:{decision.pk}",
        recipients=sorted(recipients),
        subject=f"case:{case.pk}",
        context={
            "number": case.number,
            "title": case.title,
            "reason": decision.reason[:200],
            "who": decision.actor.name if decision.actor else "",
        },
        url=reverse("case", args=[case.number]),
    )
