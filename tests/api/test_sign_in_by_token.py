"""Getting a token, and losing it again."""

from __future__ import annotations

import pytest

from tests.api.caller import Caller
from tests.plant import PASSWORD, Plant


def try_in(number: str, password: str, language: str = "zh-CN") -> object:
    return Caller(language=language).post("/api/token", employee_no=number, password=password)


def test_a_token_opens_and_is_revoked(plant: Plant) -> None:
    caller = Caller.signed_in(plant.team_leader)
    me = caller.get("/api/me").json()
    assert (me["number"], me["unit"]["name"]) == (plant.team_leader.employee_no, "闪速炉甲班")
    assert [(r["role"], r["label"]) for r in me["roles"]] == [("team_leader", me["roles"][0]["label"])]
    assert caller.delete("/api/token").status_code == 204
    assert caller.get("/api/me").status_code == 401


def test_a_wrong_password_and_an_unknown_number_are_told_alike(plant: Plant) -> None:
    answers = [try_in(n, "not-the-password").json() for n in (plant.author.employee_no, "99999")]
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "sign_in_failed"


def test_the_first_password_must_be_changed_first(plant: Plant) -> None:
    plant.author.must_change_password = True
    plant.author.save()
    answer = try_in(plant.author.employee_no, PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (403, "first_password")
    assert "token" not in answer.json()


def test_a_closed_account_has_no_token(plant: Plant) -> None:
    caller = Caller.of(plant.author)
    plant.author.is_active = False
    plant.author.save()
    assert caller.get("/api/me").status_code == 401
    assert try_in(plant.author.employee_no, PASSWORD).status_code == 401


def test_guessing_shuts_the_door_and_says_until_when(plant: Plant) -> None:
    answers = [try_in(plant.author.employee_no, "guess") for _ in range(6)]
    assert answers[0].status_code == 401
    told = answers[-1]
    assert (told.status_code, told.json()["code"]) == (429, "shut")
    assert told.json()["when"].endswith("+08:00")
    assert try_in(plant.author.employee_no, PASSWORD).status_code == 429
    assert try_in(plant.coauthor.employee_no, PASSWORD).status_code == 201


def test_a_success_clears_earlier_failures(plant: Plant) -> None:
    for _ in range(2):
        for _ in range(4):
            assert try_in(plant.author.employee_no, "guess").status_code == 401
        assert try_in(plant.author.employee_no, PASSWORD).status_code == 201


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "请先登录"), ("en", "Sign in first.")])
def test_who_is_not_known_is_answered_in_the_browsers_language(plant: Plant, language: str, words: str) -> None:
    assert words in Caller(language=language).get("/api/me").json()["message"]


def test_who_is_known_is_answered_in_their_own_language(plant: Plant) -> None:
    caller = Caller.of(plant.author)
    assert caller.get("/api/cases/TA-1").json()["message"] == "没有这一件，或您看不到它。"
    plant.author.language = "en"
    plant.author.save()
    assert caller.get("/api/cases/TA-1").json()["message"] == "It does not exist, or you may not see it."


def test_too_many_tries_in_a_minute_wait(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflows.organisation import api

    monkeypatch.setattr(api.PerMinute, "_count", staticmethod(lambda key: 10_000))
    try_in("99999", "x")
    answer = try_in("99999", "x")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_often")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
