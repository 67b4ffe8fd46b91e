"""The one statement that writes what is pending: a WITH of many parts, whose SELECT asks for what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, connections, models

from workflows.store.sending import send

Row = models.Model
# What the driver takes as it is.
PLAIN = {str, int, bool, type(None), datetime}


class Promise:
    """A value that the database makes in the same statement; a pending row may carry it, read it after the write."""

    def __init__(self, call: str, column: str) -> None:
        self.call, self.column = call, column
        self.kept, self.value = False, None

    @property
    def sql(self) -> str:
        return f"(SELECT {self.column} FROM {self.call})"


def keep_promises(row: Row) -> None:
    """What has been promised and written is the row's own value from here on."""
    for name, value in list(vars(row).items()):
        if isinstance(value, Promise) and value.kept:
            setattr(row, name, value.value)


class Statement:
    """Updates first, then what is added: a table's insert waits for its updates, so that constraints see the change."""

    def __init__(self) -> None:
        self._connection = connections[connection.alias]
        self._parts: list[str] = []
        self._values: list[Any] = []
        self._updates: dict[str, list[str]] = {}
        self._calls: list[str] = []
        self.promised: list[Row] = []  # rows that wait for a value of this statement, or carry one of an earlier

    def call(self, name: str, expression: str, values: Sequence[Any]) -> None:
        # The first argument waits for the call before, so that calls run in order.
        after = f" || (SELECT left('', count(*)::int) FROM {self._calls[-1]})" if self._calls else ""
        self._parts.append(f"{name} AS MATERIALIZED (SELECT * FROM {expression.replace('%s', '%s::text' + after, 1)})")
        self._values += values
        self._calls.append(name)

    def update(self, row: Row, names: set[str]) -> None:
        fields = [row._meta.get_field(name) for name in sorted(names)]
        table = row._meta.db_table
        assert row._meta.pk is not None
        sets = ", ".join(f'"{field.column}" = {self._value(field, row)}' for field in fields)  # type: ignore[union-attr]
        where = f'"{row._meta.pk.column}" = %s'
        self._values.append(row.pk)
        name = self._part("changed", f'UPDATE "{table}" SET {sets} WHERE {where} RETURNING 1')
        self._updates.setdefault(table, []).append(name)

    def insert(self, model: type[Row], rows: Sequence[Row], *, unless_there: bool) -> None:
        meta = model._meta
        assert meta.pk is not None
        # A column that is NULL in all of them is left to the database, which knows no other default.
        given = {name for row in rows for name, value in vars(row).items() if value is not None}
        others = [field for field in columns_of(model) if field.attname in given]
        own_sequence = f"nextval('{sequence_of(model)}')"
        after = "".join(f" + (SELECT 0 * count(*) FROM {name})" for name in self._updates.get(meta.db_table, ()))
        lines = []
        for row in rows:
            key = own_sequence if row.pk is None else self._value(meta.pk, row)
            lines.append("(" + ", ".join([key + after, *[self._value(field, row) for field in others]]) + ")")
        columns = ", ".join([f'"{field.column}"' for field in (meta.pk, *others)])
        conflict = " ON CONFLICT DO NOTHING" if unless_there else ""
        values = ", ".join(lines)
        self._part("added", f'INSERT INTO "{meta.db_table}" ({columns}) VALUES {values}{conflict}')

    def link(self, through: type[Row], links: Sequence[Sequence[Any]]) -> None:
        columns = [f'"{field.column}"' for field in through._meta.concrete_fields if not field.primary_key]
        lines = ", ".join("(" + ", ".join("%s" for _ in link) + ")" for link in links)
        for link in links:
            self._values += link
        self._part("linked", f'INSERT INTO "{through._meta.db_table}" ({", ".join(columns)}) VALUES {lines}')

    def say(self, statement: str, values: Sequence[Any]) -> None:
        self._values += values
        self._part("said", statement)

    def _part(self, name: str, statement: str) -> str:
        name = f"{name}_{len(self._parts)}"
        self._parts.append(f"{name} AS ({statement})")
        return name

    def _value(self, field: Any, row: Row) -> str:
        value = getattr(row, field.attname)
        if isinstance(value, Promise):
            self.promised.append(row)
            if not value.kept:
                return value.sql
            value = value.value  # made by an earlier statement
        if type(value) not in PLAIN or isinstance(field, models.JSONField):
            value = field.get_db_prep_save(value, self._connection)
        self._values.append(value)
        return "%s"

    def run(self, asked: Sequence[str]) -> Sequence[Any]:
        with connection.cursor() as cursor:
            send(cursor, f"WITH {', '.join(self._parts)} SELECT {', '.join(asked) or '1'}", self._values)
            return cursor.fetchone() if asked else ()


@cache
def columns_of(model: type[Row]) -> list[Any]:
    """Fields that are written, without the key. Moments come from our clock: a field that sets its own is refused."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    assert not any(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) for field in fields)
    return fields


@cache
def sequence_of(model: type[Row]) -> str:
    """The identity column's sequence, by PostgreSQL's own naming."""
    assert model._meta.pk is not None
    return f"{model._meta.db_table}_{model._meta.pk.column}_seq"
