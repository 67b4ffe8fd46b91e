from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.plant import Plant

ASKED = {"unit": "金冶铜业", "code": "JY", "number": "10001", "name": "管晓"}


@pytest.mark.django_db
def test_the_first_administrator_signs_in_with_the_printed_password() -> None:
    out = io.StringIO()
    call_command("first_administrator", stdout=out, **ASKED)
    answer = Client().post("/sign-in/", {"username": "10001", "password": out.getvalue().strip()})
    assert answer.status_code == 302


def test_there_is_only_one_first(plant: Plant) -> None:
    with pytest.raises(CommandError):
        call_command("first_administrator", **ASKED)
