"""What a table, a sequence and a file hold, as a count and a SHA-256 that any later copy can be held against."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg2 import sql

TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname) AS columns,
       coalesce((SELECT array_agg(k.attname::text ORDER BY k.attname) FROM pg_index i
                 JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey)
                 WHERE i.indrelid = c.oid AND i.indisprimary), '{}') AS keys
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') GROUP BY c.oid, c.relname ORDER BY c.relname
"""
# Each sequence that fills a column, with that column.
SEQUENCES = """
SELECT s.relname, t.relname, a.attname FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
JOIN pg_namespace n ON n.oid = s.relnamespace
WHERE s.relkind = 'S' AND n.nspname = 'public' ORDER BY s.relname
"""
# The same rows must give the same text wherever they lie.
SPOKEN = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'"


class _Digest:
    """Takes what COPY writes."""

    def __init__(self) -> None:
        self.sum, self.rows = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.sum.update(data)
        self.rows += data.count(b"\n")  # a line feed inside a value is written as \n
        return len(data)


def tables() -> dict[str, dict[str, Any]]:
    """Table → rows and digest, by the transaction's snapshot. Columns by name, rows by primary key."""
    with connection.cursor() as cursor:
        cursor.execute(SPOKEN)
        cursor.execute(TABLES)
        found = cursor.fetchall()
        return {name: _table(cursor, name, columns, keys) for name, columns, keys in found}


def _table(cursor: Any, name: str, columns: list[str], keys: list[str]) -> dict[str, Any]:
    ordered = [sql.SQL('{}::text COLLATE "C"').format(sql.Identifier(key)) for key in keys or columns]
    statement = sql.SQL("COPY (SELECT {} FROM public.{} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name), sql.SQL(", ").join(ordered)
    )
    digest = _Digest()
    cursor.copy_expert(statement, digest)
    return {"rows": digest.rows, "digest": digest.sum.hexdigest()}


def behind() -> list[str]:
    """Sequences that would give a number out a second time."""
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        return [
            sequence for sequence, table, column in cursor.fetchall() if _is_behind(cursor, sequence, table, column)
        ]


def _is_behind(cursor: Any, sequence: str, table: str, column: str) -> bool:
    statement = sql.SQL("SELECT coalesce((SELECT max({}) FROM public.{}), 0) > last_value FROM public.{}").format(
        sql.Identifier(column), sql.Identifier(table), sql.Identifier(sequence)
    )
    cursor.execute(statement)
    return bool(cursor.fetchone()[0])


def file(path: Path) -> dict[str, Any]:
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
    return {"size": path.stat().st_size, "digest": digest.hexdigest()}
