"""What is written stays written, whoever asks and by whatever way."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from tests.ledger.chains import history
from workflows.ledger import checkpoints
from workflows.ledger.checks import database_is_not_named_like_a_test
from workflows.ledger.models import Chain, Checkpoint, Entry, Head, Payload

KEPT = (Entry, Payload, Checkpoint, Head)


@pytest.fixture
def written(db):
    history()
    checkpoints.gather("test")


def refused(act) -> None:
    with pytest.raises(DatabaseError, match=r"refused: the ledger is append-only"), transaction.atomic():
        act()


@pytest.mark.parametrize("model", KEPT)
def test_the_orm_can_change_nothing(written, model):
    row = model.objects.first()
    refused(lambda: model.objects.all()._raw_delete("default"))
    refused(row.save)
    column = {"Entry": "event", "Payload": "body", "Checkpoint": "reason", "Head": "digest"}[model.__name__]
    refused(lambda: model.objects.update(**{column: "x"}))
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", KEPT)
def test_plain_sql_can_change_nothing(written, model):
    table, column = model._meta.db_table, model._meta.get_fields()[-1].column
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
        with connection.cursor() as cursor:
            refused(lambda sql=statement, c=cursor: c.execute(sql))


def test_a_chain_cannot_be_deleted(written):
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("DELETE FROM ledger_chain"))
    refused(lambda: Chain.objects.filter(length=0)._raw_delete("default"))


@pytest.mark.parametrize("table", ["chain", "entry", "payload", "checkpoint", "head"])
def test_truncating_is_let_through_for_the_tests_alone(written, table):
    """The function asks for the database's name. Under another name the very same function refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT pg_get_functiondef('ledger_refuse'::regproc)")
        source = cursor.fetchone()[0]
        cursor.execute(source.replace("current_database()", "'assay'"))
        refused(lambda: connection.cursor().execute(f"TRUNCATE ledger_{table} CASCADE"))
        cursor.execute(source)
        cursor.execute(f"TRUNCATE ledger_{table} CASCADE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", [1, 2])
def test_a_test_that_commits_leaves_nothing_to_the_next(round_):
    assert not Entry.objects.exists() and not Chain.objects.exists()
    with transaction.atomic():
        history()
    checkpoints.gather("test")


def test_a_plants_database_may_not_be_named_like_a_test(db):
    assert database_is_not_named_like_a_test(None) == []
    with override_settings(TESTING=False):
        assert [error.id for error in database_is_not_named_like_a_test(None)] == ["ledger.E001"]


@pytest.mark.django_db(transaction=True)
def test_eight_who_gather_at_once_sign_one_checkpoint():
    with transaction.atomic():
        history()
    made: list[Checkpoint | None] = []

    def work() -> None:
        try:
            made.append(checkpoints.gather("test"))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(made) == 8 and [c.number for c in made if c] == [1]
    assert Head.objects.count() == 1
