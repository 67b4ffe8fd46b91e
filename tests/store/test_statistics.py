"""The rows are counted, and nobody in another database waits for it."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest
from django.db import connection

from tests.plant import build
from workflows.store import statistics

RESTLESS = "-c lock_timeout=200"


def next_door() -> psycopg2.extensions.connection:
    asked = {**connection.get_connection_params(), "dbname": "postgres", "options": RESTLESS}
    return psycopg2.connect(
        **{name: asked[name] for name in asked if name not in ("cursor_factory", "connection_factory")}
    )


@pytest.mark.django_db
def test_the_rows_of_an_open_transaction_are_counted_and_no_other_database_waits() -> None:
    build()
    statistics.gather()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples, (SELECT count(*) FROM organisation_person) FROM pg_class "
            "WHERE oid = 'organisation_person'::regclass"
        )
        told, there = cursor.fetchone()
    assert told == there > 0
    with closing(next_door()) as other, other.cursor() as cursor:
        cursor.execute("ANALYZE pg_authid, pg_database")


@pytest.mark.django_db
def test_what_counting_everything_would_have_held() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with closing(next_door()) as other, other.cursor() as cursor, pytest.raises(psycopg2.errors.LockNotAvailable):
        cursor.execute("ANALYZE pg_authid, pg_database")
