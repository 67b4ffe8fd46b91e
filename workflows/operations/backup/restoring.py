"""Putting a backup back: only into an empty database, and not before the backup has been found whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from workflows.ledger import audit
from workflows.operations.backup import digests, manifest, programs
from workflows.operations.backup.programs import NotDone
from workflows.store import statistics

ANYTHING = """
SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'S') ORDER BY 1 LIMIT 1
"""


def restore(folder: Path, fingerprint: str) -> dict[str, Any]:
    """Check the backup, load it, and hold every row and file against the manifest. Raises NotDone."""
    body = manifest.check(folder, fingerprint)
    _must_be_empty()
    _files_may_be_put_back(body)
    programs.run(
        "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
        str(folder / manifest.DUMP),
    )  # fmt: skip
    _put_files_back(folder, body)
    compare(body, fingerprint)
    statistics.gather()  # a dump brings none
    return body


def _must_be_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ANYTHING)
        if row := cursor.fetchone():
            raise NotDone(
                _("The database is not empty (it has %(table)s). Make a new one and name it in DATABASE_URL.")
                % {"table": row[0]}
            )


def _files_may_be_put_back(body: dict[str, Any]) -> None:
    """A file that is there already must be the same one."""
    for place, wanted in body["files"].items():
        target = _inside(place)
        if target.exists() and digests.file(target) != wanted:
            raise NotDone(_("%(file)s is there already and is another one.") % {"file": place})


def _inside(place: str) -> Path:
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / place).resolve()
    if not target.is_relative_to(root):
        raise NotDone(_("%(file)s lies outside the folder for files.") % {"file": place})
    return target


def _put_files_back(folder: Path, body: dict[str, Any]) -> None:
    for place in body["files"]:
        target = _inside(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / manifest.MEDIA / place, target)


def compare(body: dict[str, Any], fingerprint: str) -> None:
    """Hold this database and its files against the manifest: rows, sequences, files, ledger. Raises NotDone."""
    with transaction.atomic():
        found = digests.tables()
    for table, wanted in body["tables"].items():
        if found.get(table) != wanted:
            raise NotDone(_("Table %(table)s is not as it was when the backup was made.") % {"table": table})
    if strange := sorted(found.keys() - body["tables"].keys()):
        raise NotDone(_("Table %(table)s is not in the backup.") % {"table": strange[0]})
    if behind := digests.behind():
        raise NotDone(_("The sequence %(name)s would give numbers out twice.") % {"name": behind[0]})
    for place, wanted in body["files"].items():
        target = _inside(place)
        if not target.is_file() or digests.file(target) != wanted:
            raise NotDone(_("%(file)s is not as it was when the backup was made.") % {"file": place})
    if problem := next(audit.problems([fingerprint]), None):
        raise NotDone(_("The ledger does not hold: %(where)s") % {"where": " · ".join(problem.lines())})
