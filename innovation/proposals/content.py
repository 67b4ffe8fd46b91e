"""What somebody files, read from what they typed. Every message stands at its field; nothing typed is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from innovation.proposals import forecast
from innovation.proposals.amounts import Unreadable, read_amount, read_share
from innovation.proposals.models import Category, Problem
from workflows.organisation.models import Person, UnitKind

# What a browser sends: each field's values in their order. The same for a form, a phone's queue and a draft.
Typed = Mapping[str, Sequence[str]]

LONGEST_TITLE, LONGEST_TEXT, LONGEST_TAG, MOST_LINES, MOST_AUTHORS = 120, 10_000, 60, 40, 20
NEW_PROBLEM = "new"


@dataclass(frozen=True)
class Content:
    """Ready to be filed. Shares begin with the first author's."""

    title: str
    category: str
    problem: Problem | None  # None: `new_problem` is entered into the ledger
    new_problem: str
    present_state: str
    method: str
    equipment: str
    cost: Decimal
    lines: tuple[forecast.Line, ...]
    shares: tuple[tuple[Person, int], ...]


@dataclass
class Reader:
    """Reads one filing. Afterwards `errors` holds a sentence by field; row n of a repeated field is `name-n`."""

    typed: Typed
    person: Person
    errors: dict[str, str] = field(default_factory=dict)

    def read(self) -> Content | None:
        """Return the content, or None with `errors` filled."""
        title, category = self._title(), self._category()
        problem, new_problem = self._problem()
        content = Content(
            title=title,
            category=category,
            problem=problem,
            new_problem=new_problem,
            present_state=self._text("present_state", _("Say what it is like now.")),
            method=self._text("method", _("Say what to change. A problem without a method cannot be filed.")),
            equipment=self._short("equipment", LONGEST_TAG),
            cost=self._cost(),
            lines=tuple(self._lines()),
            shares=tuple(self._shares()),
        )
        self._check_total(content)
        return None if self.errors else content

    def one(self, name: str) -> str:
        return next(iter(self.many(name)), "")

    def many(self, name: str) -> list[str]:
        # PostgreSQL holds no NUL; nobody can have typed one.
        return [str(value).replace("\x00", "").replace("\r\n", "\n").strip() for value in self.typed.get(name, [])]

    def _title(self) -> str:
        title = " ".join(self.one("title").split())
        if len(title) < 2:
            self.errors["title"] = _("Give it a title of two characters or more.")
        return self._limited("title", title, LONGEST_TITLE)

    def _category(self) -> str:
        category = self.one("category")
        if category not in Category.values:
            self.errors["category"] = _("Choose a category.")
        return category

    def _problem(self) -> tuple[Problem | None, str]:
        chosen = self.one("problem")
        if chosen == NEW_PROBLEM:
            return None, self._new_problem()
        found = None
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
            found = Problem.objects.visible_to(self.person).filter(pk=chosen).first()
        if found is None:
            self.errors["problem"] = _("Choose a problem from the ledger, or write a new one.")
        return found, ""

    def _new_problem(self) -> str:
        title = " ".join(self.one("problem_title").split())
        if len(title) < 2:
            self.errors["problem_title"] = _("Say in one line which problem this solves.")
        return self._limited("problem_title", title, LONGEST_TITLE)

    def _text(self, name: str, when_missing: str) -> str:
        text = self.one(name)
        if not text:
            self.errors[name] = when_missing
        return self._limited(name, text, LONGEST_TEXT)

    def _short(self, name: str, longest: int) -> str:
        return self._limited(name, " ".join(self.one(name).split()), longest)

    def _limited(self, name: str, text: str, longest: int) -> str:
        if len(text) > longest:
            self.errors[name] = _("%(count)s characters; the limit is %(longest)s.") % {
                "count": len(text), "longest": longest
            }  # fmt: skip
        return text

    def _cost(self) -> Decimal:
        typed = self.one("cost")
        return self._amount("cost", typed, places=2) if typed else Decimal("0.00")

    def _amount(self, key: str, typed: str, *, places: int) -> Decimal:
        try:
            return read_amount(typed, places=places)
        except Unreadable as refused:
            self.errors[key] = str(refused)
            return Decimal(0)

    def _lines(self) -> list[forecast.Line]:
        rows = self._rows("line_kind", "line_label", "line_unit_value", "line_quantity")
        found = [self._line(n, *row) for n, row in enumerate(rows) if any(row[1:])]
        if len(found) > MOST_LINES:
            self.errors["line_label-0"] = _("At most %(most)s lines.") % {"most": MOST_LINES}
        return found

    def _line(self, n: int, kind: str, label: str, unit_value: str, quantity: str) -> forecast.Line:
        line = forecast.Line(
            label=self._limited(f"line_label-{n}", label, LONGEST_TITLE),
            kind="added_cost" if kind == "added_cost" else "saving",
            quantity=self._amount(f"line_quantity-{n}", quantity, places=4),
            unit_value=self._amount(f"line_unit_value-{n}", unit_value, places=4),
        )
        if line.amount > forecast.LARGEST:
            self.errors[f"line_unit_value-{n}"] = _("A line comes to ¥99,999,999.99 at most.")
        return line

    def _check_total(self, content: Content) -> None:
        if abs(forecast.total(content.lines)) > forecast.LARGEST:
            self.errors.setdefault("line_unit_value-0", _("The forecast comes to ¥99,999,999.99 at most."))

    def _shares(self) -> list[tuple[Person, int]]:
        shares = [(self.person, self._share("own_share", self.one("own_share") or "1"))]
        rows = [(n, row[0], row[1]) for n, row in enumerate(self._rows("coauthor", "coauthor_share")) if row[0]]
        if len(rows) >= MOST_AUTHORS:
            self.errors["coauthor-0"] = _("At most %(most)s authors.") % {"most": MOST_AUTHORS}
            return shares
        known = {p.employee_no: p for p in colleagues(self.person).filter(employee_no__in=[r[1] for r in rows])}
        for n, number, share in rows:
            if other := self._coauthor(n, number, known, [p for p, _share in shares]):
                shares.append((other, self._share(f"coauthor_share-{n}", share)))
        return shares

    def _coauthor(self, n: int, number: str, known: dict[str, Person], before: list[Person]) -> Person | None:
        other = known.get(number)
        if number == self.person.employee_no:
            self.errors[f"coauthor-{n}"] = _("You are the first author already.")
        elif other is None:
            self.errors[f"coauthor-{n}"] = _("Nobody with number %(number)s works here now.") % {"number": number}
        elif other in before:
            self.errors[f"coauthor-{n}"] = _("%(name)s stands here twice.") % {"name": other.name}
        else:
            return other
        return None

    def _share(self, key: str, typed: str) -> int:
        try:
            return read_share(typed)
        except Unreadable as refused:
            self.errors[key] = str(refused)
            return 1

    def _rows(self, *names: str) -> list[tuple[str, ...]]:
        columns = [self.many(name) for name in names]
        longest = max(map(len, columns), default=0)
        return list(zip(*(column + [""] * (longest - len(column)) for column in columns), strict=True))


def colleagues(person: Person):
    """Those of the same company who may be co-authors: in service, not of a contractor."""
    company = person.unit.at_level(UnitKind.COMPANY)
    root = company.path if company else f"/{person.unit.ancestor_ids[0]}/"
    return Person.objects.active().filter(unit__path__startswith=root).exclude(unit__kind=UnitKind.CONTRACTOR)
