"""What stands around every page: who, where, what waits. Read only when a page asks for it."""

from __future__ import annotations

from functools import cached_property

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest

from workflows.engine.heads import CAP, Counts, counts
from workflows.notices.inbox import has_unread
from workflows.operations.authority import ASKING
from workflows.organisation.models import Person, Role, Unit
from workflows.organisation.roles import held_by
from workflows.site import menu
from workflows.site.version import version


class Shell:
    """At most two statements a page besides the person and the roles: the queue's count, the unread notices."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.version = version()

    @cached_property
    def person(self) -> Person | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Person) or getattr(user, "is_authenticated", False) else None

    @property
    def theme_choice(self) -> str:
        return self.person.theme if self.person else "auto"

    @property
    def theme(self) -> str:
        return "dark" if self.theme_choice == "dark" else "light"

    @property
    def here(self) -> str:
        match = getattr(self.request, "resolver_match", None)
        return (match.url_name or "") if match else ""

    @cached_property
    def roles(self) -> set[str]:
        return {held.role for held in held_by(self.person)} if self.person else set()

    @property
    def asks_corrections(self) -> bool:
        """Whether a case that stands wrong is theirs to report; the page asks again for which."""
        return bool(self.roles & ASKING)

    @property
    def outsider(self) -> bool:
        """A contractor's person: answers what is asked of the company, and proposes nothing."""
        return "contractor" in self.roles

    @cached_property
    def sections(self) -> list[menu.Section]:
        return menu.sections(self.roles, self.here, self.request.path)

    @cached_property
    def tabs(self) -> list[menu.Shown]:
        return menu.tabs(self.roles, self.here, self.request.path)

    @property
    def elsewhere(self) -> list[menu.Section]:
        """What the rail has and the phone's tabs have not, in the rail's sections."""
        tabs = {entry.name for entry in self.tabs}
        left = (menu.Section(s.label, [entry for entry in s.entries if entry.name not in tabs]) for s in self.sections)
        return [section for section in left if section.entries]

    @cached_property
    def unit_path(self) -> list[str]:
        return unit_names(self.person.unit) if self.person else []

    @cached_property
    def standing(self) -> str:
        """闪速炉工段 · 工段长."""
        if not self.person:
            return ""
        roles = [held.role for held in held_by(self.person)]
        words = self.person.title or (str(Role(roles[0]).label) if roles else "")
        return " · ".join(part for part in (*self.unit_path[-1:], words) if part)

    @cached_property
    def unread(self) -> bool:
        return has_unread(self.person) if self.person else False

    @cached_property
    def waiting(self) -> Counts:
        return counts(self.person) if self.person else Counts(0, 0)

    @property
    def open(self) -> str:
        """What the badge says; nobody needs to know that it is 3,428."""
        return f"{CAP}+" if self.waiting.open >= CAP else str(self.waiting.open or "")

    @property
    def late(self) -> int:
        return self.waiting.late


def unit_names(unit: Unit) -> list[str]:
    """Names from the root down; kept for a minute, because every page shows them and they hardly change."""
    if unit.names_above is not None:
        return unit.names_above
    key = f"unit-names:{connection.settings_dict['NAME']}:{unit.pk}"
    names = cache.get(key)
    if names is None:
        names = list(Unit.objects.above(unit.path).values_list("name", flat=True))
        cache.set(key, names, 60)
    return names
