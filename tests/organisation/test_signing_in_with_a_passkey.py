"""A passkey from the making to the losing, in a real Chromium with an authenticator of its own."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests.plant import PASSWORD, Plant
from workflows.organisation.models import Device, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Token:
    """Chromium's own make-believe authenticator: a phone with a finger on it."""

    def __init__(self, page: Any) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        return self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def finger(self, right: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": right})

    def rewind(self, by: int) -> None:
        """As a copy taken earlier would count."""
        (kept,) = self.credentials()
        self.session.send(
            "WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": kept["credentialId"]}
        )
        self.session.send(
            "WebAuthn.addCredential", {"authenticatorId": self.id, "credential": {**kept, "signCount": by}}
        )


def sign_in(page: Any, person: Person) -> None:
    page.goto("/sign-in/")
    page.fill("[name=username]", person.employee_no)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    # Whoever has to set up a second factor is led to "/me/sign-in/".
    page.wait_for_url(lambda address: urlsplit(address).path != "/sign-in/")


def sign_out(page: Any) -> None:
    page.goto("/me/sign-in/")
    page.locator("main").get_by_role("button", name="退出登录", exact=True).click()
    # Not a pattern: "**/sign-in/" is where the browser is already, and the next goto would cut the answer off.
    page.wait_for_url(lambda address: "/me/" not in address)


def make(page: Any, name: str = "我的手机") -> None:
    page.goto("/me/sign-in/passkey/")
    page.fill("[name=name]", name)
    page.get_by_role("button", name="建通行密钥").click()
    page.wait_for_selector(".codes")


@pytest.fixture
def phone(live: Any, plant: Plant) -> tuple[Any, Token]:
    """A browser in which the author has made a passkey and signed out again."""
    page = live(390)
    token = Token(page)
    sign_in(page, plant.author)
    make(page)
    live.shoot(page, "recovery-codes")
    page.goto("/me/sign-in/")
    live.no_side_scroll(page)
    live.shoot(page, "security")
    sign_out(page)
    return page, token


def test_a_passkey_signs_in_without_number_or_password(live: Any, plant: Plant, phone: Any) -> None:
    page, token = phone
    assert len(token.credentials()) == 1
    live.shoot(page, "sign-in")
    page.goto("/sign-in/?next=/me/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_role("heading", name="韩铸").wait_for()
    assert list(Device.objects.live().values_list("by", flat=True)) == ["passkey"]
    assert Authenticator.objects.get(type="webauthn").data["name"] == "我的手机"


def test_after_a_password_the_passkey_is_the_second_step(live: Any, plant: Plant, phone: Any) -> None:
    page, _token = phone
    live.expect(422)
    sign_in(page, plant.author)
    page.wait_for_url("**/sign-in/second/")
    live.shoot(page, "second-step")
    live.no_side_scroll(page)
    page.get_by_role("button", name="用通行密钥", exact=True).click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    assert Client().get("/me/").status_code == 302


def test_a_wrong_finger_opens_nothing(live: Any, plant: Plant, phone: Any) -> None:
    page, token = phone
    token.finger(right=False)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("没有用成通行密钥").wait_for()
    assert not Device.objects.live().exists()


def test_a_copy_that_counts_behind_opens_nothing(live: Any, plant: Plant, phone: Any) -> None:
    page, token = phone
    for _n in range(2):
        page.goto("/sign-in/")
        page.get_by_role("button", name="用通行密钥登录").click()
        page.wait_for_url(lambda address: "sign-in" not in address)
        sign_out(page)
    token.rewind(by=0)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("通行密钥没有通过").wait_for()
    assert not Device.objects.live().exists()


def test_a_passkey_confirms_instead_of_the_password_and_is_removed(live: Any, plant: Plant, phone: Any) -> None:
    page, _token = phone
    live.sign_in(page.context, plant.author)  # a session that never said when it confirmed
    page.goto("/me/sign-in/")
    page.locator("#passkeys").get_by_role("button", name="删除").click()
    page.wait_for_url("**/confirm/**")
    live.shoot(page, "confirm")
    live.no_side_scroll(page)
    page.get_by_role("button", name="用通行密钥代替密码").click()
    page.wait_for_url("**/me/sign-in/")
    page.locator("#passkeys").get_by_role("button", name="删除").click()
    page.get_by_text("已删除，不能再用它登录").wait_for()
    assert not Authenticator.objects.exists()


def test_an_answer_to_one_question_opens_no_other_door(live: Any, plant: Plant, phone: Any) -> None:
    """A question of the second step is not one of the door, and each is good once."""
    page, _token = phone
    told: list[str] = []
    page.on("request", lambda request: told.append(request.post_data or "") if request.method == "POST" else None)
    page.goto("/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    answer = next(dict(parse_qsl(body))["passkey"] for body in told if "passkey=" in body)
    again = Client()
    again.post(reverse("passkey_question"))
    refused = again.post(reverse("sign_in_by_passkey"), {"passkey": answer}, follow=True)
    assert "通行密钥没有通过" in refused.content.decode() and not refused.context["user"].is_authenticated


def test_at_the_desk_and_in_english_the_pages_hold_too(live: Any, plant: Plant) -> None:
    Person.objects.filter(pk=plant.author.pk).update(language="en")
    page = live(1280, language="en")
    Token(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").wait_for()
    page.fill("[name=username]", plant.author.employee_no)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    page.goto("/me/sign-in/app/")
    live.shoot(page, "factor-app")
    live.no_side_scroll(page)
    page.goto("/me/sign-in/passkey/")
    live.shoot(page, "factor-passkey")
    page.fill("[name=name]", "my desk")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("Write these down now").wait_for()
    page.goto("/me/sign-in/")
    live.no_side_scroll(page)
    live.shoot(page, "security")
    page.locator("#passkeys").get_by_text("my desk").wait_for()


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "{}", '{"id": 1}', "x" * 30_000, '{"response": {"userHandle": "!"}}']
)
def test_nonsense_for_an_answer_is_refused(plant: Plant, answer: str) -> None:
    client = Client()
    client.post(reverse("passkey_question"))
    assert client.post(reverse("sign_in_by_passkey"), {"passkey": answer})["Location"] == reverse("sign_in")
    made = Client()
    made.post(reverse("sign_in"), {"username": plant.author.employee_no, "password": PASSWORD})
    made.post(reverse("passkey_options"))
    assert made.post(reverse("factor_passkey"), {"name": "手机", "passkey": answer}).status_code == 422
    assert not Authenticator.objects.exists() and not AccessAttempt.objects.exists()


def test_a_key_of_another_person_is_no_second_factor(plant: Plant) -> None:
    handle = base64.urlsafe_b64encode(str(plant.author.pk).encode()).decode().rstrip("=")
    client = Client()
    client.post(reverse("passkey_question"))
    answer = f'{{"id": "AA", "rawId": "AA", "type": "public-key", "response": {{"userHandle": "{handle}"}}}}'
    assert client.post(reverse("sign_in_by_passkey"), {"passkey": answer})["Location"] == reverse("sign_in")
