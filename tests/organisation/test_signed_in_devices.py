"""Where one is signed in: seen, ended from another device, and what a new password does to the rest."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.test import Client, TestCase
from django.urls import reverse

from tests.organisation.factors import sign_in
from tests.plant import PASSWORD, Plant
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation import tokens
from workflows.organisation.models import Device, Person

ANDROID = "Mozilla/5.0 (Linux; Android 14; HUAWEI) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def browser(person: Person, agent: str = "") -> Client:
    client = Client(headers={"user-agent": agent}) if agent else Client()
    sign_in(client, person)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def page(client: Client) -> str:
    return client.get(reverse("security")).content.decode()


def test_each_device_is_listed_by_a_name_one_knows(plant: Plant) -> None:
    phone, desk = browser(plant.author, ANDROID), browser(plant.author)
    seen = page(desk)
    assert "Chrome · Android" in seen and seen.count("本机</span>") == 1 and "127.0.0.1" in seen
    assert page(phone).count("退出它") == 1


def test_a_device_is_ended_from_another(plant: Plant) -> None:
    phone, desk = browser(plant.author), browser(plant.author)
    address = reverse("device_end", args=[Device.objects.order_by("pk").first().pk])
    with_commit(desk, address)
    assert is_in(desk) and not is_in(phone)
    last = Entry.objects.filter(chain__subject=f"person:{plant.author.pk}").latest("seq")
    assert last.event == "organisation.session.ended"


def with_commit(client: Client, address: str) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(address).status_code == 302


def test_nobody_ends_another_ones_device(plant: Plant) -> None:
    phone, stranger = browser(plant.author), browser(plant.stranger)
    address = reverse("device_end", args=[Device.objects.get(person=plant.author).pk])
    assert stranger.post(address).status_code == 404
    assert is_in(phone)


def test_all_others_are_ended_also_those_never_noted(plant: Plant) -> None:
    phone, desk, unnoted = browser(plant.author), browser(plant.author), plant.client(plant.author)
    assert desk.post(reverse("devices_end")).status_code == 302
    assert is_in(desk) and not is_in(phone) and not is_in(unnoted)
    assert Device.objects.live().filter(person=plant.author).count() == 1
    assert page(desk).count("本机</span>") == 1


def test_a_new_password_ends_other_devices_and_tokens(plant: Plant) -> None:
    phone, desk = browser(plant.author), browser(plant.author)
    raw = tokens.issue(plant.author, "脚本")
    new = {"old_password": PASSWORD, "new_password1": "converter-slag-7", "new_password2": "converter-slag-7"}
    answer = desk.post(reverse("change_password"), new, follow=True)
    assert "其他设备和程序要重新登录" in answer.content.decode()
    assert is_in(desk) and not is_in(phone)
    assert tokens.person_of(raw) is None
    assert Device.objects.live().count() == 1 and page(desk).count("本机</span>") == 1


def test_guessing_the_old_password_at_an_open_screen_is_counted(plant: Plant) -> None:
    desk = browser(plant.author)
    wrong = {"old_password": "guess-guess", "new_password1": "converter-slag-7", "new_password2": "converter-slag-7"}
    answers = [desk.post(reverse("change_password"), wrong).status_code for _n in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert desk.post(reverse("change_password"), {**wrong, "old_password": PASSWORD}).status_code == 429


def test_signing_out_takes_the_device_off_the_list(plant: Plant) -> None:
    phone, desk = browser(plant.author), browser(plant.author)
    phone.post(reverse("sign_out"))
    assert "退出它" not in page(desk)


def test_closing_the_account_and_a_new_first_password_end_them_all(plant: Plant) -> None:
    admin = plant.client(plant.admin)
    for name in ("admin_person_reset", "admin_person_deactivate"):
        phone = plant.client(plant.coauthor)
        sign_in(Client(), plant.coauthor)
        admin.post(reverse(name, args=[plant.coauthor.pk]))
        assert phone.get(reverse("profile")).status_code == 302
        assert not Device.objects.live().filter(person=plant.coauthor).exists()


def test_rows_older_than_any_session_go(plant: Plant) -> None:
    browser(plant.author)
    old = now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 60)
    Device.objects.update(signed_in_at=old)
    desk = browser(plant.author)
    assert Device.objects.filter(person=plant.author).count() == 1 and "退出它" not in page(desk)
