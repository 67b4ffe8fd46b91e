"""What a person types to file a proposal, and the picture on their phone."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from innovation.proposals.models import Problem
from tests.plant import Plant


def problem(plant: Plant, title: str = "溜槽更换时间长", **more: Any) -> Problem:
    return Problem.raise_new(title=title, unit=plant.section, by=plant.section_member, **more)


def typed(chosen: Problem | None = None, **changes: list[str]) -> dict[str, list[str]]:
    fields = {
        "title": ["炉前铜锍溜槽快换卡具"],
        "category": ["small_improvement"],
        "problem": [str(chosen.pk)] if chosen else ["new"],
        "problem_title": [""] if chosen else ["溜槽更换一次要五十分钟"],
        "present_state": ["溜槽靠 8 条螺栓固定，更换一次 50 分钟，两人在热辐射下作业。"],
        "method": ["改为楔形快换卡具，𠮷字号备件，含铼合金楔。"],
        "equipment": ["LC-201"],
        "cost": ["¥1,200.00"],
        "line_kind": ["saving", "added_cost"],
        "line_label": ["每次更换", "卡具维护"],
        "line_unit_value": ["640.00", "100"],
        "line_quantity": ["72", "1.5"],
        "own_share": ["3"],
    }
    return fields | changes


def send(client: Client, fields: dict[str, list[str]], token: UUID | None = None) -> Any:
    body = {"token": str(token or uuid4()), "fields": fields}
    return client.post("/proposals/send/", body, content_type="application/json")


def picture(name: str = "before.jpg", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", size, (160, 70, 26)).save(target, "JPEG")
    return SimpleUploadedFile(name, target.getvalue(), "image/jpeg")
