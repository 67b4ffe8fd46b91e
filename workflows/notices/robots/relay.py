"""The one way out to the vendors: an address from the settings, a POST, an answer. Nothing that people type has a say
in where it goes; no redirect is followed, no proxy taken from the environment."""

from __future__ import annotations

import http.client
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from workflows.notices.robots.vendors import VENDORS, Call, Verdict, judge

DIRECT = "direct"
TIMEOUT = 5.0  # seconds for each step, twice as many in all
LONGEST_ANSWER = 64 * 1024


class Away(Exception):
    """No answer came: nobody there, too slow, cut off."""


def is_set() -> bool:
    return bool(settings.ROBOT_RELAY)


def base(kind: str) -> str:
    """Where calls of this kind go: behind a relay a path of the kind's own, or straight to the vendor."""
    if settings.ROBOT_RELAY == DIRECT:
        return VENDORS[kind].address
    return f"{settings.ROBOT_RELAY.rstrip('/')}/{kind}"


def send(kind: str, call: Call) -> Verdict:
    """Raises `Away` when no answer came."""
    answer = _post(base(kind), call)
    return judge(kind, answer.status, answer.body)


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes


def _post(address: str, call: Call) -> _Answer:
    parts = urlsplit(address)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Assay"}
    try:
        connection.request("POST", parts.path.rstrip("/") + call.path, call.body, headers)
        answer = connection.getresponse()
        return _Answer(answer.status, _read(answer, time.monotonic() + TIMEOUT))
    except (OSError, http.client.HTTPException) as error:
        # An error's text may hold the address, and the address holds the token.
        raise Away(type(error).__name__) from None
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _read(answer: http.client.HTTPResponse, until: float) -> bytes:
    """At most so much, and not for ever: a server that sends a byte a second keeps no worker."""
    body = b""
    while len(body) < LONGEST_ANSWER and (part := answer.read1(LONGEST_ANSWER)):
        body += part
        if time.monotonic() > until:
            raise TimeoutError
    return body
