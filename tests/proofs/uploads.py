"""Somebody hands in photos to a draft, and what lies on the disk is held against what was acknowledged."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import time
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from tests.proofs.running import Running

BOUNDARY = "proof-proof-proof"
LARGEST = 60_000  # about what such a photo and its thumbnail take


def photo(chance: random.Random) -> bytes:
    """Noise: it does not shrink, so that its size is no accident."""
    side, out = chance.randrange(120, 260), BytesIO()
    Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3)).save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass
class Photographer:
    plant: Running
    draft: UUID = field(default_factory=uuid4)
    taken_in: list[UUID] = field(default_factory=list)
    refused: dict[UUID, bytes] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def send(self, token: UUID, content: bytes) -> int:
        """201 or 503; whoever sends too many in a minute waits."""
        while (answer := self._once(token, content))[0] == 429:
            time.sleep(2)
        status, told = answer
        assert status in (200, 201, 503), (status, told)
        if status == 503:
            assert told["code"] == "refused_file" and told["message"], told
            self.words.add(told["message"])
            self.refused[token] = content
        else:
            self.taken_in.append(token)
            self.refused.pop(token, None)
        return status

    def send_again(self) -> int:
        """What was refused, under the same tokens."""
        waiting = dict(self.refused)
        return sum(self.send(token, content) == 201 for token, content in waiting.items())

    def _once(self, token: UUID, content: bytes) -> tuple[int, dict[str, Any]]:
        ground = self.plant.ground
        link = http.client.HTTPConnection("127.0.0.1", self.plant.number, timeout=30)
        headers = {
            "Authorization": f"Bearer {ground['tokens'][ground['author']]}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        try:
            link.request("POST", f"/api/drafts/{self.draft}/documents", _form(token, content), headers)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            link.close()

    def check(self) -> None:
        """Each photo acknowledged is whole on the disk, and nothing else is there."""
        rows = self.plant.ask("SELECT uuid::text, file, thumbnail, digest_kept FROM documents_document")
        media = self.plant.folder / "media"
        there = {str(place.relative_to(media)) for place in (media / "documents").rglob("*") if place.is_file()}
        assert {name for _uuid, file, thumb, _digest in rows for name in (file, thumb) if name} == there
        assert {uuid for uuid, *_rest in rows} == {str(token) for token in self.taken_in}
        for _uuid, file, thumb, digest in rows:
            assert _digest(media / file) == digest
            assert Image.open(media / thumb).size


def _digest(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _form(token: UUID, content: bytes) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="uuid"\r\n\r\n{token}\r\n'.encode()]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
    parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()]
    return b"".join(parts)
