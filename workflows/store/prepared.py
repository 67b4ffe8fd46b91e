"""Queries built once: what the ORM spends on writing the same SQL again is most of what a hot query costs.

    HOLDERS = Prepared(lambda: RoleHolding.objects.filter(role=Given("role")).select_related("person"))
    HOLDERS(role="team_leader")

The queryset stays the one place where the query is told; its SQL is kept with places for what is given each time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.query import get_related_populators

from workflows.store.gathering import reading
from workflows.store.rows import read
from workflows.store.sending import send

Row = TypeVar("Row", bound=models.Model)


class Given(Expression):
    """Stands in a queryset for a value that comes with each call."""

    def __init__(self, name: str, output_field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def __bool__(self) -> bool:
        return True


class IsOneOf(models.Lookup):  # type: ignore[type-arg]
    """`column = ANY(list)`, for a list that comes with each call."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, before = self.process_lhs(compiler, connection)
        ids, after = compiler.compile(self.rhs)
        return f"{column} = ANY({ids})", [*before, *after]


class Prepared(Generic[Row]):
    """A queryset of model instances (related ones and annotations included) whose SQL is compiled at the first call."""

    def __init__(self, make: Callable[[], models.QuerySet[Row]]) -> None:
        self._make = make
        self._compiled: _Compiled | None = None

    def __call__(self, **given: Any) -> list[Row]:
        if self._compiled is None:
            self._compiled = _Compiled(self._make())
        return self._compiled.rows(given)


class _Compiled:
    def __init__(self, queryset: models.QuerySet[Any]) -> None:
        compiler = queryset.query.get_compiler(using=queryset.db)
        self._sql, self._params = _with_constants(*compiler.as_sql())
        assert compiler.klass_info is not None
        fields = compiler.klass_info["select_fields"]
        self._start, self._end = fields[0], fields[-1] + 1
        names = [column[0].target.attname for column in compiler.select[self._start : self._end]]
        self._make = read(compiler.klass_info["model"], names, queryset.db)
        populators = get_related_populators(compiler.klass_info, compiler.select, queryset.db)  # type: ignore[call-arg]
        self._related = [_Related(populator) for populator in populators]
        self._notes = compiler.annotation_col_map or {}
        # Dealt with here once: the compiler would look up each column's converters at every call.
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        self._converters = [(place, functions, column) for place, (functions, column) in converters.items()]

    def rows(self, given: dict[str, Any]) -> list[Any]:
        values = [given[param.name] if isinstance(param, Given) else param for param in self._params]
        with reading(self._sql), connection.cursor() as cursor:
            send(cursor, self._sql, values)
            known: dict[Any, Any] = {}
            return [self._instance(list(row), known) for row in cursor.fetchall()]

    def _instance(self, row: list[Any], known: dict[Any, Any]) -> Any:
        for place, functions, column in self._converters:
            for function in functions:
                row[place] = function(row[place], column, connection)
        made = self._make(row[self._start : self._end])
        for related in self._related:
            related.give(row, made, known)
        for name, place in self._notes.items():
            setattr(made, name, row[place])
        return made


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    """What never changes stands in the text: a plan made for any value can use an index over `state = 'open'` only so.

    A text with a `%` stays a value: `send` knows no other `%` than its places.
    """
    first, *others = sql.split("%s")
    said, left = first, []
    for param, text in zip(params, others, strict=True):
        constant = None if isinstance(param, Given) else _literal(param)
        if constant is None:
            left.append(param)
        said += ("%s" if constant is None else constant) + text
    return said, left


def _literal(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    plain = isinstance(value, str) and not set(value) & set("%'\\\0")
    return f"'{value}'" if plain else None


class _Related:
    """Does what Django's populator does, and makes a row that comes again with other rows once."""

    def __init__(self, populator: Any) -> None:
        assert populator.reorder_for_init is None
        self._start, self._end = populator.cols_start, populator.cols_end
        self._key = self._start + populator.pk_idx
        self._make = read(populator.model_cls, populator.init_list, populator.db)
        self._to, self._back = populator.local_setter, populator.remote_setter
        self._below = [_Related(below) for below in populator.related_populators]

    def give(self, row: list[Any], to: Any, known: dict[Any, Any]) -> None:
        if row[self._key] is None:
            self._to(to, None)
            return
        made = known.get((self, row[self._key]))
        if made is None:
            made = known[self, row[self._key]] = self._make(row[self._start : self._end])
            for related in self._below:
                related.give(row, made, known)
        self._to(to, made)
        self._back(made, to)
