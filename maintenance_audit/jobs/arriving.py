"""Jobs that another system sends: at the state it says, once a number, by whoever keeps the section's jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maintenance_audit.jobs import people, reasons, repeats
from maintenance_audit.jobs.models import Job, JobPerson, JobState, Part, Source
from maintenance_audit.register.keepers import keeps, sections_kept_by
from maintenance_audit.register.models import Contractor, Equipment, FailureCode, WorkKind
from workflows.engine.errors import NotYours
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.organisation.models import Person, Unit, UnitKind

DONE = (JobState.ACCEPTED, JobState.SETTLED, JobState.WARRANTY_OVER)
PAID = (JobState.SETTLED, JobState.WARRANTY_OVER)
# Before the work began nothing was covered yet: the gate can still be kept here.
BEFORE_WORK = (JobState.REQUESTED, JobState.APPROVED, JobState.DISPATCHED)


@dataclass(frozen=True)
class Sent:
    """One job as it was sent; codes and numbers as text."""

    number: str
    title: str
    tag: str
    scope: str = ""
    section: str = ""
    failure_code: str = ""
    work_kind: str = ""
    contractor: str = ""
    state: str = JobState.REQUESTED
    started_on: date | None = None
    completed_on: date | None = None
    accepted_on: date | None = None
    settled_on: date | None = None
    warranty_until: date | None = None
    hours: Decimal | None = None
    amount: Decimal | None = None
    cancelled_why: str = ""
    people: Mapping[str, str] = field(default_factory=dict)


class Unfit(Exception):
    """What does not fit: the place among those sent, the field, a sentence."""

    def __init__(self, place: int, field: str, message: str) -> None:
        super().__init__(message)
        self.place, self.field, self.message = place, field, message


class Meanwhile(Exception):
    """The same number came in by another way at this moment; sent again, it is known."""


@dataclass(frozen=True)
class Outcome:
    job: Job
    outcome: str  # created, known, differs


class _Register:
    """What the jobs speak of, read once: six statements, however many they are."""

    def __init__(self, actor: Person, sent: Sequence[Sent]) -> None:
        self.actor = actor
        self.sections = {unit.code: unit for unit in sections_kept_by(actor)}
        above = Unit.objects.filter(pk__in={pk for unit in self.sections.values() for pk in unit.ancestor_ids})
        self.workshops = {unit.pk: unit for unit in above if unit.kind == UnitKind.WORKSHOP}
        tags = Equipment.objects.filter(tag__in={one.tag for one in sent}).select_related("unit")
        self.equipment = {row.tag: row for row in tags}
        failures = FailureCode.objects.filter(code__in={one.failure_code for one in sent})
        self.failures = {row.code: row for row in failures}
        self.kinds = {row.code: row for row in WorkKind.objects.filter(code__in={one.work_kind for one in sent})}
        firms = Contractor.objects.active().filter(unit__code__in={one.contractor for one in sent})
        self.firms = {row.unit.code: row.unit for row in firms.select_related("unit")}
        numbers = {number for one in sent for number in one.people.values()}
        self.people = people.namable(numbers, people.companies_of(self.sections.values())) if numbers else {}
        self.today = timezone.localdate(now())

    def job(self, place: int, sent: Sent) -> Job:
        """The row as it would be. Raises Unfit."""
        equipment = self._equipment(place, sent)
        section = self._section(place, sent, equipment)
        state, failure = JobState(sent.state), self._code(place, "failure_code", sent.failure_code, self.failures)
        self._require_days(place, sent)
        done = sent.accepted_on is not None
        return Job(
            number=sent.number, source=Source.API, title=sent.title, scope=sent.scope, workshop=self._workshop(section),
            section=section, equipment=equipment, failure_code=failure, first_failure_code=failure if done else None,
            work_kind=self._code(place, "work_kind", sent.work_kind, self.kinds),
            contractor=self._code(place, "contractor", sent.contractor, self.firms),
            state=state, gate_evidenced=state in BEFORE_WORK, started_at=_midnight(sent.started_on),
            completed_at=_midnight(sent.completed_on), accepted_on=sent.accepted_on, hours=sent.hours,
            settled_at=_midnight(sent.settled_on or sent.accepted_on) if state in PAID else None,
            settled_amount=sent.amount if state in PAID else None, estimate=None if state in PAID else sent.amount,
            warranty_until=sent.warranty_until, cancelled_why=self._why(sent), received_at=now(),
        )  # fmt: skip

    def _equipment(self, place: int, sent: Sent) -> Equipment:
        found = self.equipment.get(sent.tag)
        if found is None:
            raise Unfit(place, "tag", _("the register has no such tag"))
        if found.unit.code not in self.sections:
            raise Unfit(place, "tag", _("this tag belongs to a section that you do not keep"))
        return found

    def _section(self, place: int, sent: Sent, equipment: Equipment) -> Unit:
        found = self.sections.get(sent.section or equipment.unit.code)
        if found is None:
            raise Unfit(place, "section", _("you keep no section of this code or name"))
        return found

    def _workshop(self, section: Unit) -> Unit:
        return next((self.workshops[pk] for pk in section.ancestor_ids if pk in self.workshops), section)

    @staticmethod
    def _code(place: int, name: str, code: str, known: Mapping[str, Any]) -> Any:
        if code and code not in known:
            raise Unfit(place, name, _("The register has no %(codes)s.") % {"codes": code})
        return known.get(code)

    def _require_days(self, place: int, sent: Sent) -> None:
        if sent.state in DONE and sent.accepted_on is None:
            words = _("a job that is “%(state)s” needs its acceptance date")
            raise Unfit(place, "accepted_on", words % {"state": JobState(sent.state).label})
        for name in ("started_on", "completed_on", "accepted_on", "settled_on"):
            day = getattr(sent, name)
            if day and not day.year >= 1940:
                raise Unfit(place, name, _("the year %(year)s cannot be") % {"year": day.year})
            if day and day > self.today:
                raise Unfit(place, name, _("lies in the future"))
        for part, number in sent.people.items():
            if number not in self.people:
                raise Unfit(place, f"people.{part}", _(people.NOBODY) % {"no": number})

    @staticmethod
    def _why(sent: Sent) -> str:
        if sent.state != JobState.CANCELLED:
            return ""
        return sent.cancelled_why or sentences.written(reasons.NONE_GIVEN)


def take_in(*, actor: Person, sent: Sequence[Sent]) -> list[Outcome]:
    """All of them or none. A number that is there changes nothing: known if it says the same, else it differs.

    Raises NotYours, Unfit, Meanwhile.
    """
    if not keeps(actor):
        raise NotYours
    register = _Register(actor, sent)
    rows = [register.job(place, one) for place, one in enumerate(sent)]
    _require_once(rows)
    try:
        with transaction.atomic():
            numbers = [row.number for row in rows]
            known = Job.objects.select_related("equipment").in_bulk(numbers, field_name="number")
            parts = _parts_of(known.values())
            made = Job.objects.bulk_create([row for row in rows if row.number not in known])
            _take_parts(made, sent, register)
            append_many(_told(made, sent, actor))
            repeats.link([job.pk for job in made if job.accepted_on])
    except IntegrityError:
        raise Meanwhile from None
    return [
        _outcome(row, known.get(row.number), set(one.people.items()) <= parts[row.number])
        for row, one in zip(rows, sent, strict=True)
    ]


def _require_once(rows: list[Job]) -> None:
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if row.number in seen:
            raise Unfit(place, "number", _("%(no)s stands there twice") % {"no": row.number})
        seen.add(row.number)


def _take_parts(made: list[Job], sent: Sequence[Sent], register: _Register) -> None:
    by_number = {one.number: one for one in sent}
    JobPerson.objects.bulk_create(
        JobPerson(job=job, person=register.people[number], part=Part(part))
        for job in made
        for part, number in by_number[job.number].people.items()
    )


def _told(made: list[Job], sent: Sequence[Sent], actor: Person) -> Iterator[Happening]:
    by_number = {one.number: one for one in sent}
    for job in made:
        said = {
            "job": job.number, "actor": actor.employee_no, "state": str(job.state), "equipment": job.equipment.tag,
            "failure": job.failure_code.code if job.failure_code else None,
            "on": job.accepted_on.isoformat() if job.accepted_on else None,
            "people": dict(by_number[job.number].people),
        }  # fmt: skip
        yield Happening(f"job:{job.pk}", "maintenance_audit.job.imported", said)


def _parts_of(known: Iterable[Job]) -> dict[str, set[tuple[str, str]]]:
    """Number → (part, employee number): since then others may have come to it here; whom the source names is there."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    rows = JobPerson.objects.filter(job__in=list(known))
    for number, part, person in rows.values_list("job__number", "part", "person__employee_no"):
        found[number].add((part, person))
    return found


def _outcome(row: Job, known: Job | None, same_people: bool) -> Outcome:
    if known is None:
        return Outcome(row, "created")
    return Outcome(known, "known" if _said(known) == _said(row) and same_people else "differs")


def _said(job: Job) -> tuple[Any, ...]:
    """What the source says of it; where a job has moved on here, it may stand further than the source knows."""
    return job.title, job.equipment.tag, job.accepted_on


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
