"""The entries of the rail and the tab bar. A page that does not exist here, or is not for the person, is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One link: the URL's name, its words and icon, its section, and who sees it (nobody named = everybody)."""

    name: str
    label: object
    icon: str
    section: str = ""
    roles: frozenset[str] = frozenset()
    tab: object | None = None  # its word in the phone's tab bar, if it stands there
    outside: bool = False  # for a contractor's people too; nothing else exists for them
    order: int = 50
    within: str = ""  # where the pages behind it begin, if not at its own address
    outside_tab: object | None = None  # its word in a contractor's tab bar
    outside_rail: bool = True  # a contractor's rail has what is theirs and no more


@dataclass
class Shown:
    name: str
    label: str
    icon: str
    url: str
    current: bool
    inside: bool = False  # the page lies behind this entry
    within: str = ""


@dataclass
class Section:
    label: str
    entries: list[Shown] = field(default_factory=list)


OUTSIDE = "contractor"
MANAGEMENT = frozenset({"administrator", "observer"})
RULES = frozenset({"rule_drafter", "rule_publisher", "innovation_officer", "audit_lead", "observer"})
OVERSEERS = frozenset(
    {"section_chief", "workshop_reviewer", "innovation_officer", "finance_verifier", "maintenance_planner",
     "audit_lead", "union_representative", "observer", "rule_publisher"}
)  # fmt: skip
CORRECTIONS = frozenset({"administrator", "workshop_reviewer", "rule_publisher"})

_sections: dict[str, object] = {"": "", "management": _("Management")}
_entries: list[Entry] = [
    Entry("home", _("Home"), "home", tab=_("Home"), outside=True, outside_rail=False, order=0),
    Entry("queue", _("To do"), "inbox", tab=_("To do"), order=10),
    Entry("admin_units", _("Units"), "branch", "management", MANAGEMENT, order=90),
    Entry("admin_people", _("People"), "users", "management", MANAGEMENT, order=91),
    Entry("admin_robots", _("Group robots"), "nudge", "management", MANAGEMENT, order=94),
    Entry("admin_stuck", _("Undelivered"), "sync", "management", frozenset({"administrator"}), order=95),
    Entry("cockpit", _("Cockpit"), "chart", "management", OVERSEERS, order=88, within="/cockpit/"),
    Entry("process_times", _("Process analytics"), "chart", "management", order=89, within="/analytics/"),
    Entry("admin_calendar", _("Calendar"), "clock", "management", MANAGEMENT, order=92),
    Entry("rule_list", _("Rule versions"), "file", "management", RULES, order=92),
    Entry("desk", _("Operator's desk"), "wrench", "management", frozenset({"administrator"}), order=94),
    Entry("corrections", _("Corrections"), "return", "management", CORRECTIONS, order=95),
    Entry("checkpoint_list", _("Ledger"), "chain", "management", order=93, within="/ledger/"),
]
PROFILE = Entry("profile", _("Me"), "user", tab=_("Me"), outside=True)


def add(*entries: Entry, section: tuple[str, object] | None = None) -> None:
    """For a business app's `ready`: its pages, and the section they stand in."""
    if section is not None:
        _sections.setdefault(*section)
    _entries.extend(entry for entry in entries if entry not in _entries)


def _ordered() -> list[Entry]:
    return sorted(_entries, key=lambda entry: entry.order)


def sections(roles: set[str], here: str, path: str = "") -> list[Section]:
    """What the rail shows to a holder of `roles` on the page named `here`, which lies at `path`."""
    found: dict[str, Section] = {}
    for entry in _ordered():
        if OUTSIDE in roles and not entry.outside_rail:
            continue
        if shown := _shown(entry, entry.label, roles, here):
            found.setdefault(entry.section, Section(str(_sections[entry.section]))).entries.append(shown)
    _place([entry for section in found.values() for entry in section.entries], path)
    return list(found.values())


def tabs(roles: set[str], here: str, path: str = "") -> list[Shown]:
    named = [(e, (e.outside_tab if OUTSIDE in roles else None) or e.tab) for e in [*_ordered(), PROFILE]]
    found = [s for e, word in named if word and (s := _shown(e, word, roles, here))]
    _place(found, path)
    return found


def _place(entries: list[Shown], path: str) -> None:
    """A page that is no entry itself lies behind the one whose address it goes on from, the longest of them."""
    behind = [e for e in entries if e.within != "/" and path.startswith(e.within)]
    if behind and not any(e.current for e in entries):
        max(behind, key=lambda e: len(e.within)).inside = True


@lru_cache(maxsize=500)
def address(name: str, urlconf: str | None, prefix: str) -> str:
    """The page's address, or nothing where there is no such page. Kept: each page of the product asks for some thirty,
    and what does not exist is looked for longest."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def _shown(entry: Entry, label: object, roles: set[str], here: str) -> Shown | None:
    if (entry.roles and not entry.roles & roles) or (OUTSIDE in roles and not entry.outside):
        return None
    url = address(entry.name, get_urlconf(), get_script_prefix())
    if not url:
        return None
    return Shown(entry.name, str(label), entry.icon, url, entry.name == here, within=entry.within or url)
