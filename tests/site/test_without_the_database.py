"""PostgreSQL is away: a plain answer that says so and when to ask again, and no answer that blames the plant."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.plant import Plant
from workflows.store.away import is_away


@pytest.fixture
def client(transactional_db: None) -> Client:
    """Signed in while the database was there."""
    from tests import plant as plants

    plant: Plant = plants.build()
    client = plant.client(plant.author)
    client.raise_request_exception = False
    return client


@pytest.fixture
def away(client: Client) -> Iterator[None]:
    kept = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["HOST"] = kept


def test_a_page_says_so_in_the_readers_language(client: Client, away: None) -> None:
    answer = client.get(reverse("home"), headers={"accept-language": "zh-hans"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "数据库没有应答" in answer.content.decode()
    english = client.get(reverse("home"), headers={"accept-language": "en"}).content.decode()
    assert "The database does not answer" in english and "We are at fault" not in english


def test_a_program_hears_it_as_json(client: Client, away: None) -> None:
    caller = Client(raise_request_exception=False, headers={"authorization": "Bearer assay_" + "0" * 40})
    answer = caller.get("/api/queue")
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "10", "away")
    page = client.get(reverse("home"), headers={"accept": "application/json"})
    assert (page.status_code, page.json()["code"]) == (503, "away")


def test_a_connection_cut_in_the_middle_is_the_same_and_the_next_request_finds_a_new_one(
    client: Client,
) -> None:
    def cut(execute, sql, params, many, context):
        with psycopg2.connect(**connection.get_connection_params()) as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [context["connection"].connection.get_backend_pid()])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut):
        assert client.get(reverse("home")).status_code == 503
    connection.close()
    assert client.get(reverse("home")).status_code == 200


@pytest.mark.django_db
def test_a_statement_that_the_server_gave_up_is_another_matter() -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError) as raised:
        cursor.execute("SET LOCAL statement_timeout = 5")
        cursor.execute("SELECT pg_sleep(1)")
    assert not is_away(raised.value) and not is_away(ValueError()) and not is_away(None)
