"""What confirming an equipment file would do, worked out anew each time. A fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from maintenance_audit.register.importing.columns import spoken
from maintenance_audit.register.keepers import sections_kept_by
from maintenance_audit.register.models import Equipment, EquipmentUpload
from workflows.organisation.models import Person, Unit
from workflows.organisation.spreadsheets.cells import Fault
from workflows.organisation.spreadsheets.plan import Change, FilePlan


@dataclass(frozen=True)
class Planned:
    """One row's effect. `known` is None for a new tag. An empty place changes nothing."""

    row: int
    tag: str
    name: str
    unit: Unit
    place: str
    known: Equipment | None
    changes: list[Change]

    @property
    def said(self) -> list[Any]:
        return [self.tag, self.name, self.unit.pk, self.place, [[c.old, c.new] for c in self.changes]]


Plan = FilePlan[Planned]


def compute(actor: Person, upload: EquipmentUpload, *, lock: bool = False) -> Plan:
    content = upload.content
    plan: Plan = FilePlan(faults=[Fault(**fault) for fault in content["faults"]])
    found = Equipment.objects.filter(tag__in=[row["tag"] for row in content["rows"]]).select_related("unit")
    known = {e.tag: e for e in (found.select_for_update(of=("self",)) if lock else found).order_by("tag")}
    kept = {unit.code: unit for unit in sections_kept_by(actor)}
    for row in content["rows"]:
        _place(plan, row, known.get(row["tag"]), kept, content["headers"])
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _place(
    plan: Plan, row: dict[str, Any], known: Equipment | None, kept: dict[str, Unit], headers: dict[str, list[str]]
) -> None:
    unit = kept.get(row["section"])
    objection = _objection(row, known, unit, kept)
    if objection or unit is None:
        key, reason = objection or ("section", "")
        column, header = headers[key]
        plan.faults.append(Fault(row["row"], column, header, reason))
        return
    place = row.get("place", known.place if known else "")
    changes = list(_changes(known, row["name"], unit, place)) if known else []
    planned = Planned(row["row"], row["tag"], row["name"], unit, place, known, changes)
    plan.take(planned, known=known is not None, changes=changes)


def _objection(
    row: dict[str, Any], known: Equipment | None, unit: Unit | None, kept: dict[str, Unit]
) -> tuple[str, str] | None:
    if unit is None:
        return "section", _("there is no section %(code)s among those you keep") % {"code": row["section"]}
    if known is not None and known.unit.code not in kept:
        return "tag", _("%(tag)s belongs to a section that you do not keep") % {"tag": known.tag}
    if known is not None and not known.is_active:
        return "tag", _("%(tag)s is retired; take it into use first") % {"tag": known.tag}
    return None


def _changes(known: Equipment, name: str, unit: Unit, place: str) -> list[Change]:
    pairs = (
        ("name", known.name, name), ("section", known.unit.code, unit.code), ("place", known.place, place),
    )  # fmt: skip
    return [Change(key, spoken(key), old, new) for key, old, new in pairs if old != new]
