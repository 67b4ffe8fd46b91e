"""What filing now would set off: who reviews, by which rules, within what time, and who could end it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation.proposals import rules
from innovation.proposals.models import Category, Level
from innovation.proposals.rules import LevelRule, ProposalRules
from workflows.engine.models import RuleVersion
from workflows.organisation.models import Person, UnitKind
from workflows.organisation.roles import holders, person_above

HOURS_A_DAY = 8


@dataclass(frozen=True)
class Outlook:
    """`why` stands under the button, `button` on it; `authority` says by category who may end it up to which sums."""

    why: str
    button: str
    authority: dict[str, list[dict[str, Any]]]


def filing_outlook(person: Person) -> Outlook:
    version = RuleVersion.objects.in_force("proposal", person.unit.ancestor_ids)
    pinned = rules.read(version.content if version else rules.DEFAULT_RULES)
    first = _first_level(pinned, person)
    return Outlook(
        why=_why(first, _reviewers(person, first), version),
        button=_button(first.level),
        authority={c: _authority(pinned, c, first) for c in rules.CATEGORIES},
    )


def _first_level(pinned: ProposalRules, person: Person) -> LevelRule:
    """The lowest level at or above the person's unit whose reviewer is somebody else."""
    own = {UnitKind.TEAM: 0, UnitKind.SECTION: 1}.get(UnitKind(person.unit.kind), 2)
    order: list[str] = Level.values
    open_to = [rule for rule in pinned.levels if order.index(rule.level) >= own] or [pinned.levels[-1]]
    return next((rule for rule in open_to if _reviewers(person, rule)), open_to[-1])


def _reviewers(person: Person, rule: LevelRule) -> list[Person]:
    unit = person.unit.at_level(rule.level)
    if unit is None:
        return []
    found: list[Person] = [held.person for held in holders(rule.role, unit.pk)]
    if not found and rule.level == Level.WORKSHOP:
        _where, above, fallback = person_above(rule.role, unit)
        found = [held.person for held in above] or ([fallback] if fallback else [])
    return [other for other in found if other.pk != person.pk]


def _why(rule: LevelRule, reviewers: list[Person], version: RuleVersion | None) -> str:
    names = _(", ").join(person.name for person in reviewers[:3]) or _("the level above")
    words = {
        "names": f"{names}…" if len(reviewers) > 3 else names,
        "role": _role(rule.level),
        "rules": f"v{version.number}" if version else "—",
        "time": _time(rule.deadline_hours),
    }
    return _("Goes to %(names)s (%(role)s), rules %(rules)s, answer within %(time)s") % words


def _time(hours: int) -> str:
    if hours % HOURS_A_DAY == 0:
        days = hours // HOURS_A_DAY
        return ngettext("%(n)s working day", "%(n)s working days", days) % {"n": days}
    return ngettext("%(n)s working hour", "%(n)s working hours", hours) % {"n": hours}


def _role(level: str) -> str:
    return {
        Level.TEAM: _("team leader"),
        Level.SECTION: _("section chief"),
        Level.WORKSHOP: _("workshop reviewers"),
    }[Level(level)]


def _button(level: str) -> str:
    return {
        Level.TEAM: _("File to the team leader"),
        Level.SECTION: _("File to the section chief"),
        Level.WORKSHOP: _("File to the workshop reviewers"),
    }[Level(level)]


def _authority(pinned: ProposalRules, category: str, first: LevelRule) -> list[dict[str, Any]]:
    """From the first level up: the ceilings as strings (None = no limit) and the sentence when both hold."""
    rows = []
    for rule in pinned.levels[pinned.levels.index(first) :]:
        ceiling = pinned.exact_ceilings[rule.level][category]  # type: ignore[index]
        rows.append(
            {
                "benefit": _string(ceiling.benefit),
                "cost": _string(ceiling.cost),
                "words": _sentence(rule.level, category, ceiling.benefit, ceiling.cost),
            }
        )
    return rows


def _sentence(level: str, category: str, benefit: Decimal | None, cost: Decimal | None) -> str:
    if benefit is None or cost is None:
        return _("Beyond the section's authority: the workshop decides after the levels below.")
    return {
        Level.TEAM: _(
            "Within the team's authority (%(category)s ≤ ¥%(benefit)s, cost ≤ ¥%(cost)s): "
            "the team leader can accept it alone."
        ),
        Level.SECTION: _(
            "Within the section's authority (%(category)s ≤ ¥%(benefit)s, cost ≤ ¥%(cost)s): the section can accept it."
        ),
        Level.WORKSHOP: _("The workshop decides."),
    }[Level(level)] % {"category": Category(category).label, "benefit": f"{benefit:,.2f}", "cost": f"{cost:,.2f}"}


def _string(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
