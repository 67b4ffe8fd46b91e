"""The two doors of the product, and what each answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from tests.api.caller import Caller
from tests.plant import Plant
from workflows.organisation.models import Person

SHEETS = {"reject", "return", "abstain", "transfer", "add_signer", "consult", "hold", "remove_signer"}
BESIDE = {"urge", "copy", "take_back", "resume"}


@dataclass(frozen=True)
class Answer:
    """`status` of the page or of the API; `code` only the API says; `text` is all that was said."""

    status: int
    text: str
    code: str = ""

    @property
    def worked(self) -> bool:
        return self.status in (200, 303) if self.code == "" else False


@dataclass
class Page:
    """What a browser sends."""

    plant: Plant
    clients: dict[int, Client] = field(default_factory=dict)
    name: str = "page"

    def known(self, person: Person) -> Client:
        if person.pk not in self.clients:
            self.clients[person.pk] = self.plant.client(person)
        return self.clients[person.pk]

    def task(self, by: Person, number: str, item: int, verb: str, /, **sent: Any) -> Answer:
        fields = {"verb": verb, "token": str(uuid4()), **{"item" if k == "signer" else k: v for k, v in sent.items()}}
        if verb in SHEETS:
            fields["sheet"] = "1"
        return self._said(self.known(by).post(reverse("decide", args=[number, item]), fields))

    def complete(self, person: Person, number: str, item: int, form: Any) -> Answer:
        return self.task(person, number, item, "complete", **form)

    def beside(self, by: Person, number: str, act: str, /, **sent: Any) -> Answer:
        url = reverse("case_act", args=[number, act])
        return self._said(self.known(by).post(url, {"token": str(uuid4()), **sent}))

    def withdraw(self, person: Person, number: str, reason: str) -> Answer:
        url = reverse("withdraw", args=[number])
        return self._said(self.known(person).post(url, {"token": str(uuid4()), "reason": reason}))

    def own_page(self, person: Person, url: str, fields: Any) -> Answer:
        sent = {"token": str(uuid4()), **fields}
        return self._said(self.known(person).post(url, sent))

    def _said(self, answer: Any) -> Answer:
        moved = answer.status_code in (302, 303)
        return Answer(303 if moved else answer.status_code, unescape(answer.content.decode()), "" if moved else "page")


@dataclass
class Api:
    """What a program sends."""

    plant: Plant
    callers: dict[int, Caller] = field(default_factory=dict)
    name: str = "api"

    def known(self, person: Person) -> Caller:
        if person.pk not in self.callers:
            self.callers[person.pk] = Caller.of(person)
        return self.callers[person.pk]

    def task(self, by: Person, number: str, item: int, verb: str, /, **sent: Any) -> Answer:
        return self._said(self.known(by).act(number, item, verb, **sent))

    def complete(self, person: Person, number: str, item: int, form: Any) -> Answer:
        return self.task(person, number, item, "complete", form=dict(form))

    def beside(self, by: Person, number: str, act: str, /, **sent: Any) -> Answer:
        body = {"token": str(uuid4()), **sent}
        return self._said(self.known(by).post(f"/api/cases/{number}/acts/{act}", **body))

    def withdraw(self, person: Person, number: str, reason: str) -> Answer:
        body = {"token": str(uuid4()), "reason": reason}
        return self._said(self.known(person).post(f"/api/cases/{number}/withdraw", **body))

    def own_page(self, person: Person, url: str, fields: Any) -> Answer:
        raise NotImplementedError("the page's own")

    def _said(self, answer: Any) -> Answer:
        if answer.status_code == 200:
            return Answer(200, "")
        content = answer.json()
        return Answer(answer.status_code, content["message"], content["code"])


Door = Page | Api
