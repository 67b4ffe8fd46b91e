"""Who sits at a step: found by role and unit, without those whom independence forbids."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from workflows.engine import at_hand, independence, withholding
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.models.step import Mode
from workflows.organisation import roles
from workflows.organisation.models import Person, RoleHolding, Unit
from workflows.store.gathering import add_all
from workflows.store.rows import new


@dataclass
class Seats:
    """Who may act at a step. `people` are eligible; `recused` may not and why; `named`: by name, not by role."""

    unit: Unit | None
    role: str
    people: list[Person]
    weights: dict[int, int] = field(default_factory=dict)
    recused: dict[int, str] = field(default_factory=dict)
    recused_people: list[Person] = field(default_factory=list)
    named: bool = False
    from_above: bool = False  # the step's own level had nobody
    lent: bool = False  # by name, as a holder of the role at a unit beside
    origin: str = WorkItem.Origin.NAMED  # of those who sit by name


def by_name(people: Iterable[Person]) -> Seats:
    return Seats(unit=None, role="", people=[p for p in people if p.is_active], named=True)


def by_role(case: Case, role: str, level: str, *, fresh: independence.Fresh = False) -> Seats:
    """Holders of the role at the case's unit of that level, or nobody when there is no such unit."""
    holdings = [] if fresh else at_hand.holders_at(case, role, level)
    kept = withholding.kept_from(case, [h.person_id for h in holdings])
    if holdings and not kept and not any(h.concerned for h in holdings):  # type: ignore[attr-defined]
        weights = {h.person_id: h.weight for h in holdings}
        return Seats(unit=holdings[0].unit, role=role, people=[h.person for h in holdings], weights=weights)
    unit = case.unit if case.unit.kind == level else case.unit.at_level(level)
    if unit is None:
        return Seats(unit=None, role=role, people=[])
    return _told(case, independent(case, unit, role, roles.holders(role, unit.pk), fresh=fresh))


def _told(case: Case, seats: Seats) -> Seats:
    """Without those from whom the case is withheld."""
    kept = withholding.kept_from(case, [person.pk for person in seats.people])
    seats.people = [person for person in seats.people if person.pk not in kept]
    return seats


def at_unit(case: Case, unit: Unit, role: str, *, fresh: independence.Fresh = False) -> Seats:
    """Holders of the role at a unit that the flow names; nobody stands above them in the case's own tree."""
    return independent(case, unit, role, roles.holders(role, unit.pk), fresh=fresh)


def above(case: Case, seats: Seats, *, fresh: independence.Fresh = False) -> Seats:
    """The person above: the role at the nearest unit above, else the named fallback there."""
    unit, holdings, fallback = roles.person_above(seats.role, seats.unit or case.unit)
    if fallback is None:
        found = independent(case, unit, seats.role, holdings, fresh=fresh)
    elif independence.why_not(case, fallback, fresh=fresh):
        found = Seats(unit=unit, role=seats.role, people=[])
    else:
        found = Seats(unit=unit, role=seats.role, people=[fallback], named=True)
    found.from_above, found.recused = True, seats.recused | found.recused
    return found


def borrowed(case: Case, role: str, units: Iterable[Unit], seats: Seats, *, fresh: independence.Fresh = False) -> Seats:
    """The first holder by number, eligible and told of the case, of the first of these units that has one; as it is
    where none has. Who was recused before stays known: that is why."""
    for unit in units:
        found = _told(case, independent(case, unit, role, roles.holders(role, unit.pk), fresh=fresh))
        if found.people:
            one = min(found.people, key=lambda person: person.employee_no)
            return Seats(unit, role, [one], recused=seats.recused, named=True, lent=True, from_above=True)
    return seats


def independent(case: Case, unit: Unit, role: str, holdings: list[RoleHolding], *, fresh: independence.Fresh) -> Seats:
    out = independence.recused(case, [h.person_id for h in holdings], fresh=fresh) if holdings else {}
    return Seats(
        unit=unit,
        role=role,
        people=[h.person for h in holdings if h.person_id not in out],
        weights={h.person_id: h.weight for h in holdings},
        recused=out,
        recused_people=[h.person for h in holdings if h.person_id in out],
    )


def pool_of(step: Step, role: str, unit: Unit | None) -> list[Person]:
    """Who may claim a task of this pool now."""
    if unit is None:
        return []
    fresh = step.task.flow_task.is_fresh(step.case)
    return independent(step.case, unit, role, roles.holders(role, unit.pk), fresh=fresh).people


def seat(
    step: Step,
    seats: Seats,
    *,
    standing: Collection[int] = (),
    first: Person | None = None,
    parts: Iterable[WorkItem] = (),
) -> list[WorkItem]:
    """Write the step's work items: one shared item for a pool, or one for each signer. One statement.

    `standing`: people whose earlier approval still stands (会签 resumed on unchanged content).
    `first`: in a pool, whom the task goes to at once, because they had it before.
    `parts`: as others had them by name in the step that this one resumes.
    """
    if step.mode == Mode.ONE and not seats.named:
        items = [_pool_item(step, seats, first)]
    elif step.mode == Mode.ONE:
        items = [_item(step, person, seats) for person in seats.people[:1]]
    else:
        items = [_item(step, person, seats, stands=person.pk in standing) for person in seats.people]
        items += [_recused_item(step, person, seats) for person in seats.recused_people]
    items += [_part_again(step, part, stands=part.person_id in standing) for part in parts]
    add_all(items)
    return items


def _pool_item(step: Step, seats: Seats, first: Person | None) -> WorkItem:
    return new(
        WorkItem,
        step=step,
        case=step.case,
        role=seats.role,
        unit=seats.unit,
        person=first,
        claimed_at=step.opened_at if first else None,
        opened_at=step.opened_at,
        due_at=step.due_at,
    )


def _item(step: Step, person: Person, seats: Seats, *, stands: bool = False) -> WorkItem:
    return new(
        WorkItem,
        step=step,
        case=step.case,
        person=person,
        role="" if seats.named and not seats.lent else seats.role,
        unit=None if seats.named and not seats.lent else seats.unit,
        weight=seats.weights.get(person.pk, 1),
        origin=WorkItem.Origin.CARRIED if stands else seats.origin,
        state=WorkItem.State.DONE if stands else WorkItem.State.OPEN,
        opened_at=step.opened_at,
        due_at=step.due_at,
        closed_at=step.opened_at if stands else None,
    )


def _part_again(step: Step, part: WorkItem, *, stands: bool) -> WorkItem:
    carried = WorkItem.Origin.CARRIED
    return new(
        WorkItem,
        step=step,
        case=step.case,
        person=part.person,
        weight=part.weight,
        origin=carried if stands else WorkItem.Origin.GIVEN if part.origin == carried else part.origin,
        state=WorkItem.State.DONE if stands else WorkItem.State.OPEN,
        opened_at=step.opened_at,
        due_at=step.due_at,
        closed_at=step.opened_at if stands else None,
    )


def _recused_item(step: Step, person: Person, seats: Seats) -> WorkItem:
    return new(
        WorkItem,
        step=step,
        case=step.case,
        person=person,
        role=seats.role,
        unit=seats.unit,
        state=WorkItem.State.RECUSED,
        origin=WorkItem.Origin.NAMED,
        opened_at=step.opened_at,
        closed_at=step.opened_at,
    )


def approvals_that_stand(returning: Step, digest: str) -> set[int]:
    """People who approved in the step that returned the case, or whose approval was carried into it, if the content is
    as it was then."""
    return _that_stand(returning, ("approve",), content_digest=digest)


def votes_that_stand(taken_back: Step) -> set[int]:
    """People who voted in the step that one of them has come back to: nothing has changed for the others."""
    return _that_stand(taken_back, independence.DECIDING)


def _that_stand(before: Step, verbs: Collection[str], **content: str) -> set[int]:
    carried = WorkItem.objects.filter(step=before, origin=WorkItem.Origin.CARRIED).values("person")
    given = Q(step=before) | Q(case=before.case_id, step__node=before.node, item__person__in=carried)
    rows = Decision.objects.filter(given, verb__in=verbs, **content)
    back = Decision.objects.filter(case=before.case_id, verb="take_back").values_list("data__of", flat=True)
    seats = rows.exclude(ledger_seq__in=[seq for seq in back if seq is not None])
    return set(seats.values_list("item__person_id", flat=True))


def last_hand(case: Case, node: str) -> Person | None:
    """Whose part it was to decide at this node last; a substitute's part is the absent one's."""
    decision = (
        Decision.objects.filter(case=case, step__node=node, actor__isnull=False, verb__in=("approve", "return", "done"))
        .select_related("actor", "on_behalf_of")
        .order_by("-decided_at", "-pk")
        .first()
    )
    return (decision.on_behalf_of or decision.actor) if decision else None
