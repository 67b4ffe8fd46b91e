"""The form of rules that hold tables: criteria, grades, checklists. Errors stand at their field. A row that is emptied
is gone; spare rows stand at the end of each table."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

SPARE = 3  # empty rows that are offered
KEY = re.compile(r"[a-z_]{1,20}")
WHOLE = {
    "min_value": _("Not less than %(limit_value)s."), "max_value": _("At most %(limit_value)s."),
    "invalid": _("A whole number."), "required": _("A whole number."),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows of fields under heads, for the template."""

    title: Any
    hint: Any
    heads: list[Any]
    rows: list[list[BoundField]]


class TableRulesForm(forms.Form):
    """`columns`: table → names of its columns; a field is named `grade-0-name`. `needed`: those that no row is without.

    Rows of a `keyed` table have a key that stays with them, whatever their words become. A table of `may_be_empty`
    needs no row. At most `most` rows are read.
    """

    columns: dict[str, tuple[str, ...]] = {}
    needed: dict[str, tuple[str, ...]] = {}
    keyed: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    most = 30

    def __init__(self, data: Any = None, *, first: Mapping[str, Any], initial: Mapping[str, Any] | None = None) -> None:
        """`first`: the rules where nothing is published; `initial`: the version that is changed."""
        self.before: dict[str, Any] = copy.deepcopy(dict(first) | dict(initial or {}))
        super().__init__(data, initial=self.flat(self.before), label_suffix="")
        self.places = {table: self._places(table) for table in self.columns}
        for table, places in self.places.items():
            for n in places:
                self._add_row(table, n)
        self.fields |= self.rest()
        for field in self.fields.values():
            look = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} {look}".strip()
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                self.fields[name].widget.attrs["class"] += " is-invalid"

    # What a kind of rules says. --------------------------------------------------------------------------------------

    def flat(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The version as values of the fields."""
        raise NotImplementedError

    def kept(self, table: str) -> int:
        """How many rows the version has."""
        return len(self.before[table])

    def row(self, table: str) -> dict[str, forms.Field]:
        """The fields of one row, by column."""
        raise NotImplementedError

    def rest(self) -> dict[str, forms.Field]:
        """The fields beside the tables."""
        return {}

    # What was typed. -------------------------------------------------------------------------------------------------

    def _places(self, table: str) -> range:
        if not self.is_bound:
            return range(min(self.kept(table) + SPARE, self.most))
        sent = (int(found[1]) for name in self.data if (found := re.fullmatch(rf"{table}-(\d{{1,2}})-\w+", name)))
        return range(min(max(sent, default=-1) + 1, self.most))

    def _add_row(self, table: str, n: int) -> None:
        made = self.row(table)
        if table in self.keyed:
            made["key"] = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
        self.fields |= {f"{table}-{n}-{name}": field for name, field in made.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for table in self.columns:
            self._require_whole_rows(table)
        return cleaned

    def filled(self, table: str) -> Iterator[int]:
        """Places of the rows in which something stands."""
        for n in self.places[table]:
            if any(str(self.data.get(f"{table}-{n}-{name}", "")).strip() for name in self.columns[table]):
                yield n

    def _require_whole_rows(self, table: str) -> None:
        rows = list(self.filled(table))
        if not rows and table not in self.may_be_empty:
            at = f"{table}-0-{self.columns[table][0]}"
            self.add_error(at if at in self.fields else None, _("At least one is needed."))
        for n in rows:
            for name in self.needed[table]:
                at = f"{table}-{n}-{name}"
                if at not in self.errors and self.cleaned_data.get(at) in (None, ""):
                    self.add_error(at, _("Fill this in, or empty the whole row."))

    def typed(self, table: str) -> list[dict[str, Any]]:
        """The rows that are filled in, by column; those of a keyed table with a key of their own."""
        made: list[dict[str, Any]] = []
        for n in self.filled(table):
            row = {name: self.cleaned_data[f"{table}-{n}-{name}"] for name in self.columns[table]}
            made.append(self._key(table, n, {other["key"] for other in made}) | row if table in self.keyed else row)
        return made

    def _key(self, table: str, n: int, taken: set[str]) -> dict[str, Any]:
        key = self.cleaned_data.get(f"{table}-{n}-key") or ""
        return {"key": key if KEY.fullmatch(key) and key not in taken else self._free(taken)}

    def _free(self, taken: set[str]) -> str:
        names = (f"own_{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(self.most + 1))
        return next(name for name in names if name not in taken)

    # For the template. -----------------------------------------------------------------------------------------------

    def shown(self, table: str, title: Any, hint: Any) -> Table:
        rows = [[self[f"{table}-{n}-{name}"] for name in self.columns[table]] for n in self.places[table]]
        return Table(title, hint, [field.label for field in rows[0]] if rows else [], rows)

    @property
    def keys(self) -> list[BoundField]:
        return [self[f"{table}-{n}-key"] for table in self.keyed for n in self.places[table]]


def whole(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    look = forms.TextInput(attrs={"inputmode": "numeric", "class": "num-r"})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, error_messages=WHOLE, widget=look, **options
    )
