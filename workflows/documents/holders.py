"""Who may read and write the files of a holder ("case:12"). The holder's app says; nobody said means no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from workflows.documents.refusal import RefusedFile

if TYPE_CHECKING:
    from workflows.documents.models import Document
    from workflows.organisation.models import Person

Question = Callable[["Person", str], bool]


Touched = Callable[[datetime], Iterable[str]]


def _nobody(person: Person, holder: str) -> bool:
    return False


@dataclass(frozen=True)
class Holder:
    may_read: Question = _nobody
    may_write: Question = _nobody
    readable: Callable[[Person], Iterable[str]] | None = None
    erasable: bool = False
    may_change: Question | None = None
    touched: Touched | None = None
    unnamed: bool = False


_registry: dict[str, Holder] = {}


def register_holder(
    prefix: str,
    *,
    may_read: Question,
    may_write: Question = _nobody,
    readable: Callable[[Person], Iterable[str]] | None = None,
    erasable: bool | None = None,
    may_change: Question | None = None,
    touched: Touched | None = None,
    unnamed: bool = False,
) -> None:
    """Let an app answer for its holders "<prefix>:<whatever>".

    Each question gets the person and the whole holder. `readable` lists (or is a subquery of) the holders a person
    may read, where the app can say so; only lists need it. `erasable` lets people take back what they uploaded: so it
    is in a draft, and never once others may have relied on it. `may_change`: who may add to what the holder is about;
    without it whoever may write may. Evidence is beside it and changes nothing. `touched` names the holders that
    people have worked on since a moment, where that can be without a new file: the files of others that may be taken
    back, and were not for long, are cleared away. `unnamed`: whoever reads a file is not told who brought it.
    """
    erases = prefix == "draft" if erasable is None else erasable
    _registry[prefix] = Holder(may_read, may_write, readable, erases, may_change, touched, unnamed)


def _of(holder: str) -> Holder:
    return _registry.get(holder.partition(":")[0], Holder())


def passing() -> dict[str, Touched]:
    """Prefixes of holders that hold files only until something is filed, and who of them is worked on since when."""
    return {prefix: holder.touched or (lambda since: ()) for prefix, holder in _registry.items() if holder.erasable}


def may_read(person: Person, holder: str) -> bool:
    return _of(holder).may_read(person, holder)


def unnamed(holder: str) -> bool:
    return _of(holder).unnamed


def may_write(person: Person, holder: str) -> bool:
    return _of(holder).may_write(person, holder)


def check_purpose(person: Person, holder: str, purpose: str) -> None:
    """Raises RefusedFile where the file would change what others are deciding on."""
    may_change = _of(holder).may_change
    if purpose != "evidence" and may_change is not None and not may_change(person, holder):
        words = _("Only evidence is taken here now; what was filed is added to while its author mends it.")
        raise RefusedFile(words, field="purpose")


def may_erase(person: Person, document: Document) -> bool:
    own = document.uploader_id == person.pk
    return own and _of(document.holder).erasable and may_write(person, document.holder)


def readable_holders(person: Person) -> Q:
    condition = Q(pk__in=[])
    for holder in _registry.values():
        if holder.readable is not None:
            condition |= Q(holder__in=holder.readable(person))
    return condition
