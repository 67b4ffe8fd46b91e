"""Who may read and write the files of a holder ("case:12"). The holder's app says; nobody said means no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from workflows.organisation.models import Person

Question = Callable[["Person", str], bool]


def _nobody(person: Person, holder: str) -> bool:
    return False


@dataclass(frozen=True)
class Holder:
    may_read: Question
    may_write: Question
    may_erase: Question
    readable: Callable[[Person], Iterable[str]] | None


_registry: dict[str, Holder] = {}


def register_holder(
    prefix: str,
    *,
    may_read: Question,
    may_write: Question = _nobody,
    may_erase: Question = _nobody,
    readable: Callable[[Person], Iterable[str]] | None = None,
) -> None:
    """Let an app answer for its holders "<prefix>:<whatever>".

    Each question gets the person and the whole holder. `may_erase` is asked beside "did they upload it". `readable`
    lists (or is a subquery of) the holders a person may read, where the app can say so; only lists need it.
    """
    _registry[prefix] = Holder(may_read, may_write, may_erase, readable)


def _of(holder: str) -> Holder:
    return _registry.get(holder.partition(":")[0], Holder(_nobody, _nobody, _nobody, None))


def may_read(person: Person, holder: str) -> bool:
    return _of(holder).may_read(person, holder)


def may_write(person: Person, holder: str) -> bool:
    return _of(holder).may_write(person, holder)


def may_erase(person: Person, holder: str) -> bool:
    return _of(holder).may_erase(person, holder)


def readable_holders(person: Person) -> Q:
    condition = Q(uploader_id=person.pk)
    for holder in _registry.values():
        if holder.readable is not None:
            condition |= Q(holder__in=holder.readable(person))
    return condition
