"""A person's list of notices."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.ledger import clock
from workflows.notices import wording
from workflows.notices.models import Notice
from workflows.organisation.models import Person
from workflows.store.prepared import Given, Prepared

MOST_COUNTED = 100
PAGE = 30


@dataclass(frozen=True)
class Page:
    notices: list[Notice]
    older: int | None  # give it as `before` to see what is older


def unread_count(person: Person) -> int:
    """Return how many are unread, 100 standing for "100 or more": nobody waits for an exact thousand."""
    return Notice.objects.visible_to(person).unread()[:MOST_COUNTED].count()


def has_unread(person: Person) -> bool:
    return bool(_UNREAD(person=person.pk))


# Each page asks it.
_UNREAD: Prepared[Notice] = Prepared(
    lambda: Notice.objects.filter(recipient=Given("person")).unread().only("pk").order_by()[:1]
)


def page(person: Person, *, before: int | None = None, unread_only: bool = False) -> Page:
    """Return one page, newest first, with the words in the language that is active now."""
    notices = Notice.objects.visible_to(person).order_by("-pk")
    if unread_only:
        notices = notices.unread()
    if before is not None:
        notices = notices.filter(pk__lt=before)
    rows = list(notices[: PAGE + 1])
    for notice in rows:
        notice.words = wording.render(notice.event, notice.context)  # type: ignore[attr-defined]
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def mark_read(notice: Notice) -> None:
    """Say when it was first read; a second reading changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())


def mark_all_read(person: Person, *, up_to: int) -> int:
    """Mark what the page showed and what is older; what came since stays unread."""
    return Notice.objects.visible_to(person).unread().filter(pk__lte=up_to).update(read_at=clock.now())
