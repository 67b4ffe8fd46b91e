"""What a person asks of the queue, from the address, and the one page of items that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.engine import heads, kinds, queue
from workflows.engine.heads import CAP, Key
from workflows.engine.models import WorkItem
from workflows.ledger.clock import now
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, Unit
from workflows.store.prepared import Given, IsOneOf, Prepared

PAGE = 50
TABS = ("mine", "claimable", "behalf", "handled", "copies")
SORTS = ("urgent", "newest")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class QueueFilter(django_filters.FilterSet):
    """Conditions of the queue. They live in the address, each active one is a chip with a way out."""

    q = django_filters.CharFilter(method="filter_text", label=_("Search"))
    kind = django_filters.ChoiceFilter(
        field_name="case__kind", choices=lambda: [(k.name, k.label) for k in kinds.all_kinds()], label=_("Kind")
    )
    category = django_filters.ChoiceFilter(
        method="filter_category", choices=lambda: list(categories()), label=_("Category")
    )
    unit = django_filters.NumberFilter(method="filter_unit", label=_("Unit"))
    late = django_filters.ChoiceFilter(method="filter_late", choices=[("1", _("Late only"))], label=_("Deadline"))

    class Meta:
        model = WorkItem
        fields: list[str] = []

    def filter_text(self, items: QuerySet[WorkItem], name: str, value: str) -> QuerySet[WorkItem]:
        return queue.matching(items, value[:100])

    def filter_category(self, items: QuerySet[WorkItem], name: str, value: str) -> QuerySet[WorkItem]:
        kind, _dot, category = value.partition(".")
        return items.filter(case__kind=kind, case__in=kinds.get(kind).in_category(category))

    def filter_unit(self, items: QuerySet[WorkItem], name: str, value: Any) -> QuerySet[WorkItem]:
        unit = Unit.objects.filter(pk=int(value) if 0 < value < 2**63 else 0).first()
        self.unit = unit
        return items.filter(case__unit__path__startswith=unit.path) if unit else items.none()

    def filter_late(self, items: QuerySet[WorkItem], name: str, value: str) -> QuerySet[WorkItem]:
        return items.filter(due_at__lt=now())


def categories() -> list[tuple[str, Any]]:
    """Of all kinds, as kind.category."""
    return [(f"{kind.name}.{name}", label) for kind in kinds.all_kinds() for name, label in kind.categories]


@dataclass(frozen=True)
class Chip:
    """An active condition: its words, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Tally:
    """How many, counted up to CAP."""

    total: int
    late: int
    today: int
    free: int

    @property
    def later(self) -> int:
        return self.total - self.late - self.today

    @property
    def shown(self) -> str:
        return f"{CAP}+" if self.total >= CAP else str(self.total)


class Listing:
    """One look at the queue: tab, conditions, order and page, as the address says; nonsense is left out."""

    def __init__(self, person: Person, given: QueryDict) -> None:
        self.person, self.given = person, given
        self.tab = given.get("tab", "") if given.get("tab") in TABS else "mine"
        self.sort = given.get("sort", "") if given.get("sort") in SORTS else "urgent"
        self.after = given.get("after", "")
        self.picking = given.get("pick") == "1"  # on a phone the boxes are shown when asked for

    @cached_property
    def filter(self) -> QueueFilter:
        return QueueFilter(self.given, queryset=WorkItem.objects.none())

    @property
    def form(self) -> Any:
        return self.filter.form

    @cached_property
    def ways(self) -> list[QuerySet[WorkItem]]:
        """What the tab holds under the conditions; without any the queries are known beforehand, see `heads`."""
        if self.tab == "behalf":
            return []
        ways = queue.pools if self.tab == "claimable" else queue.ways
        return [self._narrowed(way) for way in ways(self.person, queue.seats_of(self.person))]

    def _narrowed(self, items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        """Under the conditions of the address; those that cannot be read are left out."""
        self.form.is_valid()
        return self.filter.filter_queryset(items)

    def page(self) -> tuple[list[WorkItem], str]:
        """The rows, and where the next page begins ("" = nowhere). Two statements: which, and what they say."""
        found = self._first if self._shows_first else self._head(PAGE + 1, self.start())
        more = self._key(found[PAGE - 1]) if len(found) > PAGE else ""
        return read(found[:PAGE]), more

    @property
    def _shows_first(self) -> bool:
        return self.start() is None and self.sort == "urgent"

    @cached_property
    def _first(self) -> list[WorkItem]:
        """The most urgent ones, for tally and first page."""
        if self.tab == "mine" and not self._narrows:
            return heads.urgent(self.person)
        return self._head(CAP, newest=False)

    def _head(self, most: int, start: Key | None = None, newest: bool | None = None) -> list[WorkItem]:
        newest = self.sort == "newest" if newest is None else newest
        if self.tab == "behalf":
            return []
        if not self._narrows:
            return heads.ask(self.person, most, only_pools=self.tab == "claimable", newest=newest, start=start)
        return list(heads.light(self.front(most, start, newest))[:most])

    @property
    def _narrows(self) -> bool:
        """Is there a word in the address that the filter may read?"""
        return any(self.given.get(name) for name in QueueFilter.base_filters)

    def standing_in(self) -> tuple[list[WorkItem], str]:
        """The most urgent work of absent colleagues, under the same conditions; and where there is more.

        The first page of one's own queue shows its head; its own tab goes on by key.
        """
        start = self.start()
        if self.tab not in ("mine", "behalf") or (start and self.tab == "mine"):
            return [], ""
        found = self._narrowed(queue.standing_in(self.person))
        found = queue.after(found, *start) if start else found
        items = list(with_signers(queue.with_cases(found))[: PAGE + 1])
        last = items[PAGE - 1] if len(items) > PAGE else None
        return items[:PAGE], self.address(tab="behalf", after=key(last.due_at, last.pk)) if last else ""

    @property
    def substitutes(self) -> bool:
        return bool(stands_in_for(self.person))

    def front(self, most: int, start: Key | None = None, newest: bool | None = None) -> QuerySet[WorkItem]:
        """The first `most` rows in the address's order, from the start or behind a row."""
        newest = self.sort == "newest" if newest is None else newest
        order = queue.newest_first if newest else queue.urgent_first
        ways = self.ways if start is None else [queue.behind(way, *start, newest=newest) for way in self.ways]
        return queue.front(ways, most, order)

    def tally(self) -> Tally:
        """Of the CAP most urgent."""
        moment = now()
        tomorrow = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        due = [item.due_at for item in self._first if item.due_at is not None]
        return Tally(
            total=len(self._first),
            late=sum(at < moment for at in due),
            today=sum(moment <= at < tomorrow for at in due),
            free=sum(item.person_id is None for item in self._first),
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)

    @property
    def chips(self) -> list[Chip]:
        return [Chip(str(words), self.address(**{name: ""})) for name, words in self._active()]

    def _active(self) -> list[tuple[str, Any]]:
        data = self.form.cleaned_data if self._narrows and self.form.is_bound and self.form.is_valid() else {}
        found: list[tuple[str, Any]] = []
        if data.get("q"):
            found.append(("q", f"“{data['q']}”"))
        if data.get("kind"):
            found.append(("kind", kinds.get(data["kind"]).label))
        if data.get("category"):
            found.append(("category", dict(categories())[data["category"]]))
        if data.get("unit") is not None:
            unit = getattr(self.filter, "unit", None)
            found.append(("unit", _("%(unit)s and below") % {"unit": unit.name if unit else "?"}))
        if data.get("late"):
            found.append(("late", _("Late only")))
        return found

    def address(self, **changes: str) -> str:
        """This look with some words of the address changed; the page begins anew."""
        query = QueryDict(mutable=True)
        for name in ("tab", "sort", "q", "kind", "category", "unit", "late", "pick"):
            if value := changes.get(name, self.given.get(name, "")):
                query[name] = value
        if "after" in changes:
            query["after"] = changes["after"]
        return "?" + query.urlencode()

    @property
    def here(self) -> str:
        return self.address()

    @property
    def pick(self) -> str:
        return self.address(pick="" if self.picking else "1")

    @property
    def other_order(self) -> str:
        return self.address(sort="" if self.sort == "newest" else "newest")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Conditions that a new search keeps."""
        names = ("kind", "category", "unit", "late")
        return [(name, value) for name in names if (value := self.given.get(name, ""))]

    @property
    def kind_choices(self) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in kinds.all_kinds()]

    @property
    def category_choices(self) -> list[tuple[str, Any]]:
        return categories()

    def _key(self, item: WorkItem) -> str:
        return key(item.opened_at if self.sort == "newest" else item.due_at, item.pk)

    def start(self) -> Key | None:
        return read_key(self.after)


def with_signers(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Of each row's step: how many have signed (`signed`) out of how many (`seats`)."""
    mates = WorkItem.objects.filter(step=OuterRef("step")).order_by().values("step").annotate(n=Count("pk"))
    mates = mates.exclude(origin__in=(WorkItem.Origin.CONSULTED, WorkItem.Origin.ESCALATED))
    done, held = mates.filter(state="done"), mates.filter(state__in=("open", "parked", "done"))
    return items.annotate(signed=Subquery(done.values("n")), seats=Subquery(held.values("n")))


# All that a row says and does, and nothing else.
SHOWN = (
    "step", "case", "person", "role", "unit_id", "state", "origin", "opened_at", "due_at", "step__node", "step__mode",
    "step__remind_at", "step__returned_by_id", "step__resumes_id", "step__unit__path", "case__number", "case__kind",
    "case__title", "case__state", "case__unit__name", "case__unit__path", "case__author__name", "case__rules__digest",
    "person__name",
)  # fmt: skip


def _rows():  # type: ignore[no-untyped-def]
    items = WorkItem.objects.filter(IsOneOf(F("pk"), Given("items")))
    related = ("case__unit", "case__author", "case__rules", "step__unit", "person")
    return with_signers(items).select_related(*related).only(*SHOWN).order_by()


_ROWS: Prepared[WorkItem] = Prepared(_rows)


def read(items: Sequence[WorkItem]) -> list[WorkItem]:
    """These items with all that their rows show, in the same order. One statement, the same for every list."""
    found = {item.pk: item for item in _ROWS(items=[item.pk for item in items])} if items else {}
    return [found[item.pk] for item in items if item.pk in found]


def behind(found: QuerySet[Any], start: Key | None, by: str = "decided_at") -> QuerySet[Any]:
    """Rows of the handled and copies tabs behind this one, latest first."""
    if start is None or start[0] is None:
        return found
    moment, pk = start
    return found.filter(Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "pk__lt": pk}))


def key(moment: datetime | None, pk: int) -> str:
    """Where a page ends, as the address says it: microseconds and number of the last row."""
    micros = "" if moment is None else str((moment - EPOCH) // timedelta(microseconds=1))
    return f"{micros}.{pk}"


def read_key(after: str) -> Key | None:
    """The key in an address, or None at the beginning and for nonsense."""
    micros, _dot, pk = after.partition(".")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    if not micros:
        return None, int(pk)
    if not (micros.isascii() and micros.isdigit() and len(micros) < 18):
        return None
    return EPOCH + timedelta(microseconds=int(micros)), int(pk)
