"""What a failed statement leaves on its connection is nobody else's trouble."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.plant import Plant
from workflows.organisation.models import Person
from workflows.store import gathering
from workflows.store.sending import send


def answer(statement: str, *values: object) -> object:
    with connection.cursor() as cursor:
        send(cursor, statement, values)
        return cursor.fetchone()[0]


def test_a_statement_that_could_not_be_prepared_is_prepared_later(db: None) -> None:
    statement = "SELECT 7 + %s::int /* kept or not */"
    assert answer(statement, 1) == 8
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SELECT 1 / 0")
        except DatabaseError:
            connection.needs_rollback = False  # whoever swallowed it goes on in a broken transaction
        send(cursor, statement, [2])
    assert answer(statement, 3) == 10
    assert answer(statement, 4) == 11


def test_a_statement_that_fails_the_first_time_it_is_prepared_goes_on(db: None) -> None:
    statement = "SELECT 100 / %s::int /* once more */"
    assert answer(statement, 1) == 100
    for _try in range(3):
        with pytest.raises(DatabaseError, match="division"), transaction.atomic():
            answer(statement, 0)
    assert answer(statement, 4) == 25
    assert answer(statement, 5) == 20


def test_values_are_never_read_as_sql(plant: Plant) -> None:
    nasty = "x'); DROP TABLE engine_case; -- %s %(a)s $1"
    for _twice in range(3):
        assert answer("SELECT %s::text || ''", nasty) == nasty
    for _twice in range(3):
        with transaction.atomic(), gathering.gathered():
            person = Person.objects.get(pk=plant.author.pk)
            person.title = nasty[:40]
            gathering.change(person, "title")
    plant.author.refresh_from_db()
    assert plant.author.title == nasty[:40]


def test_what_a_refused_turn_had_pending_is_written_by_nobody(plant: Plant) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), gathering.gathered():
        plant.author.title = "不该有"
        gathering.change(plant.author, "title")
        raise RuntimeError
    assert gathering.under_way() is None
    with transaction.atomic(), gathering.gathered() as work:
        assert work.is_empty()
    assert Person.objects.get(pk=plant.author.pk).title != "不该有"


def test_what_an_inner_part_had_pending_goes_with_it(plant: Plant) -> None:
    with transaction.atomic(), gathering.gathered():
        plant.author.title = "外面的"
        gathering.change(plant.author, "title")
        with pytest.raises(RuntimeError), transaction.atomic():
            plant.coauthor.title = "里面的"
            gathering.change(plant.coauthor, "title")
            raise RuntimeError
    titles = dict(Person.objects.filter(pk__in=[plant.author.pk, plant.coauthor.pk]).values_list("pk", "title"))
    assert titles == {plant.author.pk: "外面的", plant.coauthor.pk: "炉前操作工"}
