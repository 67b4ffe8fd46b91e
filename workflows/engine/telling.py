"""Who hears of what: outbox rows written beside the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.urls import reverse

from workflows.engine.models import Case, CaseParty, Decision, Step
from workflows.notices.outbox import post
from workflows.organisation.models import Person


def waiting(case: Case, step: Step, people: Iterable[Person], standing: Collection[int] = ()) -> None:
    """A step waits for these people."""
    recipients = [p.pk for p in people if p.pk not in standing]
    if not recipients:
        return
    post(
        event="engine.task.waiting",
        key=f"step:{step.pk}:waiting",
        recipients=recipients,
        subject=f"case:{case.pk}",
        context={"number": case.number, "title": case.title},
        url=reverse("case", args=[case.number]),
    )


def moved(case: Case, decision: Decision) -> None:
    """The people whom the case concerns hear of every decision in it, except the one who took it."""
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
