"""What an operator would look at, looked at: each check says in a sentence how it is and what to do about it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.engine import reseating, restarting
from workflows.engine.models import CalendarDay, Failure
from workflows.ledger.models import Chain, Checkpoint
from workflows.operations import heartbeat, readiness

WELL, MIND, ILL = "well", "mind", "ill"

FREE_MIND, FREE_ILL = 5 * 2**30, 2**29
SKEW = 2.0  # seconds
CHECKPOINT_LATE = timedelta(minutes=15)
DEMO_SECRET = "demo-only-not-a-secret"  # noqa: S105


@dataclass(frozen=True)
class Finding:
    """`name` of what was looked at, its state, and a sentence."""

    name: str
    state: str
    said: str


def examine() -> list[Finding]:
    """Every check, in order. Without a database the others cannot be asked, and that is all there is to say."""
    first = _asked("database", _database)
    if any(finding.state == ILL for finding in first):
        return [*first, *_asked("broker", _broker), *_asked("files", _files), *_asked("keys", _keys)]
    return [finding for name, check in CHECKS.items() for finding in _asked(name, check)]


def _asked(name: str, check: Callable[[], Iterator[tuple[str, str]]]) -> list[Finding]:
    try:
        return [Finding(name, state, said) for state, said in check()]
    except Exception as error:  # a check that breaks is a finding, and keeps no other from being made
        return [Finding(name, ILL, _("This could not be looked at: %(why)s") % {"why": type(error).__name__})]


def _database() -> Iterator[tuple[str, str]]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    except DatabaseError:
        yield ILL, _("The database does not answer. Look at its service and at DATABASE_URL.")
        return
    yield WELL, _("PostgreSQL %(version)s answers.") % {"version": version.split()[0]}


def _migrations() -> Iterator[tuple[str, str]]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        told = ngettext("%(n)s migration has not run.", "%(n)s migrations have not run.", len(waiting))
        yield ILL, told % {"n": len(waiting)} + " " + _("Run “manage.py migrate”.")
    else:
        yield WELL, _("The database's tables are those of this version.")


def _broker() -> Iterator[tuple[str, str]]:
    if readiness._well(readiness.broker):
        yield WELL, _("The broker answers.")
    else:
        yield ILL, _("The broker does not answer. Nothing is lost; notices and clocks wait until it is back.")


def _beat() -> Iterator[tuple[str, str]]:
    age = heartbeat.age()
    if age is None:
        yield ILL, _("Beat has never run here. Start beat and a worker.")
    elif age > heartbeat.LATE_AFTER:
        yield (
            ILL,
            _("Beat was last alive %(seconds)s seconds ago. Look at beat and at the workers.")
            % {"seconds": round(age)},
        )
    else:
        yield WELL, _("Beat and a worker were alive %(seconds)s seconds ago.") % {"seconds": round(age)}


def _outbox() -> Iterator[tuple[str, str]]:
    age = readiness.outbox_age()
    if age > readiness.OUTBOX_LATE_AFTER:
        yield (
            ILL,
            _("The oldest notice waits for %(minutes)s minutes. Look at the workers and the notices page.")
            % {"minutes": round(age / 60)},
        )
    else:
        yield WELL, _("No notice is kept waiting.")


def _calendar() -> Iterator[tuple[str, str]]:
    """Asked of the table, not of what the engine remembers of it."""
    today = timezone.localdate()
    wanted = [today.year, today.year + 1] if today.month >= 10 else [today.year]
    missing = [year for year in wanted if not CalendarDay.objects.filter(date__year=year).exists()]
    for year in missing:
        state = ILL if year == today.year else MIND
        yield (
            state,
            _("The plant calendar of %(year)s is missing: public holidays are not counted. Import it.")
            % {"year": year},
        )
    if not missing:
        yield WELL, _("The plant calendar is there.")


def _clock() -> Iterator[tuple[str, str]]:
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    after = timezone.now()
    skew = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if skew > SKEW:
        yield (
            ILL,
            _("The clocks of server and database differ by %(seconds)s seconds. Synchronise both.")
            % {"seconds": round(skew, 1)},
        )
    else:
        yield WELL, _("The clocks of server and database agree.")


def _files() -> Iterator[tuple[str, str]]:
    folder = settings.MEDIA_ROOT
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"assay")
    except OSError as error:
        yield ILL, _("The folder for files cannot be written to: %(why)s.") % {"why": error.strerror}
        return
    free = shutil.disk_usage(folder).free
    state = ILL if free < FREE_ILL else MIND if free < FREE_MIND else WELL
    yield state, _("The folder for files can be written to; %(gb)s GB are free.") % {"gb": round(free / 2**30, 1)}


def _keys() -> Iterator[tuple[str, str]]:
    ours = {
        "SECRET_KEY": settings.SECRET_KEY != DEMO_SECRET,
        "SEALING_KEY": set(settings.SEALING_KEY) != {"0"},
        "CHECKPOINT_KEY": set(settings.CHECKPOINT_KEY) != {"1"},
    }
    for name, own in ours.items():
        if not own:
            yield (MIND if settings.SAFE_TO_BE_LAX else ILL), _("%(key)s is the one of the demo.") % {"key": name}
    if all(ours.values()):
        yield WELL, _("The keys are this plant's own. They are in no backup: keep them apart.")


def _ledger() -> Iterator[tuple[str, str]]:
    """How far the chains have run on unsigned."""
    last = Checkpoint.objects.order_by("-number").first()
    if last is None:
        state = MIND if Chain.objects.exists() else WELL
        yield state, _("No checkpoint has been signed yet.")
        return
    late = timezone.now() - last.at > CHECKPOINT_LATE
    moved = late and _moved_since(last)
    said = _("Checkpoint %(number)s is the newest, of %(at)s.") % {
        "number": last.number,
        "at": timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
    }
    yield (ILL if moved else WELL), said + (" " + _("Entries since then are unsigned: look at beat.") if moved else "")


def _moved_since(checkpoint: Checkpoint) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE id > coalesce((SELECT max(e.id) FROM ledger_head h "
            "JOIN ledger_entry e ON e.chain_id = h.chain_id AND e.seq = h.length WHERE h.checkpoint_id = %s), 0) "
            "AND at < now() - interval '15 minutes')",
            [checkpoint.pk],
        )
        return bool(cursor.fetchone()[0])


def _statistics() -> Iterator[tuple[str, str]]:
    """After an import or a restore the planner knows nothing of what came until somebody counts it; autovacuum does so
    within minutes, where it runs."""
    with connection.cursor() as cursor:
        cursor.execute(UNCOUNTED)
        tables = [table for (table,) in cursor.fetchall()]
    if tables:
        told = _("The database has not counted %(tables)s since their rows came; pages may be slow. Run ANALYZE.")
        yield MIND, told % {"tables": ", ".join(tables)}
    else:
        yield WELL, _("The database has counted its tables.")


# Never counted, or most of the rows came or changed since.
UNCOUNTED = """
SELECT c.relname FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE pg_relation_size(c.oid) > 256 * 1024
AND (c.reltuples < 0 OR s.n_mod_since_analyze > greatest(c.reltuples, 1000)) ORDER BY pg_relation_size(c.oid) DESC"""


def _steps() -> Iterator[tuple[str, str]]:
    unmanned, still = reseating.unmanned().count(), restarting.standing_still().count()
    errors, failing = restarting.failed_tasks().count(), Failure.objects.open().count()
    told = (
        (unmanned, ngettext("%(n)s step has nobody.", "%(n)s steps have nobody.", unmanned)),
        (still, ngettext("%(n)s case stands still.", "%(n)s cases stand still.", still)),
        (errors, ngettext("%(n)s machine step failed.", "%(n)s machine steps failed.", errors)),
        (failing, ngettext("%(n)s failure is open.", "%(n)s failures are open.", failing)),
    )
    for count, said in told:
        if count:
            yield MIND, said % {"n": count} + " " + _("See the operator's desk.")
    if not (unmanned or still or errors or failing):
        yield WELL, _("Every case moves, and every step has somebody.")


CHECKS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "beat": _beat,
    "outbox": _outbox,
    "calendar": _calendar,
    "clock": _clock,
    "files": _files,
    "keys": _keys,
    "ledger": _ledger,
    "statistics": _statistics,
    "steps": _steps,
}
