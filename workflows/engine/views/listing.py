"""What a person asks of the queue, from the address, and the one page of items that answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import django_filters
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.engine import kinds, queue
from workflows.engine.models import WorkItem
from workflows.ledger.clock import now
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, Unit

PAGE = 50
CAP = 100
TABS = ("mine", "claimable", "behalf", "handled", "copies")
SORTS = ("urgent", "newest")
Key = tuple[datetime | None, int]  # of the last row of a page
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
        self.filter = QueueFilter(given, queryset=WorkItem.objects.none())
        self.form = self.filter.form
        ways = {"claimable": queue.pools, "behalf": lambda person: []}.get(self.tab, queue.ways)
        self.ways = [self._narrowed(way) for way in ways(person)]

    def _narrowed(self, items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        """Under the conditions of the address; those that cannot be read are left out."""
        self.form.is_valid()
        return self.filter.filter_queryset(items)

    def page(self) -> tuple[list[WorkItem], str]:
        """The rows, and where the next page begins ("" = nowhere). One statement."""
        found = list(with_signers(queue.with_cases(self.front(PAGE + 1, self.start())))[: PAGE + 1])
        more = self._key(found[PAGE - 1]) if len(found) > PAGE else ""
        return found[:PAGE], more

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

    def front(self, most: int, start: Key | None = None) -> QuerySet[WorkItem]:
        """The first `most` rows in the address's order, from the start or behind a row."""
        order = queue.newest_first if self.sort == "newest" else queue.urgent_first
        ways = self.ways if start is None else [self._behind(way, *start) for way in self.ways]
        return queue.front(ways, most, order)

    def tally(self) -> Tally:
        """One statement; reads at most CAP rows."""
        moment = now()
        tomorrow = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        some = queue.front(self.ways, CAP).values("pk")[:CAP]
        row = WorkItem.objects.filter(pk__in=some).aggregate(
            total=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=moment)),
            today=Count("pk", filter=Q(due_at__gte=moment, due_at__lt=tomorrow)),
            free=Count("pk", filter=Q(person=None)),
        )
        return Tally(**row)

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)

    @property
    def chips(self) -> list[Chip]:
        return [Chip(str(words), self.address(**{name: ""})) for name, words in self._active()]

    def _active(self) -> list[tuple[str, Any]]:
        data = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
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

    def _behind(self, items: QuerySet[WorkItem], moment: datetime | None, pk: int) -> QuerySet[WorkItem]:
        if self.sort == "urgent":
            return queue.after(items, moment, pk)
        return items.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, pk__lt=pk)) if moment else items


def with_signers(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Of each row's step: how many have signed (`signed`) out of how many (`seats`)."""
    mates = WorkItem.objects.filter(step=OuterRef("step")).order_by().values("step").annotate(n=Count("pk"))
    mates = mates.exclude(origin__in=(WorkItem.Origin.CONSULTED, WorkItem.Origin.ESCALATED))
    done, held = mates.filter(state="done"), mates.filter(state__in=("open", "parked", "done"))
    return items.annotate(signed=Subquery(done.values("n")), seats=Subquery(held.values("n")))


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
