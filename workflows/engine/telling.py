"""Who hears of what: outbox rows written beside the change. Nobody hears of a case that is withheld from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

from django.urls import reverse

from workflows.engine import independence, kinds, withholding
from workflows.engine.broadcast import step_code
from workflows.engine.models import Case, CaseCopy, CaseParty, Decision, Step
from workflows.notices.outbox import post
from workflows.organisation.models import Person, Role, RoleHolding, UnitKind


def waiting(case: Case, step: Step, people: Iterable[Person], standing: Collection[int] = (), round: str = "") -> None:
    """A step waits for these people. `round` tells a later call for the same step from the first."""
    recipients = _heard(case, {p.pk for p in people if p.pk not in standing})
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
    _tell("engine.case.urge", case, decision, holders_of(step))


def holders_of(step: Step) -> set[int]:
    """Whom the open step waits for: named signers and claimers, or the pool, less those who may not decide there."""
    people: set[int] = set()
    for item in step.items.filter(state="open"):  # type: ignore[attr-defined]
        if item.person_id:
            people.add(item.person_id)
        else:
            pool = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit_id)
            of_role = set(pool.values_list("person_id", flat=True))
            fresh = step.task.flow_task.is_fresh(step.case)
            people |= of_role - independence.recused(step.case, of_role, fresh=fresh).keys()
    return people


def reminded(case: Case, step: Step) -> None:
    _clock("engine.task.remind", step, "reminded", holders_of(step))


def ran_late(case: Case, step: Step, above: Iterable[Person]) -> None:
    people = {p.pk for p in above}
    _clock("engine.task.late", step, "late", people)


def escalated(case: Case, step: Step, above: Iterable[Person], decision: Decision) -> None:
    """The person above may now decide; whoever held the work hears that it is no longer theirs alone."""
    people = {p.pk for p in above}
    event = "engine.task.escalated" if decision.data["may_act"] else "engine.task.late_for_long"
    _clock(event, step, "escalated", people)
    if decision.data["may_act"]:
        _clock("engine.task.shared", step, "shared", holders_of(step) - people)
    if not people and not case.reserved:
        unmanned_above(case, step)


def unmanned_above(case: Case, step: Step) -> None:
    """Nobody stands above: the administrators hear of it, once, without the case's title."""
    above = RoleHolding.objects.in_force().filter(role=Role.ADMINISTRATOR, unit_id__in=case.unit.ancestor_ids)
    _clock("engine.task.nobody_above", step, "nobody_above", set(above.values_list("person_id", flat=True)), "home")


def _clock(event: str, step: Step, key: str, people: Collection[int], page: str = "case") -> None:
    case = step.case
    post(
        event=event,
        key=f"step:{step.pk}:{key}",
        recipients=sorted(_heard(case, people)),
        subject=f"case:{case.pk}",
        context={"number": case.number, "title": case.title, "step": step_code(step)},
        url=reverse("case", args=[case.number]) if page == "case" else reverse(page),
    )


def _heard(case: Case, people: Collection[int]) -> set[int]:
    return set(people) - withholding.kept_from(case, people) - _of_other_firms(case, people)


def _of_other_firms(case: Case, people: Collection[int]) -> set[int]:
    """Who had it in hand for a contractor and is of another since. Asked only where contractors have a part."""
    if not people or not _concerns_firms(case.kind):
        return set()
    outside = Person.objects.filter(pk__in=people, unit__kind=UnitKind.CONTRACTOR).select_related("unit")
    return {one.pk for one in outside if not Case.objects.visible_to(one).filter(pk=case.pk).exists()}


@cache
def _concerns_firms(kind: str) -> bool:
    return any(getattr(node, "role", "") == Role.CONTRACTOR for node in kinds.get(kind).flow.instance.nodes())


def copied(case: Case, decision: Decision, made: CaseCopy) -> None:
    _tell("engine.case.copy", case, decision, {made.person_id})


def _tell(event: str, case: Case, decision: Decision, people: Collection[int]) -> None:
    if heard := _heard(case, people):
        post(
            event=event,
            key=f"decision:{decision.pk}",
            recipients=sorted(heard),
            subject=f"case:{case.pk}",
            context={"number": case.number, "title": case.title, "reason": decision.reason[:200],
                     "who": decision.actor.name if decision.actor else ""},
            url=reverse("case", args=[case.number]),
        )  # fmt: skip


def unmanned(case: Case, step: Step) -> None:
    """Nobody may act at this step: the administrators above hear of it, once, and are led to where it can be mended."""
    above = RoleHolding.objects.in_force().filter(role=Role.ADMINISTRATOR, unit_id__in=case.unit.ancestor_ids)
    post(
        event="engine.task.unmanned",
        key=f"step:{step.pk}:unmanned",
        recipients=sorted(set(above.values_list("person_id", flat=True))),
        subject=f"case:{case.pk}",
        context={"number": case.number, "step": step_code(step)},
        url=reverse("desk"),
    )


def moved(case: Case, decision: Decision) -> None:
    """The people whom the case concerns hear when a step has ended, by which decision; not the one who took it."""
    parties, hears = case.party_ids, kinds.kind_of(case).hears
    if parties is None or hears is not None:
        rows = CaseParty.objects.filter(case=case)
        rows = rows if hears is None else rows.filter(relation__in=hears)
        parties = list(rows.values_list("person_id", flat=True))
    concerned = set(parties)
    recipients = _heard(case, concerned - {decision.actor_id})
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
            "step": step_code(decision.step) if decision.step else "",
        },
        url=reverse("case", args=[case.number]),
    )
