"""Statements that the database has parsed and planned before: PREPARE once a connection, EXECUTE from then on.

Only for statements whose text comes from a small set. Behind a pooler that hands a connection to somebody else after
each transaction, set PREPARED_STATEMENTS=off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import Error
from psycopg2 import errorcodes

# The table has changed under the plan (a migration beside running workers), or the server knows the name no more.
OUTLIVED = {errorcodes.FEATURE_NOT_SUPPORTED, errorcodes.INVALID_SQL_STATEMENT_NAME}
MOST = 200  # statements kept a connection; past that the text goes as it is


class _Known:
    """What one connection of the driver has met: a text is prepared when it comes for the second time."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.names: dict[str, str | None] = {}
        self.given = 0

    def name_of(self, statement: str) -> tuple[str | None, str]:
        """The name to execute by, if any, and what has to be said first: once, in the same message."""
        if statement not in self.names:
            if len(self.names) < MOST:
                self.names[statement] = None
            return None, ""
        name = self.names[statement]
        if name is not None:
            return name, ""
        self.given += 1
        name = self.names[statement] = f"assay_{self.given}"
        return name, f"PREPARE {name} AS {_numbered(statement)}; "

    def forget(self, statement: str) -> None:
        """It failed, and whether it had been prepared by then nobody can say: next time under another name."""
        self.names[statement] = None


def send(cursor: Any, statement: str, values: Sequence[Any]) -> None:
    """Execute a statement whose only `%` are its `%s` places."""
    database = cursor.db
    if not settings.PREPARED_STATEMENTS:
        cursor.execute(statement, values)
        return
    known: _Known | None = getattr(database, "_known_statements", None)
    if known is None or known.raw is not database.connection:
        known = database._known_statements = _Known(database.connection)
    name, first = known.name_of(statement)
    if name is None:
        cursor.execute(statement, values)
        return
    places = "(" + ", ".join(["%s"] * len(values)) + ")" if values else ""
    try:
        cursor.execute(f"{first}EXECUTE {name} {places}", values)
    except Error as error:
        if first or getattr(error.__cause__, "pgcode", "") in OUTLIVED:
            known.forget(statement)
        raise


def _numbered(statement: str) -> str:
    first, *others = statement.split("%s")
    return first + "".join(f"${number}{text}" for number, text in enumerate(others, 1))
