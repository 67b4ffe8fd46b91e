"""The entries of the rail and the tab bar. A page that does not exist here, or is not for the person, is left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
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


@dataclass
class Shown:
    name: str
    label: str
    icon: str
    url: str
    current: bool


@dataclass
class Section:
    label: str
    entries: list[Shown] = field(default_factory=list)


MANAGEMENT = frozenset({"administrator"})
RULES = frozenset({"rule_drafter", "rule_publisher", "innovation_officer", "audit_lead", "observer"})

SECTIONS = {"": "", "innovation": _("Innovation"), "management": _("Management")}
ENTRIES = [
    Entry("home", _("Home"), "home", tab=_("Home"), outside=True),
    Entry("queue", _("To do"), "inbox", tab=_("To do"), outside=True),
    Entry("my_proposals", _("My proposals"), "bulb"),
    Entry("file_proposal", _("File a proposal"), "plus", "innovation", tab=_("Propose")),
    Entry("problem_list", _("Problem ledger"), "book", "innovation"),
    Entry("admin_units", _("Units"), "branch", "management", MANAGEMENT),
    Entry("admin_people", _("People"), "users", "management", MANAGEMENT),
    Entry("rule_list", _("Rule versions"), "file", "management", RULES),
    Entry("checkpoint_list", _("Ledger"), "chain", "management"),
]
PROFILE = Entry("profile", _("Me"), "user", tab=_("Me"), outside=True)


def sections(roles: set[str], here: str) -> list[Section]:
    """What the rail shows to a holder of `roles` on the page named `here`."""
    found = []
    for key, label in SECTIONS.items():
        shown = [s for e in ENTRIES if e.section == key and (s := _shown(e, e.label, roles, here))]
        if shown:
            found.append(Section(str(label), shown))
    return found


def tabs(roles: set[str], here: str) -> list[Shown]:
    return [s for e in [*ENTRIES, PROFILE] if e.tab and (s := _shown(e, e.tab, roles, here))]


def _shown(entry: Entry, label: object, roles: set[str], here: str) -> Shown | None:
    if (entry.roles and not entry.roles & roles) or ("contractor" in roles and not entry.outside):
        return None
    try:
        url = reverse(entry.name)
    except NoReverseMatch:
        return None
    return Shown(entry.name, str(label), entry.icon, url, entry.name == here)
