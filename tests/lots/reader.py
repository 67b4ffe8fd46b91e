"""One person reading whatever they are given an address of: pages, files, archives, the API."""

from __future__ import annotations

from tests.awards.test_sealed_marks_tell_nothing import _text
from tests.plant import Plant
from workflows.organisation import tokens
from workflows.organisation.models import Person


class Reader:
    def __init__(self, plant: Plant, person: Person) -> None:
        self.client = plant.client(person)
        self.bearer = {"Authorization": f"Bearer {tokens.issue(person, '看')}"}

    def read(self, address: str) -> tuple[int, str]:
        answer = self.client.get(address, headers=self.bearer if address.startswith("/api/") else {})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return answer.status_code, _text(body)

    def text(self, address: str) -> str:
        """Of what is there; nothing else."""
        status, text = self.read(address)
        return text if status == 200 else ""
