"""Calls that no person would make, made from the API's own description: each is answered, none breaks anything."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from config.api import api
from tests.api.caller import Caller
from tests.api.test_strangers import SAMPLES, operations
from tests.proposal_story import Story
from workflows.engine.models import WorkItem

EXAMPLES = 12


@cache
def described() -> Any:
    return schemathesis.openapi.from_dict(api.get_openapi_schema())


def call(caller: Caller, case: Any, known: dict[str, str]) -> Any:
    """In this very process; every second time with ids that exist, so that more than 404 is heard."""
    path = case.path.format(**{k: known.get(k, v) for k, v in (case.path_parameters or {}).items()})
    headers = {**caller.headers, "Accept-Language": "en"}
    if case.method.upper() == "GET":
        return caller.client.get(path, {k: v for k, v in (case.query or {}).items() if v is not None}, headers=headers)
    if case.media_type == "multipart/form-data":
        form = case.body if isinstance(case.body, dict) else {}
        return caller.client.post(path, {k: str(v) for k, v in form.items()}, headers=headers)
    body = None if case.body is None or repr(case.body) == "<NOT SET>" else case.body
    send = caller.client.generic
    content = json.dumps(body, default=str) if not isinstance(body, bytes) else body
    return send(case.method.upper(), path, content, content_type="application/json", headers=headers)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_whatever_is_sent_is_answered(story: Story, name: str) -> None:
    method, path = next((method, path) for found, method, path in operations() if found == name)
    case = story.file()
    known = {"number": case.number, "item": str(WorkItem.objects.get(case=case).pk)}
    caller = Caller.of(story.plant.team_leader)

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(made=described()[path][method.upper()].as_strategy(), real=st.booleans())
    def any_call(made: Any, real: bool) -> None:
        answer = call(caller, made, known if real else {})
        assert answer.status_code < 500, (answer.status_code, made.body, made.path_parameters, made.query)
        if name != "revoke_token" and answer.status_code >= 400 and answer.headers["Content-Type"].startswith("app"):
            assert answer.json(), answer.content

    any_call()
