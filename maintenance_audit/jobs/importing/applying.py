"""Bringing the staged rows in: batch by batch, each whole with its entries in the ledger; again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from maintenance_audit.jobs import repeats
from maintenance_audit.jobs.importing.mapping import Mapping
from maintenance_audit.jobs.importing.staging import FIRMS, Ground
from maintenance_audit.jobs.models import ImportFault, ImportRow, ImportState, JobImport
from maintenance_audit.jobs.people import NAMABLE
from maintenance_audit.register.keeping import facts_of, subject_of
from maintenance_audit.register.models import Equipment, FailureCode, WorkKind
from workflows.documents import storage
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import now
from workflows.ledger.entries import append

BATCH = 2000
LINKED = 20_000
EVENT = "maintenance_audit.job.imported"


def apply(upload: JobImport) -> None:
    """Everything that is left of the file. Killed half-way, it goes on where it was."""
    mapping, ground = Mapping.of(upload), Ground.of(upload.uploader)
    params = ground.params() | {"upload": upload.pk, "default": mapping.section, "zone": settings.TIME_ZONE}
    if mapping.make:
        _make_what_is_missing(upload, params)
    while _batch(upload, params):
        pass
    _link(upload)
    _finish(upload)


@transaction.atomic
def _make_what_is_missing(upload: JobImport, params: dict[str, Any]) -> None:
    """Tags, failure codes and kinds of work that the register lacks, each with its own chain."""
    for model, statement in ((Equipment, MAKE_TAGS), (FailureCode, MAKE_CODES), (WorkKind, MAKE_KINDS)):
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            made = [pk for (pk,) in cursor.fetchall()]
        append_many(_added(model, made, upload))


def _added(model: Any, made: list[int], upload: JobImport) -> Iterator[Happening]:
    rows = model.objects.filter(pk__in=made)
    for row in (rows.select_related("unit") if model is Equipment else rows).iterator(chunk_size=BATCH):
        subject = subject_of(row)
        said = {"actor": upload.uploader_id, "after": facts_of(row), "file": upload.digest}
        yield Happening(subject, f"maintenance_audit.{subject.partition(':')[0]}.added", said)


@transaction.atomic
def _batch(upload: JobImport, params: dict[str, Any]) -> bool:
    """The next rows: jobs, entries, progress. False when none is left."""
    held = JobImport.objects.select_for_update().get(pk=upload.pk)  # two workers take turns
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"upload": upload.pk, "batch": BATCH})
        last, count = cursor.fetchone()
        if not count:
            return False
        cursor.execute(MAKE_JOBS, params | {"last": last, "now": now()})
        made = cursor.fetchall()
    append_many(_imported(upload, row) for row in made)
    _mark(upload, last, made)
    _name_people(made, params)
    held.made, held.done, held.moved_at = held.made + len(made), held.done + count, now()
    held.save(update_fields=["made", "done", "moved_at"])
    return True


def _imported(upload: JobImport, row: tuple[Any, ...]) -> Happening:
    job, number, line, state, tag, failure, accepted, people = row
    said = {
        "job": number, "actor": upload.uploader.employee_no, "import": upload.pk, "row": line, "state": state,
        "equipment": tag, "failure": failure or None, "on": accepted.isoformat() if accepted else None,
        "people": json.loads(people),
    }  # fmt: skip
    return Happening(f"job:{job}", EVENT, said)


def _mark(upload: JobImport, last: int, made: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MARK, [[row[2] for row in made], [row[0] for row in made], upload.pk])
        cursor.execute(DEALT_WITH, [upload.pk, last])


def _name_people(made: list[tuple[Any, ...]], params: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NAME_PEOPLE, params | {"jobs": [row[0] for row in made]})


def _link(upload: JobImport) -> None:
    """Which of them repeat an earlier one, or are repeated by one that was there."""
    made = ImportRow.objects.filter(upload=upload, job__gt=0).order_by("job")
    after = 0
    while ids := [int(job or 0) for job in made.filter(job__gt=after).values_list("job", flat=True)[:LINKED]]:
        repeats.link(ids)
        after = ids[-1]


@transaction.atomic
def _finish(upload: JobImport) -> None:
    held = JobImport.objects.select_for_update().get(pk=upload.pk)
    if held.state != ImportState.APPLYING:
        return
    held.state, held.applied_at, held.moved_at = ImportState.APPLIED, now(), now()
    held.counts = held.counts | {"made": held.made, "known_now": held.counts["rows"] - held.counts["bad"] - held.made}
    held.save(update_fields=["state", "applied_at", "moved_at", "counts"])
    with connection.cursor() as cursor, override(upload.uploader.language):
        cursor.execute(LEFT_OUT, [_("the plant changed since the preview; not taken"), upload.pk])
    ImportRow.objects.filter(upload=upload).delete()
    bad = ImportFault.objects.filter(upload=upload, warning=False).values("row").distinct().count()
    said = {
        "actor": upload.uploader_id,
        "file": held.digest,
        "rows": held.counts["rows"],
        "made": held.made,
        "bad": bad,
    }
    append(subject=f"unit:{upload.uploader.unit_id}", event="maintenance_audit.jobs.imported", payload=said)
    place = str(held.file.name)
    transaction.on_commit(lambda: storage.drop(place))


MISSING_TAGS = """
SELECT DISTINCT ON (r.tag) r.tag, COALESCE(s.id, d.id) AS unit
FROM jobs_importrow r
LEFT JOIN unnest(%(place_ids)s::bigint[], %(place_codes)s::text[], %(place_names)s::text[]) AS s (id, code, name)
    ON r.section IN (s.code, s.name)
LEFT JOIN unnest(%(place_ids)s::bigint[], %(place_codes)s::text[]) AS d (id, code) ON d.code = %(default)s
WHERE r.upload_id = %(upload)s AND NOT r.bad AND r.job IS NULL
ORDER BY r.tag, r.row
"""
MAKE_TAGS = f"""
INSERT INTO register_equipment (tag, name, unit_id, place, is_active)
SELECT tag, left(tag, 80), unit, '', true FROM ({MISSING_TAGS}) t WHERE unit IS NOT NULL
ON CONFLICT (tag) DO NOTHING RETURNING id"""  # noqa: S608
MAKE_CODES = """
INSERT INTO register_failurecode (code, name, is_active)
SELECT DISTINCT failure, failure, true FROM jobs_importrow
WHERE upload_id = %(upload)s AND NOT bad AND job IS NULL AND failure <> ''
ON CONFLICT (code) DO NOTHING RETURNING id"""
MAKE_KINDS = """
INSERT INTO register_workkind (code, name, is_active)
SELECT DISTINCT left(r.work_kind, 40), r.work_kind, true FROM jobs_importrow r
WHERE r.upload_id = %(upload)s AND NOT r.bad AND r.job IS NULL AND r.work_kind <> ''
AND NOT EXISTS (SELECT FROM register_workkind k WHERE r.work_kind IN (k.code, k.name))
ON CONFLICT (code) DO NOTHING RETURNING id"""
NEXT = """
SELECT max(row), count(*) FROM (
    SELECT row FROM jobs_importrow WHERE upload_id = %(upload)s AND NOT bad AND job IS NULL ORDER BY row LIMIT %(batch)s
) r"""
MIDNIGHT = "({}::timestamp AT TIME ZONE %(zone)s)"
MAKE_JOBS = f"""
WITH batch AS (
    SELECT r.* FROM jobs_importrow r
    WHERE r.upload_id = %(upload)s AND NOT r.bad AND r.job IS NULL AND r.row <= %(last)s
), made AS (
    INSERT INTO jobs_job (
        number, source, title, scope, workshop_id, section_id, equipment_id, failure_code_id, first_failure_code_id,
        work_kind_id, contractor_id, state, gate_evidenced, hidden_work, estimate, started_at, completed_at,
        accepted_on, refusals, hours, settled_at, settled_amount, warranty_until, cancelled_why, received_at
    )
    SELECT r.number, 'sheet', r.title, r.scope, w.id, p.id, e.id, c.id,
           CASE WHEN r.accepted IS NOT NULL THEN c.id END, k.id, f.id, r.state,
           r.state IN ('requested', 'approved', 'dispatched'), false,
           CASE WHEN r.state NOT IN ('settled', 'closed') THEN r.amount END,
           {MIDNIGHT.format("r.started")}, {MIDNIGHT.format("r.completed")}, r.accepted, 0, r.hours,
           CASE WHEN r.state IN ('settled', 'closed') THEN {MIDNIGHT.format("COALESCE(r.settled, r.accepted)")} END,
           CASE WHEN r.state IN ('settled', 'closed') THEN r.amount END, r.warranty, r.cancelled_why, %(now)s
    FROM batch r
    JOIN register_equipment e ON e.tag = r.tag
    LEFT JOIN register_failurecode c ON c.code = r.failure
    LEFT JOIN LATERAL (
        SELECT k.id FROM register_workkind k WHERE r.work_kind <> '' AND r.work_kind IN (k.code, k.name)
        ORDER BY k.code = r.work_kind DESC, k.id LIMIT 1
    ) k ON true
    LEFT JOIN LATERAL (
        SELECT f.id FROM {FIRMS} WHERE r.firm <> '' AND r.firm IN (f.code, f.name)
        ORDER BY f.code = r.firm DESC, f.id LIMIT 1
    ) f ON true
    JOIN LATERAL (
        SELECT p.id, p.workshop FROM unnest(
            %(place_ids)s::bigint[], %(place_codes)s::text[], %(place_names)s::text[], %(workshops)s::bigint[]
        ) AS p (id, code, name, workshop)
        WHERE CASE WHEN r.section <> '' THEN r.section IN (p.code, p.name) ELSE p.id = e.unit_id END
        ORDER BY p.code = r.section DESC, p.id LIMIT 1
    ) p ON true
    JOIN organisation_unit w ON w.id = p.workshop
    ORDER BY r.row
    ON CONFLICT (number) DO NOTHING
    RETURNING id, number
)
SELECT DISTINCT ON (m.id) m.id, m.number, b.row, b.state, b.tag, b.failure, b.accepted, b.people::text
FROM made m JOIN batch b USING (number) ORDER BY m.id, b.row
"""  # noqa: S608
MARK = """
UPDATE jobs_importrow r SET job = v.job FROM unnest(%s::integer[], %s::bigint[]) AS v (row, job)
WHERE r.upload_id = %s AND r.row = v.row
"""
NAME_PEOPLE = f"""
INSERT INTO jobs_jobperson (job_id, person_id, part)
SELECT r.job, p.id, n.key FROM jobs_importrow r CROSS JOIN LATERAL jsonb_each_text(r.people) n
JOIN {NAMABLE} p ON p.employee_no = n.value
WHERE r.upload_id = %(upload)s AND r.people <> '{{}}' AND r.job = ANY(%(jobs)s::bigint[])
ORDER BY r.row, n.key
"""  # noqa: S608
LEFT_OUT = """
INSERT INTO jobs_importfault (upload_id, row, "column", header, value, reason, warning)
SELECT r.upload_id, r.row, '', '', r.number, %s, false FROM jobs_importrow r
WHERE r.upload_id = %s AND r.job = 0 AND NOT EXISTS (SELECT FROM jobs_job j WHERE j.number = r.number)
"""
DEALT_WITH = "UPDATE jobs_importrow SET job = 0 WHERE upload_id = %s AND NOT bad AND job IS NULL AND row <= %s"
