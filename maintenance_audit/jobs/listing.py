"""Lists of jobs: what the address may ask for, and the statement that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from maintenance_audit.jobs.models import Job, JobState, SettlementHold
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.reports.months import month_of


@dataclass(frozen=True)
class Asked:
    """What the address says; anything that makes no sense is left out."""

    q: str = ""
    state: str = ""
    section: str = ""
    contractor: str = ""
    month: str = ""  # of acceptance: 2026-03
    repeat: str = ""
    held: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        return cls(
            q=given.get("q", "").strip()[:100],
            state=given.get("state", "") if given.get("state") in JobState.values else "",
            section=_number(given.get("section", "")),
            contractor=_number(given.get("contractor", "")),
            month=given.get("month", "") if month_of(given.get("month", "")) else "",
            repeat="1" if given.get("repeat") == "1" else "",
            held="1" if given.get("held") == "1" else "",
        )

    @property
    def active(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.active)


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""


def _next_month(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def jobs(person: Person, asked: Asked) -> QuerySet[Job]:
    """With all that a row says, in this one statement."""
    standing = SettlementHold.objects.standing().filter(job=OuterRef("pk"))
    found = Job.objects.visible_to(person).filter(_condition(asked)).annotate(is_held=Exists(standing))
    if asked.held:
        found = found.filter(is_held=True)
    return found.select_related("equipment", "section", "contractor", "failure_code").order_by("-received_at", "-pk")


def _condition(asked: Asked) -> Q:
    condition = Q()
    if asked.q:
        condition &= search(asked.q)
    if asked.state:
        condition &= Q(state=asked.state)
    if asked.section:
        condition &= Q(section=asked.section)
    if asked.contractor:
        condition &= Q(contractor=asked.contractor)
    first = month_of(asked.month)
    if first:
        condition &= Q(accepted_on__gte=first, accepted_on__lt=_next_month(first))
    if asked.repeat:
        condition &= Q(repeats__isnull=False)
    return condition


def search(text: str) -> Q:
    """A part of the number, the title or the tag; the scope of jobs worked on here is found by the product's search."""
    return Q(number__icontains=text) | Q(title__icontains=text) | Q(equipment__tag__icontains=text)


def sections(person: Person) -> QuerySet[Unit]:
    """Of the jobs' workshops that the person knows."""
    place = person.unit.at_level(UnitKind.WORKSHOP) or person.unit
    return Unit.objects.under(place.path).filter(kind=UnitKind.SECTION).order_by("path")


def inside(person: Person) -> bool:
    """Of the plant, not of a contractor."""
    return person.unit.at_level(UnitKind.CONTRACTOR) is None


def firms() -> QuerySet[Unit]:
    return Unit.objects.filter(kind=UnitKind.CONTRACTOR, contractor__isnull=False).order_by("code")
