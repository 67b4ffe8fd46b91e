"""History files as plants make them, and an officer who brings them in through the pages."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from innovation.history.models import Upload
from tests.plant import Plant
from workflows.organisation.models import Person, Role

HEAD = ("编号", "名称", "年月", "单位", "作者", "等级", "奖金", "难题编号", "核定效益", "做法")
PROBLEM_HEAD = ("编号", "名称", "描述", "单位", "状态")
PROBLEM = ("NT-A-07", "浸出槽搅拌死角结垢", "每月停槽清理一次", "RL-SSL", "已解决")


def award(**changes: Any) -> tuple[Any, ...]:
    row = {
        "number": "HJ-2024-018", "title": "浸出槽搅拌桨加导流筒", "month": "2024-03", "unit": "RL-SSL-1",
        "authors": "韩铸/10001:5；陆锍/10002:3", "grade": "二等奖", "amount": "2000.00", "problems": "",
        "saving": 186000, "done": "加装导流筒，搅拌电流降 12%",
    }  # fmt: skip
    return tuple((row | changes).values())


def xlsx(
    awards: Sequence[Sequence[Any]] = (), problems: Sequence[Sequence[Any]] = (), *,
    names: tuple[str, str] = ("获奖", "难题"), head: Sequence[str] = HEAD, merge: str = "",
) -> bytes:  # fmt: skip
    book = Workbook()
    page = book.active
    page.title = names[0]
    page.append(list(head))
    for row in awards:
        page.append(list(row))
    if merge:
        page.merge_cells(merge)
    other = book.create_sheet(names[1])
    other.append(list(PROBLEM_HEAD))
    for row in problems:
        other.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@dataclass
class HistoryStory:
    plant: Plant
    officer: Person = field(init=False)

    def __post_init__(self) -> None:
        self.officer = Person.objects.create(
            employee_no="20100", name="奖办", unit=self.plant.workshop, must_change_password=False,
            password=self.plant.author.password, joined_on=date(2019, 7, 1),
        )  # fmt: skip
        self.plant.hold(self.officer, Role.INNOVATION_OFFICER, self.plant.workshop)

    def upload(self, content: bytes, by: Person | None = None, name: str = "历年获奖.xlsx") -> Any:
        file = SimpleUploadedFile(name, content)
        return self.plant.client(by or self.officer).post(reverse("import_history"), {"file": file}, follow=True)

    def confirm(self, looked_at: Any, by: Person | None = None) -> Any:
        digest = re.search(r'name="plan" value="(\w+)"', page(looked_at))
        assert digest, page(looked_at)
        kept = Upload.objects.latest("pk")
        return self.plant.client(by or self.officer).post(
            reverse("history_confirm", args=[kept.pk]), {"plan": digest[1]}
        )

    def bring_in(self, content: bytes) -> None:
        answer = self.confirm(self.upload(content))
        assert answer.status_code == 302, page(answer)


def page(answer: Any) -> str:
    return str(answer.content.decode())
