"""Writing together: what a unit of work adds and changes leaves for the database in one statement.

    with transaction.atomic(), gathered():
        add(step)
        change(case, "moved_at")

Nobody can read past what is pending: before any other statement, savepoints included, the pending rows go out. So the
code reads as if each row were written at once, and what it saves is only the round trips between which nothing is
asked. Outside `gathered`, `add` and `change` save at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from workflows.store.statement import Promise, Row, Statement, keep_promises, sequence_of


class Gathering:
    def __init__(self) -> None:
        self._added: dict[tuple[type[Row], bool], list[Row]] = {}
        self._changed: dict[tuple[type[Row], Any], tuple[Row, set[str]]] = {}
        self._linked: dict[type[Row], list[Sequence[Any]]] = {}
        self._said: list[tuple[type[Row], str, Sequence[Any]]] = []
        self._calls: list[tuple[str, Sequence[Any], list[Promise]]] = []
        self._ids: dict[type[Row], list[int]] = {}
        self._writing = self._past = self._kept = False

    # ---------------------------------------------------------------- what is pending
    def add(self, row: Row, *, unless_there: bool) -> None:
        row._state.adding, row._state.db = False, connection.alias
        if self._kept:
            keep_promises(row)
        self._added.setdefault((type(row), unless_there), []).append(row)

    def change(self, row: Row, names: Sequence[str]) -> None:
        if any(row is added for added in self._added.get((type(row), False), ())):
            return  # it goes out as it is by then
        key = (type(row), row.pk)
        known, fields = self._changed.setdefault(key, (row, set()))
        if known is not row:
            self.write()  # two copies of one row: each says what it knows, in order
            known, fields = self._changed.setdefault(key, (row, set()))
        fields.update(names)

    def link(self, through: type[Row], values: Sequence[Any]) -> None:
        self._linked.setdefault(through, []).append(values)

    def say(self, model: type[Row], statement: str, values: Sequence[Any]) -> None:
        self._said.append((model, statement, values))

    def call(self, expression: str, values: Sequence[Any], columns: Sequence[str]) -> list[Promise]:
        name = f"call_{len(self._calls)}"
        promises = [Promise(name, column) for column in columns]
        self._calls.append((expression, values, promises))
        return promises

    def is_empty(self) -> bool:
        return not (self._added or self._changed or self._linked or self._said or self._calls)

    # ---------------------------------------------------------------- ids known beforehand
    def keep_ids(self, model: type[Row], ids: Sequence[int]) -> None:
        """Ids drawn under the lock, so that they follow the order of events within a case."""
        self._ids[model] = list(ids)

    def take_id(self, model: type[Row]) -> int:
        kept = self._ids.get(model)
        if not kept:
            with connection.cursor() as cursor:
                cursor.execute("SELECT array_agg(nextval(%s)) FROM generate_series(1, 4)", [sequence_of(model)])
                kept = self._ids[model] = list(cursor.fetchone()[0])
        return kept.pop(0)

    # ---------------------------------------------------------------- the one statement
    @contextmanager
    def reading(self, sql: str) -> Iterator[None]:
        """A query whose text names every table it reads goes past what is pending for other tables.

        What `call` writes is behind its function and not looked for: no such query may read the ledger.
        """
        self._past = not any(f'"{table}"' in sql for table in self._tables())
        try:
            yield
        finally:
            self._past = False

    def _tables(self) -> set[str]:
        models = [*(model for model, _ in self._added), *(model for model, _ in self._changed), *self._linked]
        models += [model for model, _statement, _values in self._said]
        return {model._meta.db_table for model in models}

    def before(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Wraps each statement of the connection."""
        if sql.startswith("ROLLBACK TO"):
            self._forget()  # the savepoint's own statement let everything out: what is pending came after it
        if not self._past:
            self.write()
        return execute(sql, params, many, context)

    def write(self) -> None:
        if self._writing or self.is_empty():
            return
        statement = Statement()
        for expression, values, promises in self._calls:
            statement.call(promises[0].call, expression, values)
        for row, names in self._changed.values():
            statement.update(row, names)
        for (model, unless_there), rows in self._added.items():
            statement.insert(model, rows, unless_there=unless_there)
        for through, links in self._linked.items():
            statement.link(through, links)
        for _model, text, values in self._said:
            statement.say(text, values)
        promised = [promise for _expression, _values, made in self._calls for promise in made]
        self._forget()
        self._writing = True
        try:
            values = statement.run([promise.sql for promise in promised])
        finally:
            self._writing = False
        for promise, value in zip(promised, values, strict=True):
            self._kept = promise.kept = True
            promise.value = value
        for row in statement.promised:
            keep_promises(row)

    def _forget(self) -> None:
        self._added, self._changed, self._linked, self._said, self._calls = {}, {}, {}, [], []


# ---------------------------------------------------------------------- the doors
@contextmanager
def reading(sql: str) -> Iterator[None]:
    """For queries of the ORM's own making: those that read nothing pending need not wait for it to be written."""
    if (work := under_way()) is None:
        yield
        return
    with work.reading(sql):
        yield


_UNDER_WAY: ContextVar[Gathering | None] = ContextVar("gathering", default=None)  # as each thread has its connection
under_way = _UNDER_WAY.get


@contextmanager
def gathered() -> Iterator[Gathering]:
    """Inside a transaction: write together what is written here. Within another `gathered`, part of it."""
    outer = under_way()
    if outer is not None:
        yield outer
        return
    work = Gathering()
    _UNDER_WAY.set(work)
    try:
        with connection.execute_wrapper(work.before):
            yield work
            work.write()
    finally:
        _UNDER_WAY.set(None)


def add(row: Row) -> None:
    """Insert this row; with no key of its own it gets one from the table's sequence and does not learn it."""
    if (work := under_way()) is not None:
        work.add(row, unless_there=False)
    else:
        row.save(force_insert=True)


def add_all(rows: Sequence[Row], *, unless_there: bool = False) -> None:
    """Insert these rows of one model; `unless_there`: those that meet a constraint are there already."""
    if (work := under_way()) is not None:
        for row in rows:
            work.add(row, unless_there=unless_there)
    elif rows:
        type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=unless_there)


def change(row: Row, *names: str) -> None:
    """Write these fields of a row that is there."""
    if (work := under_way()) is not None:
        work.change(row, names)
    else:
        row.save(update_fields=names)


def link(through: type[Row], *values: Any) -> None:
    """Insert one row of a many-to-many table, its columns in order."""
    if (work := under_way()) is not None:
        work.link(through, values)
    else:
        names = [field.attname for field in through._meta.concrete_fields if not field.primary_key]
        through._default_manager.create(**dict(zip(names, values, strict=True)))


def say(model: type[Row], statement: str, values: Sequence[Any]) -> None:
    """Write into the model's table by a statement of one's own, an INSERT … SELECT that returns nothing."""
    if (work := under_way()) is not None:
        work.say(model, statement, values)
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def key_for(row: Row) -> None:
    """Give a row its key before it is written, where others will point at it; under `gathered` only."""
    if row.pk is None and (work := under_way()) is not None:
        row.pk = work.take_id(type(row))


def call(expression: str, values: Sequence[Any], columns: Sequence[str]) -> Mapping[str, Any]:
    """Call a set-returning function of one row, whose first argument is text; outside `gathered` at once."""
    if (work := under_way()) is not None:
        return dict(zip(columns, work.call(expression, values, columns), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {expression}", values)
        return dict(zip(columns, cursor.fetchone(), strict=True))
