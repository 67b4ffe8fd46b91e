"""Whatever comes in — in an address, a query, a form or a body — is answered, and never with 500."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from tests import samples
from tests.page_forms import forms_of
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from tests.test_every_url import Door, doors
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role

NASTY = (
    "",
    "\x00",
    "10001\x00",
    "-1",
    "0",
    "9223372036854775808",
    "9" * 40,
    "1e400",
    "NaN",
    "-Infinity",
    "０１２",
    "²",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "𠮷😀锍铼",
    "<script>alert(1)</script>",
    "' OR 1=1 --\\",
    "%s %(x)s {0} {{ 7 }}",
    "=cmd|'/C calc'!A0",
    "a\r\nBcc: x@example.com",
    "//evil.example/",
    "長" * 10_001,
)
SHARES = 11
# `make prove` asks every page everything; `make test` asks each page a share, the next page the next share.
FULL = bool(os.environ.get("ASSAY_PROVE"))
SHARE = 1 if FULL else 3
# What JSON can say and a form cannot.
NASTIER = (*NASTY[1::3], "\ud800", None, True, -1, 2**63, 1.5, [], {}, ["\ud800\x00"], {"a": ["\x00"]}, [[]])
PLAIN_NAMES = re.compile(r"""(?:GET|POST|given|asked|sent)(?:\.get(?:list)?\(|\[)\s*["'](\w+)["']""")


@pytest.fixture
def values(plant: Plant) -> dict[str, Any]:
    publish_rules(plant)
    return samples.of_arguments(plant, Story(plant))


@pytest.fixture
def people(plant: Plant, values: dict[str, Any]) -> list[Person]:
    """Between them they pass every door: the author with a draft, the leader with a task, one who holds the rest."""
    everything = plant.drafter
    for role in (
        Role.ADMINISTRATOR,
        Role.OBSERVER,
        Role.INNOVATION_OFFICER,
        Role.RULE_PUBLISHER,
        Role.UNION_REPRESENTATIVE,
    ):
        plant.hold(everything, role, plant.workshop)
    return [plant.author, plant.team_leader, everything]


@contextmanager
def undone() -> Iterator[None]:
    """Each attempt on its own: what it wrote is gone afterwards, and so is what it broke."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        connection.needs_rollback = False
        transaction.savepoint_rollback(mark)


def sent(client: Client, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
    with undone():
        client.raise_request_exception = False
        return getattr(client, method)(path, *args, **kwargs)


# No beat runs beside the tests, and this is how it is said.
SAYS_SO_BY_503 = {"/readyz"}


class Findings(list[str]):
    def note(self, answer: Any, *where: Any) -> None:
        """Keep what failed; `where` says what was sent."""
        if answer.status_code >= 500 and answer.request["PATH_INFO"] not in SAYS_SO_BY_503:
            why = repr(answer.exc_info[1])[:160] if getattr(answer, "exc_info", None) else ""
            self.append(" ".join([*(str(w)[:90] for w in where), why]))


def query_names() -> list[str]:
    """Every name that any of our views asks a query for."""
    files = (f for app in ("workflows", "innovation") for f in (settings.BASE_DIR / app).rglob("*.py"))
    return sorted({name for file in files for name in PLAIN_NAMES.findall(file.read_text())})


def pages() -> list[Door]:
    return [door for door in doors() if not door.route.startswith("api/")]


def turned(names: list[str], values: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Queries with all the names, in which each name gets each value once, beside other names' other values."""
    for turn in range(len(values)):
        yield {name: values[(turn + place * 5) % len(values)][:300] for place, name in enumerate(names)}


def share_of(door: Door, asked: Iterable[Any]) -> list[Any]:
    return [one for place, one in enumerate(asked, crc32(door.route.encode())) if place % SHARE == 0]


@pytest.mark.prove
@pytest.mark.django_db
def test_queries(plant: Plant, people: list[Person], values: dict[str, Any]) -> None:
    found, names = Findings(), query_names()
    assert {"q", "page", "after", "unit", "before"} <= set(names)
    clients = [plant.client(person) for person in people]
    for door in pages():
        address = door.address(values)
        passed = (c for c in clients if sent(c, "get", address).status_code == 200)
        client = next(passed, clients[-1])
        for query in share_of(door, turned(names, NASTY[1::2])):
            found.note(sent(client, "get", address, query), address, ascii(query))
        for name in names if FULL and not door.arguments else ():
            found.note(sent(client, "get", address, {name: "9223372036854775808"}), address, name)
    assert found == []


@pytest.mark.prove
@pytest.mark.django_db
def test_addresses(plant: Plant, people: list[Person], values: dict[str, Any]) -> None:
    found, client = Findings(), plant.client(people[-1])
    bearer = {"Authorization": f"Bearer {tokens.issue(people[-1], 'test')}"}
    for door in doors():
        for argument in door.arguments:
            for value in share_of(door, NASTY[1:8]):
                address = _with(door, values, argument, value)
                for method in ("get", "post"):
                    answer = sent(client, method, address, headers=bearer if door.route.startswith("api/") else {})
                    found.note(answer, method, door.route, argument, repr(value))
    assert found == []


def _with(door: Door, values: dict[str, Any], argument: str, nasty: str) -> str:
    """The door's address with this argument made nasty, whatever its converter would take."""
    known = {name: door._value(values, name) for name in door.arguments}
    known[argument] = nasty[:200]
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: quote(str(known[m[1]]), safe=""), door.route)


@pytest.mark.django_db
def test_methods_and_headers(plant: Plant, people: list[Person], values: dict[str, Any]) -> None:
    found, client = Findings(), plant.client(people[-1])
    strange = {"Accept-Language": "x" * 3000 + ";q=nan, \xff-\x01", "Referer": "//[", "If-None-Match": "\x7f",
               "If-Modified-Since": "Tue, 99 Foo 99999", "Range": "bytes=-1", "HX-Request": "true",
               "X-Forwarded-For": ",,", "Accept": "\xff", "HX-Current-URL": "http://["}  # fmt: skip
    for door in doors():
        for method in ("head", "options", "put", "patch", "delete", "trace"):
            found.note(sent(client, method, door.address(values)), method, door.route)
        for headers in (strange, strange | {"Cookie": "django_language=../..;csrftoken=\xff;sessionid=" + "x" * 300}):
            found.note(sent(client, "get", door.address(values), headers=headers), "headers", door.route)
        found.note(sent(client, "post", door.address(values), b"\xff\x00{", content_type="x/y"), "bytes", door.route)
        for kind in ("application/json", "multipart/form-data", "multipart/form-data; boundary=\xff"):
            answer = sent(client, "post", door.address(values), b"[\xff", content_type=kind)
            found.note(answer, kind, door.route)
    assert found == []


@pytest.mark.django_db
def test_forms(plant: Plant, people: list[Person], values: dict[str, Any]) -> None:
    """Each field of every form that the pages show, made nasty while the others stay as shown."""
    found, seen, here_before = Findings(), set(), set()
    # What the filing page sends is told below; its form is as long as all the others together.
    shown = [door for door in pages() if door.name not in ("file_proposal", "filing_shell", "sign_out")]
    for person in (people[-1], people[1]):
        for door in shown:
            client = plant.client(person)
            page = sent(client, "get", door.address(values))
            if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
                continue
            for form in forms_of(page.content, door.address(values)):
                key = (door.name, *sorted(form.fields))
                if key in seen or "/sign-out" in form.action or form.action in here_before:
                    continue
                seen.add(key)
                here_before.add(form.action)
                _attack(found, client, form.action, form.fields)
    assert len(seen) > 15
    assert found == []


def _attack(found: Findings, client: Client, action: str, fields: dict[str, Any]) -> None:
    for place, name in enumerate(name for name in fields if name != "csrfmiddlewaretoken"):
        # A share of the values for each field, the next share at the next: a form of some fields meets them all.
        for value in NASTY[place % SHARES :: SHARES]:
            answer = sent(client, "post", action, fields | {name: value})
            found.note(answer, "post", action, name, repr(value))
        file = SimpleUploadedFile("a\r\n\x00<b>.svg", b"\x00\xff<svg onload=alert(1)>", "image/svg+xml")
        found.note(sent(client, "post", action, fields | {name: file}), "file", action, name)


@pytest.mark.django_db
def test_what_phones_send(plant: Plant, values: dict[str, Any]) -> None:
    """The JSON that our own scripts send."""
    found, client = Findings(), plant.client(plant.author)
    routes = [d for d in pages() if d.name in ("save_draft", "send_proposal")]
    assert len(routes) == 2
    for door in routes:
        for value in NASTIER:
            fields = {name: [value] for name in FILED} | {"unknown": value}
            alone = [{"fields": FILED | {name: [value]}, "token": str(values["token"])} for name in FILED]
            bodies = [value, {"fields": value}, {"fields": fields, "token": value}, *alone]
            for body in bodies:
                answer = sent(client, "post", door.address(values), json.dumps(body), content_type="application/json")
                found.note(answer, door.name, ascii(body))
    assert found == []


FILED = {
    "title": ["给料口加防粘衬板"], "category": ["small_improvement"], "problem": ["new"], "problem_title": ["粘结"],
    "present_state": ["每班清两次"], "method": ["加衬板"], "equipment": ["GL-01"], "cost": ["300.00"],
    "line_kind": ["saving"], "line_label": ["工时"], "line_unit_value": ["40"], "line_quantity": ["120"],
    "own_share": ["5"], "coauthor": ["10003"], "coauthor_share": ["3"],
}  # fmt: skip


@pytest.mark.django_db
def test_the_interface(plant: Plant, people: list[Person], values: dict[str, Any]) -> None:
    """Every operation's query, and each property of its body, by its own description."""
    from config.api import api

    found, client = Findings(), Client()
    description = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    for person in people[:1]:
        headers = {"Authorization": f"Bearer {tokens.issue(person, 'test')}"}
        for path, operations in description["paths"].items():
            address = re.sub(r"{(\w+)}", lambda m: _path_value(values, m[1]), path)
            for method, operation in operations.items():
                names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
                for value in NASTY if names else ():
                    for query in ({name: value} for name in names):
                        found.note(sent(client, method, address, query, headers=headers), method, address, ascii(query))
                for body in _bodies(description, operation):
                    data = json.dumps(body)
                    answer = sent(client, method, address, data, content_type="application/json", headers=headers)
                    found.note(answer, method, address, ascii(body))
    assert found == []


def _path_value(values: dict[str, Any], name: str) -> str:
    return "claim" if name == "verb" else str(values[name])


def _bodies(description: dict[str, Any], operation: dict[str, Any]) -> Iterator[Any]:
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    schema = description["components"]["schemas"][content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]]
    plain = {name: _example(prop) for name, prop in schema["properties"].items()}
    yield plain
    for value in NASTIER:
        yield value
        for name in plain:
            yield plain | {name: value}


def _example(prop: dict[str, Any]) -> Any:
    if prop.get("format") == "uuid":
        return "5f0c6a0e-5a3e-4a55-9a7e-0f5b9a1d2c3b"
    return {"array": [], "object": {}, "integer": 1}.get(prop.get("type", ""), "文字")
