"""Making a backup while the plant works: first the database's moment, then the files; only a draft's ever go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from workflows.ledger.canonical import moment_text
from workflows.ledger.models import Checkpoint
from workflows.operations.backup import digests, manifest, programs
from workflows.operations.backup.programs import NotDone


def make(folder: Path) -> dict[str, Any]:
    """Write a backup into a new or empty folder; return the manifest's body."""
    if folder.exists() and any(folder.iterdir()):
        raise NotDone(_("%(folder)s is not empty.") % {"folder": folder})
    if connection.in_atomic_block:
        raise NotDone("a backup needs a snapshot of its own, not one inside a transaction")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    with transaction.atomic():
        body = _snapshot(folder)
        named = sorted(set(_named_files()))
    body["files"], body["missing"] = _files(folder / manifest.MEDIA, named)
    body["dump"] = digests.file(folder / manifest.DUMP)
    manifest.write(folder, body)
    return body


def _snapshot(folder: Path) -> dict[str, Any]:
    """Dump and digests of one and the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_timestamp")
        snapshot, moment = cursor.fetchone()
    dump = folder / manifest.DUMP
    programs.run(
        "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}"
    )
    dump.chmod(0o600)
    last = Checkpoint.objects.order_by("-number").first()
    return {
        "format": manifest.FORMAT,
        "at": moment_text(moment),
        "demo": settings.DEMO,
        "server": connection.connection.info.server_version,
        "tables": digests.tables(),
        "checkpoint": {"number": last.number, "digest": last.digest} if last else None,
    }


def _named_files() -> Iterator[str]:
    """Every file that a row of the snapshot names."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                yield from model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)


def _files(target: Path, named: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Copy them; one that is not on the disk is said in the manifest, not passed over."""
    kept, missing = {}, []
    for place in named:
        source, copy = Path(settings.MEDIA_ROOT) / place, target / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, copy)
        except FileNotFoundError:
            missing.append(place)
            continue
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copy.chmod(0o600)
        kept[place] = digests.file(copy)
    return kept, missing
