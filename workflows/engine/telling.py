"""Who hears of what: outbox rows written beside the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.urls import reverse

from workflows.engine.models import Case, CaseCopy, CaseParty, Decision, Step
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


def urged(case: Case, step: Step, decision: Decision) -> None:
    """Whoever the step waits for is nudged."""
    items = step.items.filter(state="open").select_related("person")  # type: ignore[attr-defined]
    people = {item.person_id for item in items if item.person_id}
    for item in items:
        if item.person_id is None:
            pool = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit_id)
            people |= set(pool.values_list("person_id", flat=True))
    _tell("engine.case.urge", case, decision, people)


def copied(case: Case, decision: Decision, made: CaseCopy) -> None:
    _tell("engine.case.copy", case, decision, {made.person_id})


def _tell(event: str, case: Case, decision: Decision, people: Collection[int]) -> None:
    if people:
        post(
            event=event,
            key=f"decision:{decision.pk}",
            recipients=sorted(people),
            subject=f"case:{case.pk}",
            context={"number": case.number, "title": case.title, "reason": decision.reason[:200],
                     "who": decision.actor.name if decision.actor else ""},
            url=reverse("case", args=[case.number]),
        )  # fmt: skip


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
    parties = case.party_ids
    if parties is None:
        parties = list(CaseParty.objects.filter(case=case).values_list("person_id", flat=True))
    concerned = set(parties)
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
