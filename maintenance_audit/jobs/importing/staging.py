"""The rows of a file in a table of their own: written by COPY, and held against the plant in whole sets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from maintenance_audit.jobs import people
from maintenance_audit.jobs.importing import fields
from maintenance_audit.jobs.importing.mapping import Mapping
from maintenance_audit.jobs.models import ImportFault, ImportRow, JobImport
from maintenance_audit.register.keepers import sections_kept_by
from maintenance_audit.register.models import Contractor
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.organisation.spreadsheets.cells import letters

COLUMNS = (
    "row", "number", "title", "scope", "tag", "section", "failure", "work_kind", "firm", "state", "started",
    "completed", "accepted", "settled", "warranty", "hours", "amount", "cancelled_why", "copy", "people",
)  # fmt: skip
MAY_BE_NONE = ("started", "completed", "accepted", "settled", "warranty", "hours", "amount")
# Everything is quoted, so that an empty text is one and an empty day is none.
ROWS = f"""
COPY jobs_importrow (upload_id, {", ".join(COLUMNS)}, bad) FROM STDIN
WITH (FORMAT csv, FORCE_NULL ({", ".join(MAY_BE_NONE)}))
"""
FAULTS = """
COPY jobs_importfault (upload_id, row, "column", header, value, reason, warning) FROM STDIN WITH (FORMAT csv)
"""
NAMABLE = people.NAMABLE
# Sections that the uploader keeps, and contractors that are registered: few, and told to the statements as arrays.
PLACES = "unnest(%(place_ids)s::bigint[], %(place_codes)s::text[], %(place_names)s::text[]) AS p (id, code, name)"
FIRMS = "unnest(%(firm_ids)s::bigint[], %(firm_codes)s::text[], %(firm_names)s::text[]) AS f (id, code, name)"


@dataclass(frozen=True)
class Ground:
    """What of the plant this person's file may speak of."""

    sections: list[Unit]
    firms: list[Unit]

    @classmethod
    def of(cls, person: Person) -> Ground:
        firms = Contractor.objects.active().select_related("unit")
        return cls(list(sections_kept_by(person)), [one.unit for one in firms])

    def params(self) -> dict[str, Any]:
        return {
            "place_ids": [u.pk for u in self.sections], "place_codes": [u.code for u in self.sections],
            "place_names": [u.name for u in self.sections], "workshops": [_workshop_of(u) for u in self.sections],
            "firm_ids": [u.pk for u in self.firms], "firm_codes": [u.code for u in self.firms],
            "firm_names": [u.name for u in self.firms], "companies": people.companies_of(self.sections),
        }  # fmt: skip


def _workshop_of(section: Unit) -> int:
    workshop = section.at_level(UnitKind.WORKSHOP)
    return workshop.pk if workshop else section.pk


def clear(upload: JobImport) -> None:
    ImportRow.objects.filter(upload=upload).delete()
    ImportFault.objects.filter(upload=upload).delete()


def write(upload: JobImport, rows: Sequence[tuple[dict[str, Any], bool]], faults: Iterable[Sequence[Any]]) -> None:
    """Rows with whether they are bad, and faults as (row, column, header, value, reason, warning)."""
    _copy(ROWS, ((upload.pk, *(row[name] for name in COLUMNS), bad) for row, bad in rows))
    _copy(FAULTS, ((upload.pk, *fault) for fault in faults))


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    file.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, file)


class Checks:
    """Each objection is one statement over the whole file. What is odd but comes in is a warning."""

    def __init__(self, upload: JobImport, mapping: Mapping, ground: Ground) -> None:
        self.upload, self.mapping = upload, mapping
        self.params = ground.params() | {"upload": upload.pk, "default": mapping.section}

    def run(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE jobs_importrow")  # no plan for rows that nobody has counted
        self._numbers()
        self._places()
        self._people()
        self._codes()
        with connection.cursor() as cursor:
            cursor.execute(SPOIL, self.params)
        self._copies()

    def _numbers(self) -> None:
        self._say("number", "r.number", _("also stands in row {}, with other values"), TWICE, other=OTHER)
        self._say(
            "number", "r.number", _("stands in row {} already, word for word; it is one job"), SAME, True, "t.first"
        )
        self._say(
            "number", "r.number", _("is there already with other values; nothing is written over"), OTHERWISE, True
        )

    def _places(self) -> None:
        self._say("section", "r.section", _("you keep no section of this code or name"), NO_SECTION)
        self._say("tag", "r.tag", _("this tag belongs to a section that you do not keep"), FOREIGN_TAG)
        if self.mapping.make:
            self._say("tag", "r.tag", _("a new tag, and no section is said that it belongs to"), HOMELESS_TAG)
        else:
            self._say("tag", "r.tag", _("the register has no such tag"), UNKNOWN_TAG)
        self._say("firm", "r.firm", _("no contractor of this code or name is registered"), NO_FIRM)

    def _people(self) -> None:
        for part in fields.PEOPLE:
            if part in self.mapping.columns:
                said = f"r.people ->> '{part}'"
                reason = _(people.NOBODY) % {"no": "{}"}
                self._say(part, said, reason, NOBODY.format(said=said), other=said)

    def _codes(self) -> None:
        if not self.mapping.make:
            self._say("failure", "r.failure", _("the register has no such failure code"), NO_FAILURE)
            self._say("work_kind", "r.work_kind", _("the register has no such kind of work"), NO_KIND)

    def _copies(self) -> None:
        self._say("", "r.number", _("an exact copy of row {}; each becomes a job of its own"), COPIES, True, "t.first")

    def _say(self, key: str, value: str, reason: str, where: str, warning: bool = False, other: str = "''") -> None:
        index = self.mapping.tag[0] if key == "tag" else self.mapping.columns.get(key, -1)
        told = {
            "column": letters(index) if index >= 0 else "",
            "header": self.upload.headers[index] if index >= 0 else "",
            "reason": reason[:200],
            "warning": warning,
        }
        with connection.cursor() as cursor:
            cursor.execute(OBJECT.format(value=value, other=other, where=where), self.params | told)


OBJECT = """
INSERT INTO jobs_importfault (upload_id, row, "column", header, value, reason, warning)
SELECT r.upload_id, r.row, %(column)s, %(header)s, left({value}, 60), replace(%(reason)s, '{{}}', {other}::text),
       %(warning)s
FROM jobs_importrow r {where}
"""
MINE = "r.upload_id = %(upload)s AND NOT r.bad"
SPOIL = """
UPDATE jobs_importrow r SET bad = true WHERE upload_id = %(upload)s AND NOT bad AND EXISTS (
    SELECT FROM jobs_importfault f WHERE f.upload_id = %(upload)s AND f.row = r.row AND NOT f.warning)
"""
OTHER = "CASE WHEN r.row = t.first THEN t.last ELSE t.first END"
TWICE = f"""
JOIN (
    SELECT number, min(row) AS first, max(row) AS last FROM jobs_importrow WHERE upload_id = %(upload)s AND NOT bad
    GROUP BY number HAVING count(DISTINCT copy) > 1
) t USING (number)
WHERE {MINE}"""  # noqa: S608
SAME = f"""
JOIN (
    SELECT number, copy, min(row) AS first FROM jobs_importrow WHERE upload_id = %(upload)s AND NOT bad
    GROUP BY number, copy HAVING count(*) > 1
) t USING (number, copy)
WHERE {MINE} AND r.row > t.first"""  # noqa: S608
OTHERWISE = f"""
JOIN jobs_job j ON j.number = r.number JOIN register_equipment e ON e.id = j.equipment_id
WHERE {MINE}
AND (j.title <> r.title OR e.tag <> r.tag OR j.state <> r.state OR j.accepted_on IS DISTINCT FROM r.accepted
     OR EXISTS (
        SELECT FROM jsonb_each_text(r.people) n JOIN {NAMABLE} p ON p.employee_no = n.value
        WHERE NOT EXISTS (
            SELECT FROM jobs_jobperson m WHERE m.job_id = j.id AND m.person_id = p.id AND m.part = n.key)))"""  # noqa: S608
NO_SECTION = f"""
WHERE {MINE} AND r.section <> '' AND NOT EXISTS (SELECT FROM {PLACES} WHERE r.section IN (p.code, p.name))"""
FOREIGN_TAG = f"""
JOIN register_equipment e ON e.tag = r.tag
WHERE {MINE} AND e.unit_id <> ALL (%(place_ids)s::bigint[])"""
UNKNOWN_TAG = f"""
WHERE {MINE} AND NOT EXISTS (SELECT FROM register_equipment e WHERE e.tag = r.tag)"""
HOMELESS_TAG = f"""
WHERE {MINE} AND r.section = '' AND %(default)s = ''
AND NOT EXISTS (SELECT FROM register_equipment e WHERE e.tag = r.tag)"""
NO_FIRM = f"""
WHERE {MINE} AND r.firm <> '' AND NOT EXISTS (SELECT FROM {FIRMS} WHERE r.firm IN (f.code, f.name))"""
NOBODY = f"""
WHERE {MINE} AND {{said}} <> ''
AND NOT EXISTS (SELECT FROM {NAMABLE} p WHERE p.employee_no = {{said}})"""
NO_FAILURE = f"""
WHERE {MINE} AND r.failure <> '' AND NOT EXISTS (SELECT FROM register_failurecode c WHERE c.code = r.failure)"""
NO_KIND = f"""
WHERE {MINE} AND r.work_kind <> ''
AND NOT EXISTS (SELECT FROM register_workkind k WHERE r.work_kind IN (k.code, k.name))"""
COPIES = f"""
JOIN (
    SELECT copy, min(row) AS first FROM jobs_importrow WHERE upload_id = %(upload)s AND NOT bad
    GROUP BY copy HAVING count(DISTINCT number) > 1
) t USING (copy)
WHERE {MINE} AND r.row > t.first"""  # noqa: S608
COUNTS = """
SELECT count(*), count(*) FILTER (WHERE r.bad), count(*) FILTER (WHERE NOT r.bad AND j.id IS NOT NULL),
       count(*) FILTER (WHERE NOT r.bad AND r.failure = ''),
       count(DISTINCT r.tag) FILTER (WHERE NOT r.bad AND e.id IS NULL),
       count(DISTINCT r.failure) FILTER (WHERE NOT r.bad AND r.failure <> '' AND c.id IS NULL),
       min(r.accepted) FILTER (WHERE NOT r.bad), max(r.accepted) FILTER (WHERE NOT r.bad),
       count(DISTINCT r.number) FILTER (WHERE NOT r.bad AND j.id IS NULL)
FROM jobs_importrow r LEFT JOIN jobs_job j ON j.number = r.number LEFT JOIN register_equipment e ON e.tag = r.tag
LEFT JOIN register_failurecode c ON c.code = r.failure WHERE r.upload_id = %s
"""


def counted(upload: JobImport) -> dict[str, Any]:
    """What the preview says: rows in all, bad, known already, new; what the register would get."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [upload.pk])
        rows, bad, known, without, tags, codes, first, last, new = cursor.fetchone()
    warnings = ImportFault.objects.filter(upload=upload, warning=True).count()
    return {
        "rows": rows, "bad": bad, "known": known, "new": new, "without_code": without, "tags": tags, "codes": codes,
        "first": first.isoformat() if first else "", "last": last.isoformat() if last else "", "warnings": warnings,
    }  # fmt: skip
