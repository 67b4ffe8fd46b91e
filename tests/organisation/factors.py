"""What a phone with an authenticator app does, computed by hand from RFC 6238 and from nothing of ours."""

from __future__ import annotations

import base64
import hmac
import re
import time
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.plant import PASSWORD
from workflows.organisation.models import Person


def code_at(secret: str, moment: float) -> str:
    mac = hmac.digest(base64.b32decode(secret), (int(moment) // 30).to_bytes(8, "big"), "sha1")
    at = mac[19] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Phone:
    """Shows the code of now, or of some half minutes later: each opens once, so a story may need the next one."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, ahead: int = 0) -> str:
        return code_at(self.secret, time.time() + 30 * ahead)

    def wrong(self) -> str:
        near = {self.code(ahead) for ahead in (-2, -1, 0, 1, 2)}
        return next(f"{n:06}" for n in range(100) if f"{n:06}" not in near)


def sign_in(client: Client, person: Person, **more: str) -> Any:
    return client.post(reverse("sign_in"), {"username": person.employee_no, "password": PASSWORD, **more})


def add_app(client: Client) -> tuple[Phone, list[str]]:
    """A signed-in person scans the picture; the phone and the recovery codes that the answer shows."""
    page = client.get(reverse("factor_app")).content.decode()
    phone = Phone(re.search(r'id="app-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", ""))
    answer = client.post(reverse("factor_app"), {"code": phone.code(-1)})
    assert answer.status_code == 200, answer.content.decode()
    return phone, re.findall(r"<li>(\d{4} \d{4})</li>", answer.content.decode())


def with_app(person: Person) -> tuple[Phone, list[str]]:
    client = Client()
    sign_in(client, person)
    return add_app(client)
