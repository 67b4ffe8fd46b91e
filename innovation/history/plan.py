"""What confirming an upload would do, worked out anew each time that it is asked. A fixed number of statements."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from innovation.history.models import PastAward, PastProblem, Upload
from innovation.history.sheets.reading import SheetFault
from innovation.proposals.models import Problem, Proposal
from workflows.organisation.models import Person, Unit, UnitKind


@dataclass(frozen=True)
class Planned:
    """A row that comes in. `problems`: numbers as written; `strangers`: authors without an account."""

    row: int
    values: dict[str, Any]
    unit: Unit
    key: str
    digest: str
    proposal: Proposal | None = None
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def strangers(self) -> list[str]:
        return [name for name, number, _share in self.values["authors"] if number not in self.people]


@dataclass
class Plan:
    awards: list[Planned] = field(default_factory=list)
    problems: list[Planned] = field(default_factory=list)
    known: int = 0  # rows that came in before, as they are
    faults: list[SheetFault] = field(default_factory=list)

    @property
    def effective(self) -> int:
        return len(self.awards) + len(self.problems)

    @property
    def unreadable(self) -> int:
        """Rows left out; one row may have several faults."""
        return len({(fault.sheet, fault.row) for fault in self.faults})

    @property
    def digest(self) -> str:
        """Two plans with the same digest do the same; the preview that was read and the one applied must be equal."""
        said = [
            [[p.key, p.digest, p.proposal and p.proposal.pk, sorted(one.pk for one in p.people.values())] for p in part]
            for part in (self.awards, self.problems)
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def compute(upload: Upload) -> Plan:
    return _Planning(upload).plan


class _Planning:
    """The plant as far as the file speaks of it, read once; then row by row."""

    def __init__(self, upload: Upload) -> None:
        self.workshop, self.content = upload.workshop, upload.content
        self.plan = Plan(faults=[SheetFault(**fault) for fault in self.content["faults"]])
        self.awards, self.problems = self.content["awards"], self.content["problems"]
        self._read_the_plant()
        for row in self._once("problems", self.problems):
            self._place_problem(row)
        for row in self._once("awards", self.awards):
            self._place_award(row)
        self.plan.faults.sort(key=lambda fault: (fault.sheet, fault.row))

    def _read_the_plant(self) -> None:
        units = list(Unit.objects.under(self.workshop.path).exclude(kind=UnitKind.CONTRACTOR))
        self.by_code = {plain(unit.code): unit for unit in units}
        self.by_name: dict[str, list[Unit]] = {}
        for unit in units:
            self.by_name.setdefault(plain(unit.name), []).append(unit)
        numbers = {number for row in self.awards for _name, number, _share in row["authors"] if number}
        root = f"/{self.workshop.ancestor_ids[0]}/"  # whoever left or moved is known by the account all the same
        accounts = Person.objects.filter(employee_no__in=numbers, unit__path__startswith=root)
        self.people = {person.employee_no: person for person in accounts}
        known = PastAward.objects.of(self.workshop).values_list("key", "digest", "number", "title", "month", "unit_id")
        rows = list(known)
        self.known_awards = {key: digest for key, digest, *_rest in rows}
        self.known_titles = {
            identity(title, f"{month:%Y-%m}", unit): number for _k, _d, number, title, month, unit in rows
        }
        brought = PastProblem.objects.filter(workshop=self.workshop).values_list("key", "digest", "number")
        self.known_problems = {key: digest for key, digest, _number in brought}
        self.problem_numbers = {number for _key, _digest, number in brought}
        self.problem_numbers |= {row["number"] for row in self.problems}
        asked = {number for row in self.awards for number in row.get("problems", ())} - self.problem_numbers
        mine = Problem.objects.filter(number__in=asked, unit__path__startswith=self.workshop.path)
        self.problem_numbers |= set(mine.values_list("number", flat=True))
        cases = {row["number"] for row in self.awards if row.get("number")}
        mine_too = Proposal.objects.filter(case__number__in=cases, case__unit__path__startswith=self.workshop.path)
        self.proposals = {p.case.number: p for p in mine_too.select_related("case")}

    # ------------------------------------------------------------------------------------------------------- faults
    def _fault(self, sheet: str, row: dict[str, Any], key: str, reason: str) -> None:
        where = self.content["where"][sheet]
        column, header = where["columns"].get(key, ["", key])
        written = row.get(key)
        value = "" if written is None else str(written) if not isinstance(written, list) else ""
        self.plan.faults.append(SheetFault(row["row"], column, header, reason, where["name"], value))

    def _once(self, sheet: str, rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
        """Of two rows with one number neither is taken, because nobody can say which was meant."""
        numbers: dict[str, list[int]] = {}
        for row in rows:
            if row.get("number"):
                numbers.setdefault(row["number"], []).append(row["row"])
        for row in rows:
            others = [n for n in numbers.get(row.get("number", ""), ()) if n != row["row"]]
            if others:
                words = {"no": row["number"], "rows": _(", ").join(map(str, others[:5]))}
                self._fault(sheet, row, "number", _("%(no)s also stands in row %(rows)s") % words)
            else:
                yield row

    def _unit_of(self, sheet: str, row: dict[str, Any]) -> Unit | None:
        written = plain(row["unit"])
        named = self.by_name.get(written, [])
        if written in self.by_code:
            return self.by_code[written]
        if len(named) == 1:
            return named[0]
        words = {"unit": row["unit"], "workshop": self.workshop.name}
        reason = (
            _("several units of %(workshop)s are called %(unit)s; write the code")
            if named
            else _("%(workshop)s has no unit %(unit)s")
        )
        self._fault(sheet, row, "unit", reason % words)
        return None

    # --------------------------------------------------------------------------------------------------------- rows
    def _place_problem(self, row: dict[str, Any]) -> None:
        unit = self._unit_of("problems", row)
        if unit is None:
            return
        key = _sha(["problem", row["number"]])
        self._place("problems", self.known_problems, Planned(row["row"], row, unit, key, _digest(row, unit)))

    def _place_award(self, row: dict[str, Any]) -> None:
        unit = self._unit_of("awards", row)
        if unit is None or self._objects(row, unit):
            return
        same = identity(row["title"], row["month"], unit.pk)
        key = _sha(["number", row["number"]]) if row.get("number") else _sha(["title", same])
        people = {number: self.people[number] for _n, number, _s in row["authors"] if number in self.people}
        planned = Planned(
            row["row"], row, unit, key, _digest(row, unit), self.proposals.get(row.get("number", "")), people
        )
        if self._place("awards", self.known_awards, planned):
            self.known_titles[same] = row.get("number", "")

    def _objects(self, row: dict[str, Any], unit: Unit) -> bool:
        before = len(self.plan.faults)
        for name, number, _share in row["authors"]:
            if number in self.people and plain(self.people[number].name) != plain(name):
                words = {"no": number, "name": name}
                self._fault("awards", row, "authors", _("the account %(no)s has another name than %(name)s") % words)
        missing = [number for number in row.get("problems", ()) if number not in self.problem_numbers]
        if missing:
            words = {"numbers": _(", ").join(missing[:5])}
            self._fault("awards", row, "problems", _("there is no problem %(numbers)s, here or in the file") % words)
        earlier = self.known_titles.get(identity(row["title"], row["month"], unit.pk))
        if earlier is not None and (earlier == "") != (not row.get("number")):
            self._fault(
                "awards", row, "title",
                _("is there already, of the same month and unit; only one of the two has a number"),
            )  # fmt: skip
        return len(self.plan.faults) > before

    def _place(self, sheet: str, known: dict[str, str], planned: Planned) -> bool:
        earlier = known.get(planned.key)
        if earlier is None:
            getattr(self.plan, sheet).append(planned)
            known[planned.key] = planned.digest
            return True
        if earlier == planned.digest:
            self.plan.known += 1
        else:
            key = "number" if planned.values.get("number") else "title"
            reason = _("came in before with other values; imported history is not written over")
            self._fault(sheet, planned.values, key, reason)
        return False


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def identity(title: str, month: str, unit: int) -> str:
    return f"{plain(title)}|{month}|{unit}"


def _digest(row: dict[str, Any], unit: Unit) -> str:
    """Of what the row says, wherever it stands and whether the unit was written by code or by name."""
    said = {key: value for key, value in row.items() if key not in ("row", "unit") and value}
    return _sha([sorted(said.items()), unit.pk])


def _sha(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
