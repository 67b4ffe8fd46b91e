"""A statement is prepared once a connection; whatever happens in that moment, the next one gets through."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from workflows.engine.models import Numbering
from workflows.store.sending import send

pytestmark = pytest.mark.django_db


def ask(statement: str) -> str:
    with connection.cursor() as cursor:
        send(cursor, statement, ["so"])
        return str(cursor.fetchone()[0])


def fresh() -> str:
    """A statement that this connection has not met."""
    return f"SELECT %s::text /* {uuid4()} */"


def test_it_is_prepared_when_it_comes_again() -> None:
    statement = fresh()
    assert [ask(statement) for _ in range(4)] == ["so"] * 4
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE strpos(statement, %s) > 0", [statement[-40:]])
        assert cursor.fetchone() == (1,)


def test_what_could_not_be_prepared_is_prepared_later() -> None:
    """The transaction had failed before: the database hears nothing of the PREPARE."""
    statement = fresh()
    ask(statement)
    with pytest.raises(DatabaseError, match="aborted"), transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")
        send(cursor, statement, ["so"])
    assert [ask(statement) for _ in range(3)] == ["so"] * 3


def test_what_was_prepared_and_then_refused_can_be_sent_again() -> None:
    statement = f"INSERT INTO engine_numbering (stem, last) VALUES (%s, 1) RETURNING stem /* {uuid4()} */"
    assert ask(statement) == "so"
    with pytest.raises(IntegrityError), transaction.atomic():
        ask(statement)
    Numbering.objects.all().delete()
    assert ask(statement) == "so"
    Numbering.objects.all().delete()
    assert ask(statement) == "so"


def test_a_plan_that_a_migration_has_outlived_is_made_anew() -> None:
    """Workers go on while the new version migrates: one request is lost, not the connection's every other."""
    statement = f"SELECT * FROM grown WHERE name = %s /* {uuid4()} */"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE grown (name text) ON COMMIT DROP; INSERT INTO grown VALUES ('so')")
    assert [ask(statement) for _ in range(3)] == ["so"] * 3
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE grown ADD COLUMN more text")
    with pytest.raises(DatabaseError, match="cached plan"), transaction.atomic():
        ask(statement)
    assert [ask(statement) for _ in range(2)] == ["so"] * 2
