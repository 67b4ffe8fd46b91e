"""People sign in by employee number, change the first password, are shut out for a while, leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests.plant import PASSWORD, Plant
from workflows.organisation.models import Person

SIGN_IN = "/sign-in/"


def sign_in(client: Client, number: str, password: str, **more: str):
    return client.post(
        SIGN_IN, {"username": number, "password": password, **more}, REMOTE_ADDR=more.pop("ip", "10.0.0.5")
    )


def test_a_worker_signs_in_by_employee_number(plant: Plant) -> None:
    client = Client()
    answer = sign_in(client, plant.author.employee_no, PASSWORD)
    assert answer.status_code == 302 and answer["Location"] == reverse("home")
    assert client.get(reverse("profile")).status_code == 200


def test_full_width_digits_are_the_same_number(plant: Plant) -> None:
    full_width = plant.author.employee_no.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert sign_in(Client(), f" {full_width} ", PASSWORD).status_code == 302


def test_a_wrong_password_stands_on_the_page_and_keeps_the_number(plant: Plant) -> None:
    answer = sign_in(Client(), plant.author.employee_no, "wrong-password")
    assert answer.status_code == 200
    assert "工号和密码对不上" in answer.content.decode()
    assert f'value="{plant.author.employee_no}"' in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_never_leads_away(plant: Plant, target: str) -> None:
    answer = sign_in(Client(), plant.author.employee_no, PASSWORD, next=target)
    assert answer["Location"] == reverse("home")


def test_next_leads_to_the_page_that_was_asked_for(plant: Plant) -> None:
    client = Client()
    asked = client.get(reverse("profile"))
    assert asked["Location"] == f"{SIGN_IN}?next=/me/"
    assert sign_in(client, plant.author.employee_no, PASSWORD, next="/me/")["Location"] == "/me/"


def test_a_form_sent_after_the_session_ended_does_not_come_back_as_a_link(plant: Plant) -> None:
    assert Client().post(reverse("declare_tie"))["Location"] == f"{SIGN_IN}?next=/"


def test_a_closed_account_is_told_plainly_but_only_with_the_password(plant: Plant) -> None:
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    assert "账号已停用" in sign_in(Client(), plant.author.employee_no, PASSWORD).content.decode()
    assert "工号和密码对不上" in sign_in(Client(), plant.author.employee_no, "guess-guess").content.decode()


def test_a_session_ends_with_the_account(plant: Plant) -> None:
    client = plant.client(plant.author)
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    assert client.get(reverse("profile")).status_code == 302


def fail(number: str, times: int, ip: str = "10.0.0.5"):
    for _ in range(times):
        answer = Client().post(SIGN_IN, {"username": number, "password": "guess-guess"}, REMOTE_ADDR=ip)
    return answer


def test_the_fifth_failure_shuts_the_door_and_says_until_when(plant: Plant) -> None:
    assert fail(plant.author.employee_no, 4).status_code == 200
    shut = fail(plant.author.employee_no, 1)
    assert shut.status_code == 429
    assert "后再试" in shut.content.decode()
    answer = Client().post(
        SIGN_IN, {"username": plant.author.employee_no, "password": PASSWORD}, REMOTE_ADDR="10.0.0.5"
    )
    assert answer.status_code == 429


def test_one_desk_cannot_shut_a_colleague_out_at_another(plant: Plant) -> None:
    fail(plant.author.employee_no, 60, ip="10.0.0.66")
    assert sign_in(Client(), plant.author.employee_no, PASSWORD).status_code == 302


def test_one_number_shut_leaves_the_others_at_that_desk_open(plant: Plant) -> None:
    fail(plant.author.employee_no, 5)
    assert sign_in(Client(), plant.coauthor.employee_no, PASSWORD).status_code == 302


def test_many_desks_together_stop_guessing_too(plant: Plant) -> None:
    for desk in range(13):
        fail(plant.author.employee_no, 4, ip=f"10.0.1.{desk}")
    assert sign_in(Client(), plant.author.employee_no, PASSWORD).status_code == 429


def test_knocking_at_a_shut_door_does_not_keep_it_shut(plant: Plant) -> None:
    fail(plant.author.employee_no, 5)
    last = AccessAttempt.objects.get().attempt_time
    fail(plant.author.employee_no, 3)
    assert AccessAttempt.objects.get().attempt_time == last
    AccessAttempt.objects.update(attempt_time=last - timedelta(minutes=16))
    assert sign_in(Client(), plant.author.employee_no, PASSWORD).status_code == 302


def test_an_unknown_number_is_shut_like_a_known_one(plant: Plant) -> None:
    assert fail("99999", 5).status_code == 429


def test_no_password_is_ever_kept_with_the_attempts(plant: Plant) -> None:
    fail(plant.author.employee_no, 2)
    attempt = AccessAttempt.objects.get()
    assert "guess-guess" not in attempt.post_data


def test_the_first_password_opens_nothing_but_its_own_change(plant: Plant) -> None:
    Person.objects.filter(pk=plant.author.pk).update(must_change_password=True)
    client = plant.client(plant.author)
    assert client.get(reverse("profile"))["Location"] == reverse("change_password")
    assert client.get("/me/", headers={"Accept": "application/json"}).status_code == 403
    refused = client.post(
        reverse("change_password"),
        {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"},
    )
    assert refused.status_code == 422
    same = client.post(
        reverse("change_password"),
        {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD},
    )
    assert "新密码要和现在的不同" in same.content.decode()
    changed = client.post(
        reverse("change_password"),
        {"old_password": PASSWORD, "new_password1": "converter-slag-7", "new_password2": "converter-slag-7"},
    )
    assert changed["Location"] == reverse("home")
    assert client.get(reverse("profile")).status_code == 200


def test_signing_out_is_a_post(plant: Plant) -> None:
    client = plant.client(plant.author)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out"))["Location"] == SIGN_IN
    assert client.get(reverse("profile")).status_code == 302


def test_the_page_speaks_the_browsers_language_until_the_person_is_known(plant: Plant) -> None:
    assert 'lang="zh-Hans"' in Client().get(SIGN_IN).content.decode()
    assert "Employee number" in Client().get(SIGN_IN, headers={"Accept-Language": "en"}).content.decode()
    assert "工号" in Client().get(SIGN_IN, headers={"Accept-Language": "zh-CN,zh;q=0.9"}).content.decode()
    client = Client()
    client.post(reverse("set_language"), {"language": "en", "next": SIGN_IN})
    assert "Employee number" in client.get(SIGN_IN).content.decode()
    client.force_login(plant.author, backend="workflows.organisation.backends.EmployeeBackend")
    assert "申报" in client.get(reverse("profile")).content.decode()


def test_there_is_no_way_to_make_an_account_oneself(plant: Plant) -> None:
    for address in ("/signup/", "/accounts/signup/", "/accounts/login/", "/accounts/password/reset/", "/sign-up/"):
        assert Client().get(address).status_code == 404
