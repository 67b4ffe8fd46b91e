"""Where the time of a decision goes, by cProfile: own time of each function, in groups by where the function lives."""

from __future__ import annotations

import cProfile
import pstats
from collections import defaultdict
from collections.abc import Iterable

from benchmarks.measuring import Act

# The first that fits takes the function: a part of its path or, for what is built in, of its name.
GROUPS = (
    ("waiting for PostgreSQL, and psycopg2", ("psycopg2", "django/db/backends")),
    ("Redis", ("redis/", "valkey", "django_redis", "socket")),
    ("Celery: waking the worker", ("celery", "kombu", "amqp", "vine")),
    ("statements written together, queries kept", ("workflows/store",)),
    ("the ORM: queries, models", ("django/db",)),
    ("Viewflow", ("viewflow",)),
    ("the engine", ("workflows/engine",)),
    ("rules read (pydantic), the proposal", ("pydantic", "innovation/")),
    ("the ledger", ("workflows/ledger", "json/")),
    ("notices", ("workflows/notices",)),
    ("sessions, signatures, messages", ("contrib/sessions", "django/core/signing", "contrib/messages", "utils/crypto")),
    ("other middleware, URLs, request and response", (
        "django/core", "django/http", "django/urls", "middleware", "workflows/operations", "workflows/organisation",
        "workflows/site", "django/utils", "django/contrib", "csp/", "allauth", "axes", "structlog", "whitenoise",
        "prometheus",
    )),
)  # fmt: skip
REST = "Python itself and the rest"


def group_of(file: str, name: str) -> str:
    for group, marks in GROUPS:
        if any(mark in file or (file == "~" and mark in name) for mark in marks):
            return group
    return REST


def shares(acts: Iterable[Act]) -> list[tuple[str, float]]:
    """Each group's share of the whole, largest first. Built-in functions count where they are called from."""
    profile = cProfile.Profile()
    for act in acts:
        profile.enable()
        act()
        profile.disable()
    spent: dict[str, float] = defaultdict(float)
    for (file, _line, name), (_calls, _primitive, own, _total, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if file != "~" or group_of(file, name) != REST:
            spent[group_of(file, name)] += own
            continue
        for (from_file, _l, from_name), (_c, _p, from_own, _t) in callers.items():
            spent[group_of(from_file, from_name)] += from_own
    whole = sum(spent.values())
    return sorted(((group, own / whole) for group, own in spent.items()), key=lambda row: -row[1])


def table(heads: list[str], by_contestant: list[list[tuple[str, float]]]) -> list[str]:
    groups = [group for group, _share in by_contestant[0]]
    groups += sorted({group for column in by_contestant[1:] for group, _share in column} - set(groups))
    columns = [dict(column) for column in by_contestant]
    lines = [f"| Own time by cProfile, share of the whole | {' | '.join(heads)} |", "| --- |" + " ---: |" * len(heads)]
    for group in groups:
        cells = " | ".join(f"{column.get(group, 0):.0%}" for column in columns)
        lines.append(f"| {group} | {cells} |")
    return lines
