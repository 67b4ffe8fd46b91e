"""By the plant's own sign-in service: it says who somebody is; it makes no account and no role."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from tests.organisation.factors import with_app
from tests.organisation.sign_in_service import CLIENT, SECRET, Service, known_to, running
from tests.plant import PASSWORD, Plant
from workflows.organisation.models import Device, Person

BEGIN = "/sign-in/with/plant/"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def service(settings) -> Iterator[Service]:
    with known_to(settings) as service:
        yield service


def walk(client: Client, begin: str = BEGIN):
    """There and back, as a browser would: the answer of our own callback."""
    there = client.get(begin)
    assert there.status_code == 302, there.content.decode()
    back = requests.get(there["Location"], allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith("http://testserver/sign-in/with/plant/back/?")
    return client.get(back.removeprefix("http://testserver"))


def is_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def refused(answer, status: int, words: str) -> bool:
    return answer.status_code == status and words in answer.content.decode()


def test_the_door_offers_it_only_where_there_is_one(plant: Plant, service: Service, settings) -> None:
    assert "用 金冶统一登录 登录" in Client().get(reverse("sign_in")).content.decode()
    settings.OIDC_ISSUER = ""
    assert "金冶统一登录" not in Client().get(reverse("sign_in")).content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert Client().get(BEGIN).status_code == 404
    assert Client().get("/sign-in/with/plant/back/").status_code == 404


def test_an_existing_person_is_signed_in_by_number_and_goes_on(plant: Plant, service: Service) -> None:
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    client = Client()
    assert walk(client, f"{BEGIN}?next=/me/")["Location"] == "/me/"
    assert is_in(client)
    assert Device.objects.get().by == "oidc"


def test_next_never_leads_away(plant: Plant, service: Service) -> None:
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    assert walk(Client(), f"{BEGIN}?next=https://evil.example/")["Location"] == reverse("home")


def test_nonce_and_proof_are_asked_for(plant: Plant, service: Service) -> None:
    asked = parse_qs(urlsplit(Client().get(BEGIN)["Location"]).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked) and asked["code_challenge_method"] == ["S256"]


def test_an_unknown_number_makes_no_account(plant: Plant, service: Service) -> None:
    service.claims = {"sub": "idp-2", "preferred_username": "99999", "name": "新来的"}
    before, client = Person.objects.count(), Client()
    assert refused(walk(client), 403, "没有工号 99999 的在用账号")
    assert Person.objects.count() == before and not is_in(client)


def test_a_closed_account_stays_closed(plant: Plant, service: Service) -> None:
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    client = Client()
    assert refused(walk(client), 403, "在用账号") and not is_in(client)


def test_no_number_is_nobody(plant: Plant, service: Service) -> None:
    assert refused(walk(Client()), 403, "没有给出您的工号")


def test_the_number_may_stand_in_another_claim_of_the_userinfo(plant: Plant, service: Service, settings) -> None:
    settings.OIDC_NUMBER_CLAIM = "employee_number"
    service.userinfo = {"sub": "idp-1", "employee_number": plant.author.employee_no}
    client = Client()
    walk(client)
    assert is_in(client)


def test_a_userinfo_of_somebody_else_counts_for_nothing(plant: Plant, service: Service, settings) -> None:
    settings.OIDC_NUMBER_CLAIM = "employee_number"
    service.userinfo = {"sub": "idp-9", "employee_number": plant.author.employee_no}
    assert refused(walk(Client()), 403, "没有给出您的工号")


@pytest.mark.parametrize(
    "bent",
    [
        {"iss": "http://evil.example"},
        {"aud": "another"},
        {"exp": 1},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(plant: Plant, service: Service, bent: dict) -> None:
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    service.token = bent
    client = Client()
    assert refused(walk(client), 400, "传回的内容不可信") and not is_in(client)


def test_a_token_signed_by_another_key_opens_nothing(plant: Plant, service: Service) -> None:
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    service.signed_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client = Client()
    assert refused(walk(client), 400, "传回的内容不可信") and not is_in(client)


@pytest.mark.parametrize(("algorithm", "key"), [("HS256", "x" * 32), ("none", "")])
def test_a_token_without_a_public_key_signature_opens_nothing(
    plant: Plant, service: Service, algorithm: str, key: str
) -> None:
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    service.algorithm, service.signed_with = algorithm, key or None
    if algorithm == "none":
        service.signed_with = ""
        service.key = None  # type: ignore[assignment]
        service.keys = lambda: {"keys": []}  # type: ignore[method-assign]
    client = Client()
    assert refused(walk(client), 400, "传回的内容不可信") and not is_in(client)


def test_an_answer_nobody_asked_for_opens_nothing(plant: Plant, service: Service) -> None:
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    there = Client().get(BEGIN)["Location"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    victim = Client()
    assert refused(victim.get(back.removeprefix("http://testserver")), 400, "传回的内容不可信")
    assert not is_in(victim)


def test_who_stops_half_way_is_told_so(plant: Plant, service: Service) -> None:
    client = Client()
    state = parse_qs(urlsplit(client.get(BEGIN)["Location"]).query)["state"][0]
    answer = client.get(f"/sign-in/with/plant/back/?error=access_denied&state={state}")
    assert refused(answer, 400, "中途停下")


def test_a_service_that_is_away_leaves_the_other_door_open(plant: Plant, settings) -> None:
    with running() as service:
        address = service.address
    settings.OIDC_NAME = "金冶统一登录"
    app = {
        "provider_id": "plant",
        "name": "x",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert refused(Client().get(BEGIN), 503, "用工号和密码照样能登录")


def test_ones_own_second_factor_is_asked_here_too_unless_the_service_brings_it(
    plant: Plant, service: Service, settings
) -> None:
    phone, _codes = with_app(plant.author)
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    client = Client()
    assert walk(client)["Location"] == "/sign-in/second/" and not is_in(client)
    assert client.post("/sign-in/second/", {"code": phone.code()}).status_code == 302 and is_in(client)
    settings.OIDC_BRINGS_SECOND_FACTOR = True
    assert walk(Client())["Location"] == reverse("home")


def test_who_comes_by_the_service_need_not_know_the_first_password(plant: Plant, service: Service) -> None:
    Person.objects.filter(pk=plant.author.pk).update(must_change_password=True)
    service.claims = {"sub": "idp-1", "preferred_username": plant.author.employee_no}
    client, other = Client(), Client()
    walk(client)
    assert is_in(client)
    other.post(reverse("sign_in"), {"username": plant.author.employee_no, "password": PASSWORD})
    assert not is_in(other)


def start(**environment: str) -> str:
    """What the settings say to this environment; empty if they take it."""
    kept = {"PATH": os.environ["PATH"], "SECRET_KEY": "s" * 50, "SEALING_KEY": "a" * 64, "CHECKPOINT_KEY": "b" * 64}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
    )
    return done.stderr.strip().rpartition("\n")[2]


def test_a_service_without_tls_is_refused_at_the_start() -> None:
    known = {"DATABASE_URL": "postgres:///assay", "REDIS_URL": "redis://localhost", "ALLOWED_HOSTS": "assay.example"}
    assert start(**known, OIDC_ISSUER="https://login.plant.example") == ""
    assert "OIDC_ISSUER" in start(**known, OIDC_ISSUER="http://login.plant.example")
    assert "OIDC_ISSUER" in start(**known, OIDC_ISSUER="http://login.plant.example", ASSAY_DEMO="1")
    assert start(**known, OIDC_ISSUER="http://127.0.0.1:9000", DEBUG="1") == ""
