"""How a change makes its month stale: statement triggers on the tables that a source counts.

A business app's migration puts them on its own tables: `[*watching("source", "table", "expression", …)]`. Each
expression names a month of the changed row `r`, as a day or a moment. One insert a statement, however many rows it
changed. Marks have no unique key: one that is written while months are counted anew must not be lost.
"""

from __future__ import annotations

from django.conf import settings
from django.db import migrations

FUNCTION = """
CREATE FUNCTION reports_mark_stale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_rows text := CASE TG_OP WHEN 'INSERT' THEN 'SELECT * FROM after' WHEN 'DELETE' THEN 'SELECT * FROM before'
                   ELSE 'SELECT * FROM before UNION ALL SELECT * FROM after' END;
    v_months text := '';
BEGIN
    FOR n IN 1 .. TG_NARGS - 1 LOOP
        v_months := v_months || CASE WHEN n > 1 THEN ', ' ELSE '' END || '(' || TG_ARGV[n] || ')';
    END LOOP;
    EXECUTE format(
        'INSERT INTO reports_stalemark (source, month) SELECT DISTINCT %L, date_trunc(''month'', m.at)::date '
        'FROM (%s) r CROSS JOIN LATERAL (VALUES %s) m (at) WHERE m.at IS NOT NULL', TG_ARGV[0], v_rows, v_months);
    RETURN NULL;
END $$;
"""
DROP = "DROP FUNCTION reports_mark_stale()"
TABLES = {"INSERT": "NEW TABLE AS after", "DELETE": "OLD TABLE AS before",
          "UPDATE": "OLD TABLE AS before NEW TABLE AS after"}  # fmt: skip


# For what a change of one table means for rows of others: months by a query over what was and what is.
BETWEEN = """
CREATE FUNCTION reports_mark_stale_between() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO reports_stalemark (source, month) SELECT DISTINCT %L, date_trunc(''month'', m.at)::date '
        'FROM (%s) m (at) WHERE m.at IS NOT NULL', TG_ARGV[0], TG_ARGV[1]);
    RETURN NULL;
END $$;
"""
DROP_BETWEEN = "DROP FUNCTION reports_mark_stale_between()"


def moving(source: str, table: str, months: str) -> list[migrations.RunSQL]:
    """Mark the months that `months` selects from `before` and `after`, rows of one UPDATE, stale for the source."""
    name = f"{table}_update_moves_{source}"
    given = ", ".join("'" + text.replace("'", "''") + "'" for text in (source, months))
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER {name} AFTER UPDATE ON {table} REFERENCING {TABLES['UPDATE']} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION reports_mark_stale_between({given})",
            f"DROP TRIGGER {name} ON {table}",
        )
    ]


def day_of(moment: str) -> str:
    """The plant's day of a moment."""
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')"


def watching(source: str, table: str, *months: str) -> list[migrations.RunSQL]:
    """Mark these months of a table's rows stale for the source whenever one is inserted, changed or removed."""
    given = ", ".join("'" + text.replace("'", "''") + "'" for text in (source, *(f"({m})::timestamp" for m in months)))
    made = []
    for verb, seen in TABLES.items():
        name = f"{table}_{verb.lower()}_makes_{source}_stale"
        made.append(
            migrations.RunSQL(
                f"CREATE TRIGGER {name} AFTER {verb} ON {table} REFERENCING {seen} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION reports_mark_stale({given})",
                f"DROP TRIGGER {name} ON {table}",
            )
        )
    return made
