"""People who file and decide over HTTP without end, and remember every act that was acknowledged to them.

What is not acknowledged is sent again with the same token until it is, as a careful program or a patient person does.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

PATIENCE = 180.0
# A program would fill both cores, and what was killed could not come up beside it.
THINKS = 0.2
SECRET = "a" * 32  # Django takes any 32 letters for the token against forged requests, if cookie and form agree.
PROPOSAL: dict[str, Any] = {
    "title": "溜槽快换卡具",
    "category": "technology",
    "present_state": "更换一次五十分钟",
    "method": "改为楔形卡具",
    "cost": "236000.00",
    "lines": [{"label": "停机", "unit_value": "640000.00", "quantity": "3"}],
}
Answer = tuple[int, dict[str, Any]]


class Unanswered(Exception):
    """Nothing but faults for as long as anybody would wait."""


class Load:
    def __init__(self, port: int, ground: dict[str, Any], people: int = 3) -> None:
        self.port, self.ground = port, ground
        self.acknowledged: list[tuple[str, float]] = []  # token, when
        self.faults: Counter[str] = Counter()
        self.errors: list[BaseException] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._live, daemon=True) for _ in range(people)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE)

    def since(self, moment: float) -> int:
        return sum(1 for _token, when in list(self.acknowledged) if when > moment)

    def _live(self) -> None:
        try:
            while not self.over.is_set():
                self._walk_one_case()
        except BaseException as error:
            self.errors.append(error)

    def _walk_one_case(self) -> None:
        """Filed, then decided by the leader on the page, by all chiefs and by four reviewers over the API."""
        ground = self.ground
        title = f"溜槽快换卡具 {uuid4().hex[:8]}"
        filed = self._act(ground["author"], "/api/proposals", PROPOSAL | {"title": title, "new_problem": title})
        number = filed["number"]
        self._decide_on_the_page(number)
        for person in [*ground["chiefs"], *ground["reviewers"][:4]]:
            if self.over.is_set():
                return
            item = self._read(person, number)["yours"]["item"]
            self._act(person, f"/api/cases/{number}/tasks/{item}/approve", {"reason": "同意"})

    def _decide_on_the_page(self, number: str) -> None:
        item = self._read(self.ground["leader"], number)["yours"]["item"]
        token = str(uuid4())
        form = {"verb": "approve", "token": token, "reason": "同意", "csrfmiddlewaretoken": SECRET}
        headers = {
            "Cookie": f"sessionid={self.ground['session']}; csrftoken={SECRET}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        # A page answers 409 "recorded once" to a form that it has had before.
        self._until_told("POST", f"/cases/{number}/tasks/{item}/", urlencode(form), headers, {303, 409})
        self._note(token)

    def _act(self, person: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        token = str(uuid4())
        answer = self._api(person, "POST", path, json.dumps(body | {"token": token}), {200, 201})
        self._note(token)
        return answer

    def _read(self, person: str, number: str) -> dict[str, Any]:
        return self._api(person, "GET", f"/api/cases/{number}", None, {200})

    def _api(self, person: str, method: str, path: str, body: str | None, good: set[int]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.ground['tokens'][person]}", "Content-Type": "application/json"}
        return self._until_told(method, path, body, headers, good)[1]

    def _note(self, token: str) -> None:
        self.acknowledged.append((token, time.time()))
        time.sleep(THINKS)

    def _until_told(self, method: str, path: str, body: str | None, headers: dict[str, str], good: set[int]) -> Answer:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, told = self._once(method, path, body, headers)
            except (OSError, http.client.HTTPException) as error:
                self.faults[type(error).__name__] += 1
            else:
                if status in good:
                    return status, told
                if status < 500:
                    raise AssertionError((method, path, status, told))
                self.faults[str(status)] += 1
            time.sleep(0.1)
        raise Unanswered(f"{method} {path}")

    def _once(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request(method, path, body.encode() if body else None, headers)
            answer = link.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text[:1] == b"{" else {}
        finally:
            link.close()
