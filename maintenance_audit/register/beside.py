"""What others show and offer beside a tag: the jobs of it, what the reader may do in front of it.

Those who know jobs, lots and inspections register here; the register knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from maintenance_audit.register.models import Equipment
from workflows.organisation.models import Person


@dataclass(frozen=True)
class Act:
    """A link: its words and icon, and a word on what it is for."""

    label: str
    url: str
    icon: str
    about: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the equipment's page: a template, and what it shows."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Acts = Callable[[Person, Equipment], Iterable[Act]]
Parts = Callable[[Person, Equipment], Iterable[Part]]
_acts: list[Acts] = []
_parts: list[Parts] = []
_scripts: list[str] = []


def register_acts(acts: Acts) -> None:
    """For an app's `ready`: what this person may do with this tag at hand. Those registered first stand first."""
    _acts.append(acts)


def register_part(parts: Parts) -> None:
    """For an app's `ready`: what belongs on the equipment's page."""
    _parts.append(parts)


def register_offline_script(path: str) -> None:
    """For an app's `ready`: a static script of the shell that answers a scanned tag without signal. It finds the tag
    in `#tag-shell[data-tag]` and puts what it has of it into that element's `ul`."""
    if path not in _scripts:
        _scripts.append(path)


def offline_scripts() -> list[str]:
    return list(_scripts)


def acts_of(person: Person, equipment: Equipment) -> list[Act]:
    return [act for acts in _acts for act in acts(person, equipment)]


def parts_of(person: Person, equipment: Equipment) -> list[Part]:
    return [part for parts in _parts for part in parts(person, equipment)]
