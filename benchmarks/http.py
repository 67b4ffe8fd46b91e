"""Requests as a server's worker gets them: made ready beforehand, given to the product's own WSGI application.

Neither the test client nor a network is in the time; session cookie, CSRF token and the whole middleware are.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.middleware.csrf import _get_new_csrf_string
from django.test import RequestFactory

from workflows.organisation.models import Person


@cache
def application() -> WSGIHandler:
    return WSGIHandler()


class Browser:
    """One signed-in person."""

    def __init__(self, person: Person, session: str) -> None:
        self.person, self.csrf = person, _get_new_csrf_string()
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: self.csrf}
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, url: str) -> Request:
        path, _mark, query = url.partition("?")
        return Request(self._environ("GET", path, "") | {"QUERY_STRING": query})

    def post(self, url: str, form: dict[str, str]) -> Request:
        return Request(self._environ("POST", url, urlencode(form)))

    def _environ(self, method: str, path: str, body: str) -> dict[str, Any]:
        kind = "application/x-www-form-urlencoded"
        made = RequestFactory(HTTP_COOKIE=self.cookies, HTTP_X_CSRFTOKEN=self.csrf, HTTP_ACCEPT_LANGUAGE="zh-hans")
        return made.generic(method, path, body, content_type=kind).environ


class Request:
    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.body = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b""
        self.environ["wsgi.input"] = io.BytesIO(self.body)

    def send(self, expected: int) -> bytes:
        said: list[str] = []
        answer = application()(self.environ, lambda status, headers: said.append(status))
        body = b"".join(answer)
        answer.close()  # type: ignore[attr-defined]
        assert said[0].startswith(str(expected)), (self.environ["PATH_INFO"], said, body[:400])
        return body
