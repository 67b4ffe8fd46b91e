"""What the planner knows of the tables."""

from __future__ import annotations

from django.db import connection

TABLES = """
SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = current_schema()"""


def gather() -> None:
    """Count the rows of this database's own tables: plans for rows that nobody has counted take minutes.

    `ANALYZE` without names counts the catalogues that all databases of a server share, too, and holds them until the
    transaction ends: whoever does the same in another database would wait for that.
    """
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        if tables := cursor.fetchone()[0]:
            cursor.execute(f"ANALYZE {tables}")
