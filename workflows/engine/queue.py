"""What waits for a person: two ways of holding a task, each on its own partial index, merged and paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, F, Q, QuerySet

from workflows.engine import bigrams, independence
from workflows.engine.models import Decision, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.organisation.roles import held_by

CAP = 100  # counts are shown as 100+; nobody needs to know that it is 3,428


@dataclass(frozen=True)
class Counts:
    """Capped at CAP: `open` tasks that wait for the person (claimed or to claim), and of these the late ones."""

    open: int
    late: int


def mine(person: Person) -> QuerySet[WorkItem]:
    """Open items in this person's own hands."""
    return WorkItem.objects.filter(state=WorkItem.State.OPEN, person=person)


def claimable(person: Person) -> QuerySet[WorkItem]:
    """Open items of pools that the person belongs to and may decide in; nobody has claimed them."""
    pools = Q(pk__in=[])
    for held in held_by(person):
        pools |= Q(role=held.role, unit_id=held.unit_id)
    free = WorkItem.objects.filter(pools, state=WorkItem.State.OPEN, person=None)
    return free.exclude(independence.cases_recused_for(person))


def waiting_for(person: Person) -> QuerySet[WorkItem]:
    """Everything that the person could do now, most urgent first."""
    pools = Q(person=person)
    for held in held_by(person):
        pools |= Q(role=held.role, unit_id=held.unit_id, person=None)
    found = WorkItem.objects.filter(pools, state=WorkItem.State.OPEN)
    found = found.exclude(Q(person=None) & independence.cases_recused_for(person))
    return urgent_first(found)


def urgent_first(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    return items.order_by(F("due_at").asc(nulls_last=True), "pk")


def with_cases(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """All that a row shows of the engine's own, in the same statement."""
    return items.select_related("case__unit", "case__author", "step", "person")


def after(items: QuerySet[WorkItem], due_at: datetime | None, pk: int) -> QuerySet[WorkItem]:
    """The page behind this row, by key and not by offset."""
    if due_at is None:
        return items.filter(due_at=None, pk__gt=pk)
    return items.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk) | Q(due_at=None))


def counts(person: Person) -> Counts:
    """One statement; reads at most CAP rows."""
    row = WorkItem.objects.filter(pk__in=waiting_for(person).values("pk")[:CAP]).aggregate(
        open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now()))
    )
    return Counts(row["open"], row["late"])


def handled_by(person: Person) -> QuerySet[Decision]:
    """What the person decided, latest first."""
    return (
        Decision.objects.filter(actor=person)
        .exclude(verb__in=("claim", "release", "file"))
        .select_related("case__unit", "case__author", "step")
        .order_by("-decided_at", "-pk")
    )


def matching(items: QuerySet, text: str, case: str = "case") -> QuerySet:
    """Rows whose case has all of the text's words; two Chinese characters are a word. Numbers match as they begin."""
    wanted = bigrams.query(text)
    number = Q(**{f"{case}__number__istartswith" if case else "number__istartswith": text.strip()})
    if not wanted:
        return items.filter(number)
    vector = f"{case}__search" if case else "search"
    return items.filter(number | Q(**{vector: SearchQuery(wanted, config="simple", search_type="raw")}))
