"""What confirming a roster would do, worked out anew each time that it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from workflows.organisation.models import Person, RosterImport, Unit
from workflows.organisation.roster.columns import spoken
from workflows.organisation.spreadsheets.cells import Fault
from workflows.organisation.spreadsheets.plan import Change, FilePlan

PLAIN = ("name", "title", "email", "joined_on")


@dataclass(frozen=True)
class Planned:
    """One row's effect. `person` is None for a new one; no changes mean that the row is as the plant is."""

    row: int
    employee_no: str
    name: str
    unit: Unit
    values: dict[str, str]
    person: Person | None
    changes: list[Change]

    @property
    def said(self) -> list[Any]:
        changes = [[c.key, c.old, c.new] for c in self.changes]
        return [self.employee_no, self.unit.pk, sorted(self.values.items()), changes]


Plan = FilePlan[Planned]


def compute(actor: Person, upload: RosterImport, *, lock: bool = False) -> Plan:
    """`lock` holds the people concerned until the transaction ends: for applying, not for looking."""
    numbers = [row["employee_no"] for row in upload.rows]
    found = Person.objects.filter(employee_no__in=numbers).select_related("unit").order_by("employee_no")
    people = {p.employee_no: p for p in (found.select_for_update(of=("self",)) if lock else found)}
    within = Unit.objects.administered_by(actor)
    units = {unit.code: unit for unit in within}
    plan: Plan = FilePlan(faults=[Fault(**fault) for fault in upload.faults])
    for row in upload.rows:
        _place(plan, actor, row, people.get(row["employee_no"]), units, upload.headers)
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _place(
    plan: Plan, actor: Person, row: dict[str, Any], person: Person | None, units: dict[str, Unit], headers: Any
) -> None:
    unit = units.get(row["unit_code"])
    objection = _objection(actor, row, person, unit, {u.pk for u in units.values()})
    if objection or unit is None:
        key, reason = objection or ("unit_code", "")
        column, header = headers[key]
        plan.faults.append(Fault(row["row"], column, header, reason))
        return
    given = {key: row[key] for key in PLAIN if key in row}
    changes = _changes(person, unit, given) if person else []
    planned = Planned(row["row"], row["employee_no"], row["name"], unit, given, person, changes)
    plan.take(planned, known=person is not None, changes=changes)


def _objection(
    actor: Person, row: dict[str, Any], person: Person | None, unit: Unit | None, within: set[int]
) -> tuple[str, str] | None:
    """The column at fault and why, or None."""
    if unit is None:
        return "unit_code", _("there is no unit %(code)s among yours") % {"code": row["unit_code"]}
    if not unit.is_active:
        return "unit_code", _("the unit %(code)s is closed") % {"code": row["unit_code"]}
    if person is None:
        return None
    if person.unit_id not in within:
        return "employee_no", _("%(no)s belongs to a unit that you do not administer") % {"no": person.employee_no}
    if not person.is_active:
        return "employee_no", _("the account %(no)s is closed; open it first") % {"no": person.employee_no}
    if person.pk == actor.pk and person.unit_id != unit.pk:
        return "unit_code", _("this is you; another administrator moves you")
    return None


def _changes(person: Person, unit: Unit, given: dict[str, str]) -> list[Change]:
    """An empty cell changes nothing, so only what is given is compared."""
    changes = [
        Change(key, spoken(key), plain(getattr(person, key)), new)
        for key, new in given.items()
        if plain(getattr(person, key)) != new
    ]
    if person.unit_id != unit.pk:
        changes.append(Change("unit", spoken("unit_code"), str(person.unit), str(unit)))
    return changes


def plain(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
