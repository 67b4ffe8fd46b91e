"""Where the plant has an LDAP directory, its password opens the door too; accounts and roles stay ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from tests.plant import PASSWORD, Plant
from workflows.organisation.models import Device, Person
from workflows.organisation.signin import directory

pytest.importorskip("ldap3")
pytest.importorskip("ldaptor")

THERE = "directory-1250"
BACKEND = "workflows.organisation.signin.directory.PlantDirectory"


@dataclass(frozen=True)
class Served:
    port: int
    tls_port: int
    certificate: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    script, pem = Path(__file__).with_name("directory_server.py"), tmp_path_factory.mktemp("ldap") / "plant-ca.pem"
    command = [sys.executable, str(script), str(pem)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield Served(*map(int, server.stdout.readline().split()), str(pem))
    server.stdin.close()
    server.wait(10)


@pytest.fixture(params=["by pattern", "by search"])
def ldap(request: pytest.FixtureRequest, served: Served, settings) -> None:
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, BACKEND]
    settings.LDAP_URL, settings.LDAP_STARTTLS = f"ldap://127.0.0.1:{served.port}", False
    settings.LDAP_USER_DN = "uid={number},ou=people,dc=plant" if request.param == "by pattern" else ""
    settings.LDAP_BASE = "ou=people,dc=plant"
    settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD = "cn=reader,dc=plant", "reads-only"


def sign_in(number: str, password: str) -> tuple[Client, int]:
    client = Client()
    return client, client.post(reverse("sign_in"), {"username": number, "password": password}).status_code


def test_the_directorys_password_opens(plant: Plant, ldap: None) -> None:
    assert plant.author.employee_no == "10001"
    client, status = sign_in("10001", THERE)
    assert status == 302 and client.get(reverse("profile")).status_code == 200
    assert Device.objects.get().by == "ldap"


def test_ones_own_password_still_opens(plant: Plant, ldap: None) -> None:
    assert sign_in("10001", PASSWORD)[1] == 302
    assert Device.objects.get().by == "password"


@pytest.mark.parametrize("password", ["wrong", " ", "*", "directory-1250 "])
def test_another_password_does_not_and_counts_once(plant: Plant, ldap: None, password: str) -> None:
    assert sign_in("10001", password)[1] == 200
    assert AccessAttempt.objects.get().failures_since_start == 1


def test_an_empty_password_is_never_asked_of_the_directory(plant: Plant, ldap: None) -> None:
    assert directory.PlantDirectory().authenticate(None, username="10001", password="") is None


@pytest.mark.parametrize("number", ["*", "1000*", "10001)(uid=*", "10001,ou=people"])
def test_a_number_is_no_pattern(plant: Plant, ldap: None, number: str) -> None:
    Person.objects.filter(pk=plant.coauthor.pk).update(employee_no=number)
    assert sign_in(number, THERE)[1] == 200


def test_who_is_known_there_only_gets_no_account(plant: Plant, ldap: None) -> None:
    before = Person.objects.count()
    assert sign_in("99999", THERE)[1] == 200
    assert Person.objects.count() == before


def test_a_closed_account_stays_closed(plant: Plant, ldap: None) -> None:
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    assert sign_in("10001", THERE)[1] == 200


def test_who_comes_by_the_directory_need_not_know_the_first_password(plant: Plant, ldap: None) -> None:
    Person.objects.filter(pk=plant.author.pk).update(must_change_password=True)
    assert sign_in("10001", THERE)[0].get(reverse("profile")).status_code == 200


def test_a_directory_that_is_away_leaves_ones_own_password(plant: Plant, ldap: None, settings) -> None:
    settings.LDAP_URL = "ldap://127.0.0.1:9"
    assert sign_in("10001", THERE)[1] == 200
    assert sign_in("10001", PASSWORD)[1] == 302


def test_the_password_goes_nowhere_without_tls_where_tls_is_asked_for(plant: Plant, ldap: None, settings) -> None:
    settings.LDAP_STARTTLS = True  # this directory has no TLS
    assert sign_in("10001", THERE)[1] == 200


def test_under_tls_only_a_directory_that_the_plants_authority_vouches_for(
    plant: Plant, ldap: None, served: Served, settings, tmp_path: Path
) -> None:
    settings.LDAP_URL, settings.LDAP_CA_FILE = f"ldaps://localhost:{served.tls_port}", served.certificate
    assert sign_in("10001", THERE)[1] == 302
    settings.LDAP_URL = f"ldaps://127.0.0.1:{served.tls_port}"  # the certificate is localhost's
    assert sign_in("10001", THERE)[1] == 200
    settings.LDAP_URL, settings.LDAP_CA_FILE = f"ldaps://localhost:{served.tls_port}", ""
    assert sign_in("10001", THERE)[1] == 200
