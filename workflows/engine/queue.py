"""What waits for a person: two ways of holding a task, each on its own partial index, merged and paged by key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from workflows.engine import bigrams, hands, independence, kinds, withholding
from workflows.engine.models import Case, CaseCopy, Decision, WorkItem
from workflows.engine.models.step import Mode
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, RoleHolding, UnitKind
from workflows.organisation.roles import held_by
from workflows.store.prepared import Given, IsOneOf

Who = Person | int | Given
Seat = tuple[str, int] | tuple[Given, Given]
Order = Callable[[QuerySet[WorkItem]], QuerySet[WorkItem]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def mine(person: Who) -> QuerySet[WorkItem]:
    """Open items in this person's own hands."""
    return WorkItem.objects.filter(state=WorkItem.State.OPEN, person=person)


def pools(person: Who, seats: Iterable[Seat]) -> list[QuerySet[WorkItem]]:
    """Open items that nobody has claimed, of each pool that the person belongs to and may decide in."""
    free = WorkItem.objects.filter(state=WorkItem.State.OPEN).exclude(_not_free_for(person))
    return [free.filter(_pool(seat)) for seat in seats]


def ways(person: Who, seats: Iterable[Seat]) -> list[QuerySet[WorkItem]]:
    """What waits for the person by each way of holding it: in their own hands, and pool by pool."""
    return [mine(person), *pools(person, seats)]


def seats_of(person: Person) -> list[Seat]:
    """Role and unit of each pool that the person belongs to."""
    return [(held.role, held.unit_id) for held in held_by(person)]


def _pool(seat: Seat) -> Q:
    role, unit = seat
    return Q(role=role, unit_id=unit, person=None)


def _pools(person: Person) -> list[Q]:
    return [_pool(seat) for seat in seats_of(person)]


def claimable(person: Person) -> QuerySet[WorkItem]:
    """The pools as one, for asking about a task; lists take `front(pools(person))`."""
    free = WorkItem.objects.filter(_any(_pools(person)), state=WorkItem.State.OPEN)
    return free.exclude(_not_free_for(person))


def waiting_for(person: Person) -> QuerySet[WorkItem]:
    """Everything that the person could do now, for asking about a task; lists take `front(ways(person))`."""
    held = _any([Q(person=person), *_pools(person)])
    found = WorkItem.objects.filter(held, state=WorkItem.State.OPEN)
    return urgent_first(found.exclude(Q(person=None) & _not_free_for(person)))


def _forbidden_to(person: Who) -> Q:
    """What independence keeps from the person: cases that concern them, appeals against what they decided, and
    what they did themselves."""
    return independence.cases_recused_for(person) | _decided_before_the_appeal(person) | _done_by(person)


def _not_free_for(person: Who) -> Q:
    """A pool's task that is not the person's to take: forbidden, or they sit in the step by name already."""
    return _forbidden_to(person) | _kept_from(person) | Q(hands.has_a_part(OuterRef("step"), person))


def _kept_from(person: Who) -> Q:
    """Cases withheld from the person. Beforehand, of whoever is to be named later, nobody knows: see `heads`."""
    kept = withholding.of(person) if isinstance(person, Person) else None
    return Q(pk__in=[]) if kept is None else Q(case__in=Case.objects.filter(kept).order_by().values("pk"))


def _done_by(person: Who) -> Q:
    """Steps that nobody decides who acted at certain others."""
    asked = {name: fresh for name, fresh in _fresh() if isinstance(fresh, tuple)}
    done = (
        Q(step__node=name)
        & Q(
            Exists(independence.acted_at(steps).filter(Q(actor=person) | Q(on_behalf_of=person), case=OuterRef("case")))
        )
        for name, steps in asked.items()
    )
    return _any(list(done))


def _fresh() -> list[tuple[str, Any]]:
    """Nodes that want somebody new, and whom they mean by it."""
    nodes = (node for kind in kinds.all_kinds() for node in kind.flow.instance.nodes())
    return [(node.name, fresh) for node in nodes if (fresh := getattr(node, "fresh", False))]


def _decided_before_the_appeal(person: Who) -> Q:
    fresh = [name for name, asked in _fresh() if not isinstance(asked, tuple)]
    appeal = Decision.objects.filter(case=OuterRef("case"), verb="appeal", pk__gt=OuterRef("pk"))
    earlier = Decision.objects.filter(case=OuterRef("case"), actor=person, verb__in=independence.DECIDING)
    return Q(step__node__in=fresh) & Q(Exists(earlier.filter(Exists(appeal)).order_by()))


def _any(conditions: list[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=[]))


def front(parts: Collection[QuerySet[WorkItem]], most: int, order: Order | None = None) -> QuerySet[WorkItem]:
    """The first `most` rows of several ways of holding, merged in one order (most urgent first).

    Each way reads no more than `most` rows off its own index; one condition with OR over all of them would read and
    sort the whole backlog.
    """
    order = order or urgent_first
    heads = [order(part).values("pk")[:most] for part in parts]
    if not heads:
        return WorkItem.objects.none()
    found = heads[0].union(*heads[1:], all=True) if len(heads) > 1 else heads[0]
    # As a list and not as a join: past eight joined tables the planner reads all items first and picks these last.
    return order(WorkItem.objects.filter(IsOneOf(F("pk"), ArraySubquery(found))))


def standing_in(person: Person, absent: Collection[int] | None = None) -> QuerySet[WorkItem]:
    """What the person may do for absent colleagues: their own items and their pools', most urgent first.

    Never what independence forbids to either of the two. Work that is an author's by name is no opinion and stays.
    """
    seats = stands_in_for(person) if absent is None else absent
    if not seats:
        return WorkItem.objects.none()
    theirs = WorkItem.objects.filter(_seats_of(person, seats), state=WorkItem.State.OPEN)
    theirs = theirs.exclude(_kept_from(person))
    return urgent_first(theirs.exclude(step__mode=Mode.EACH))  # what each does in person waits for them


def _seats_of(person: Person, absent: Collection[int]) -> Q:
    found = Q(pk__in=[])
    held_by_them = RoleHolding.objects.in_force().filter(person__in=absent).values_list("person_id", "role", "unit_id")
    own = {(held.role, held.unit_id) for held in held_by(person)}
    for principal, held in groupby(sorted(held_by_them), key=lambda row: row[0]):
        free = Q(pk__in=[])
        for _principal, role, unit in held:
            if (role, unit) not in own:
                free |= Q(role=role, unit_id=unit, person=None)
        found |= free & ~_not_free_for(principal)
    for principal in absent:
        found |= Q(person_id=principal) & (_work_by_name() | ~_forbidden_to(principal))
    return found & (_work_by_name() | ~_forbidden_to(person.pk))


def _work_by_name() -> Q:
    steps = (n for k in kinds.all_kinds() for n in k.flow.instance.nodes() if getattr(n, "deciding", None) is False)
    return Q(role="", step__node__in=[n.name for n in steps if n.people is not None])


def next_for(person: Person, behind: WorkItem | None = None) -> WorkItem | None:
    """The task that comes behind this one in order of urgency; then the most urgent; then an absent colleague's."""
    heads = ways(person, seats_of(person))
    if behind is not None:
        heads += [after(way, behind.due_at, behind.pk) for way in heads]
    own = [item for item in front(heads, 2).select_related("case")[: 4 * len(heads)] if item != behind]
    later = [item for item in own if behind is not None and _place(item) > _place(behind)]
    if later or own:
        return (later or own)[0]
    return standing_in(person).select_related("case").first() if stands_in_for(person) else None


def _place(item: WorkItem) -> tuple[bool, datetime, int]:
    """As `urgent_first` orders them: without a deadline last."""
    return item.due_at is None, item.due_at or _EPOCH, item.pk


def urgent_first(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    return items.order_by(F("due_at").asc(nulls_last=True), "pk")


def newest_first(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    return items.order_by("-opened_at", "-pk")


def with_cases(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """All that a row shows of the engine's own, in the same statement."""
    return items.select_related("case__unit", "case__author", "case__rules", "step__unit", "person").defer(
        "case__rules__content"
    )


def behind(items: QuerySet[WorkItem], moment: Any, pk: Any, *, newest: bool) -> QuerySet[WorkItem]:
    """The page behind this row in one of the two orders."""
    if not newest:
        return after(items, moment, pk)
    return items if moment is None else items.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, pk__lt=pk))


def after(items: QuerySet[WorkItem], due_at: Any, pk: Any) -> QuerySet[WorkItem]:
    """The page behind this row, by key and not by offset."""
    if due_at is None:
        return items.filter(due_at=None, pk__gt=pk)
    return items.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk) | Q(due_at=None))


def _still_read(found: QuerySet[Any], person: Person) -> QuerySet[Any]:
    """A contractor's people lose with their firm what they had in hand for it."""
    if person.unit.kind != UnitKind.CONTRACTOR:
        return found
    return found.filter(case__in=Case.objects.visible_to(person).order_by().values("pk"))


def handled_by(person: Person) -> QuerySet[Decision]:
    """What the person decided, latest first."""
    return (
        _still_read(Decision.objects.filter(actor=person), person)
        .exclude(verb__in=("claim", "release", "file", "urge", "copy"))
        .select_related("case__unit", "case__author", "step")
        .order_by("-decided_at", "-pk")
    )


def copies_for(person: Person) -> QuerySet[CaseCopy]:
    """What was sent to the person to read, latest first."""
    return (
        _still_read(CaseCopy.objects.filter(person=person), person)
        .exclude(_kept_from(person))
        .select_related("case__unit", "case__author", "sent_by")
        .order_by("-sent_at", "-pk")
    )


def matching(items: QuerySet, text: str, case: str = "case") -> QuerySet:
    """Rows whose case has all of the text's words; two Chinese characters are a word. Numbers match as they begin."""
    wanted = bigrams.query(text)
    number = Q(**{f"{case}__number__istartswith" if case else "number__istartswith": text.strip()})
    if not wanted:
        return items.filter(number)
    vector = f"{case}__search" if case else "search"
    return items.filter(number | Q(**{vector: SearchQuery(wanted, config="simple", search_type="raw")}))
