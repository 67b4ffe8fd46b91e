"""Somebody's program that calls the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.test import Client

from tests.plant import PASSWORD
from workflows.organisation import tokens
from workflows.organisation.models import Person

FILING: dict[str, Any] = {
    "title": "给料口加防粘衬板",
    "category": "small_improvement",
    "new_problem": "给料口粘结",
    "present_state": "每班清两次",
    "method": "加衬板，锍 铼 𠮷",
    "cost": "300.00",
    "lines": [{"label": "清理工时", "unit_value": "40.00", "quantity": "120"}],
}


class Caller:
    def __init__(self, token: str = "", language: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if language:
            self.headers["Accept-Language"] = language

    @classmethod
    def of(cls, person: Person) -> Caller:
        return cls(tokens.issue(person, "test"))

    @classmethod
    def signed_in(cls, person: Person, password: str = PASSWORD) -> Caller:
        answer = cls().post("/api/token", employee_no=person.employee_no, password=password)
        assert answer.status_code == 201, answer.content.decode()
        return cls(answer.json()["token"])

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, body, content_type="application/json", headers=self.headers)

    def put(self, path: str, **body: Any) -> Any:
        return self.client.put(path, body, content_type="application/json", headers=self.headers)

    def send(self, path: str, **form: Any) -> Any:
        return self.client.post(path, form, headers=self.headers)

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.headers)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        if body and "file" in body:
            return self.send(path, **body)
        return self.get(path) if method == "get" else getattr(self, method)(path, **(body or {}))

    def file(self, **changes: Any) -> Any:
        return self.post("/api/proposals", **(FILING | {"token": str(uuid4())} | changes))

    def act(self, number: str, item: int, verb: str, **body: Any) -> Any:
        return self.post(f"/api/cases/{number}/tasks/{item}/{verb}", **({"token": str(uuid4())} | body))

    def first(self) -> Any:
        """The most urgent thing that waits."""
        return self.get("/api/queue").json()["items"][0]
