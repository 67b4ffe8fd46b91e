"""Instances of models on which nothing hangs, made at a fraction of what `Model.__init__` spends on asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from inspect import getattr_static
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

Row = TypeVar("Row", bound=models.Model)
# Attributes that only keep a value in the instance: setting it there is all that `Model.__init__` would do.
KEEPING = {DeferredAttribute, ForeignKeyDeferredAttribute}


def read(model: type[models.Model], names: Sequence[str], alias: str) -> Callable[[Sequence[Any]], models.Model]:
    """`Model.from_db` for these columns.

    Columns that were not asked for are not in the instance, which is how Django knows that they are still to be read.
    """
    if not _is_plain(model, names):
        return lambda values: model.from_db(alias, names, values)

    def made(values: Sequence[Any]) -> models.Model:
        row = model.__new__(model)
        row._state = ModelState()
        row._state.adding, row._state.db = False, alias
        row.__dict__.update(zip(names, values, strict=True))
        return row

    return made


def new(model: type[Row], **values: Any) -> Row:
    """`Model(**values)` of columns and of rows that it points at."""
    shape = _shape_of(model)
    if shape is None:
        return model(**values)
    fixed, made, relations = shape
    row = model.__new__(model)
    row._state = ModelState()
    row.__dict__.update(fixed)
    for name, make in made:
        if name not in values:
            row.__dict__[name] = make()
    for name, value in values.items():
        if (relation := relations.get(name)) is None:
            row.__dict__[name] = value
        else:
            row.__dict__[relation.attname] = None if value is None else value.pk
            relation.set_cached_value(row, value)
            if relation.one_to_one and value is not None:
                relation.remote_field.set_cached_value(value, row)
    return row


Shape = tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, Any]]


@cache
def _shape_of(model: type[models.Model]) -> Shape | None:
    """What its columns are from the start, what is made for each row, and the columns that point at rows by key."""
    fields = model._meta.concrete_fields
    pointing = {field.name: field for field in fields if field.is_relation}
    plain = _is_plain(model, [field.attname for field in fields])
    if not plain or not all(field.target_field.primary_key for field in pointing.values()):  # type: ignore[attr-defined]
        return None
    made = [(field.attname, field.get_default) for field in fields if callable(field.default)]
    fixed = {field.attname: field.get_default() for field in fields if not callable(field.default)}
    return fixed, made, pointing


def _is_plain(model: type[models.Model], names: Sequence[str]) -> bool:
    if model.__init__ is not models.Model.__init__ or model.from_db.__func__ is not models.Model.from_db.__func__:  # type: ignore[attr-defined]
        return False
    if pre_init.has_listeners(model) or post_init.has_listeners(model):
        return False
    return all(type(getattr_static(model, name)) in KEEPING for name in names)
