"""Equipment from a spreadsheet: looked at first, each bad row named, all of it or nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from time import sleep

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from maintenance_audit.register.models import Equipment, EquipmentUpload
from tests.plant import Plant
from tests.register.story import RegisterStory
from workflows.ledger.models import Entry

pytestmark = pytest.mark.django_db
HEAD = ["位号", "名称", "工段编码", "位置"]


def sheet(*rows: list[str], head: list[str] | None = None) -> SimpleUploadedFile:
    book = Workbook()
    for row in (head or HEAD, *rows):
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return SimpleUploadedFile("设备.xlsx", target.getvalue())


def look(client, file):  # type: ignore[no-untyped-def]
    return client.post("/register/equipment/import/", {"file": file}, follow=True)


def test_look_then_confirm(plant: Plant, told: RegisterStory) -> None:
    known = told.equipment("SSL-101")
    client = plant.client(told.planner)
    page = look(
        client,
        sheet(
            ["SSL-101", "闪速炉", "RL-SSL", ""],
            ["SSL-203", "循环泵", "RL-SSL", "一层"],
            ["SSL 204", "循环泵", "RL-SSL", ""],
            ["ZX-1", "磨机", "RL-XX", ""],
            ["ZX-2", "磨机", "RL-ZX", ""],
            ["ZX-2", "磨机", "RL-ZX", ""],
        ),
    ).content.decode()
    assert "第 4 行" in page and "第 5 行" in page and "RL-XX" in page and "ZX-2" in page
    assert Equipment.objects.count() == 1
    kept = EquipmentUpload.objects.get()
    digest = page.split('name="plan" value="')[1].split('"')[0]
    client.post(f"/register/equipment/import/{kept.pk}/confirm/", {"plan": digest})
    known.refresh_from_db()
    assert (known.name, known.place) == ("闪速炉", "主厂房 15 米")
    assert Equipment.objects.get(tag="SSL-203").place == "一层"
    assert Equipment.objects.count() == 2
    assert Entry.objects.filter(event="maintenance_audit.equipment.added").count() == 2
    client.post(f"/register/equipment/import/{kept.pk}/confirm/", {"plan": digest})
    assert Entry.objects.filter(event="maintenance_audit.equipment.added").count() == 2


def test_the_register_changed_meanwhile(plant: Plant, told: RegisterStory) -> None:
    client = plant.client(told.planner)
    page = look(client, sheet(["SSL-203", "循环泵", "RL-SSL", ""])).content.decode()
    digest = page.split('name="plan" value="')[1].split('"')[0]
    told.equipment("SSL-203", "别的泵")
    answer = client.post(f"/register/equipment/import/{EquipmentUpload.objects.get().pk}/confirm/", {"plan": digest})
    assert answer.status_code == 409 and Equipment.objects.get().name == "别的泵"


def test_a_sections_planner_brings_in_that_section_only(plant: Plant, told: RegisterStory) -> None:
    told.equipment("ZX-1", unit=plant.other_section)
    client = plant.client(told.section_planner)
    page = look(client, sheet(["ZX-1", "磨机", "RL-SSL", ""], ["ZX-9", "磨机", "RL-ZX", ""])).content.decode()
    assert 'name="plan"' not in page and "不归您维护" in page


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 none", b"\xd0\xcf\x11\xe0 old", b"a,b\n1,2\n"])
def test_files_that_are_none(plant: Plant, told: RegisterStory, content: bytes) -> None:
    answer = look(plant.client(told.planner), SimpleUploadedFile("x.xlsx", content))
    assert answer.status_code == 422 and not EquipmentUpload.objects.exists()


def test_five_hundred_rows_cost_what_five_do(plant: Plant, told: RegisterStory) -> None:
    client = plant.client(told.planner)

    def cost(first: int, count: int) -> int:
        rows = [[f"T-{n}", "泵", "RL-SSL", ""] for n in range(first, first + count)]
        page = look(client, sheet(*rows)).content.decode()
        kept, digest = EquipmentUpload.objects.latest("pk"), page.split('name="plan" value="')[1].split('"')[0]
        with CaptureQueriesContext(connection) as counted:
            client.post(f"/register/equipment/import/{kept.pk}/confirm/", {"plan": digest})
        return len(counted)

    assert cost(0, 5) == cost(100, 500)


def test_nobody_else_comes_near(plant: Plant, told: RegisterStory) -> None:
    look(plant.client(told.planner), sheet(["SSL-203", "循环泵", "RL-SSL", ""]))
    kept = EquipmentUpload.objects.get()
    assert plant.client(told.section_planner).get(f"/register/equipment/import/{kept.pk}/").status_code == 404
    for person in (plant.author, plant.observer, plant.contractor_person):
        client = plant.client(person)
        assert client.get("/register/equipment/import/").status_code == 403
        assert client.post(f"/register/equipment/import/{kept.pk}/confirm/").status_code == 403
    assert not Equipment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_another_brings_the_same_tag_in_at_the_same_moment(plant: Plant, told: RegisterStory) -> None:
    """Theirs is not committed yet when the plan is worked out: the second waits at it and is shown the plan anew."""
    client, answers = plant.client(told.planner), []  # type: ignore[var-annotated]
    page = look(client, sheet(["SSL-203", "循环泵", "RL-SSL", ""])).content.decode()
    url = f"/register/equipment/import/{EquipmentUpload.objects.get().pk}/confirm/"

    def confirm() -> None:
        try:
            answers.append(client.post(url, {"plan": page.split('name="plan" value="')[1].split('"')[0]}))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            told.equipment("SSL-203", "别的泵")
            other = pool.submit(confirm)
            with connection.cursor() as cursor:
                for _n in range(600):
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    if other.done() or cursor.fetchone()[0]:
                        break
                    sleep(0.02)
        other.result(60)
    assert answers[0].status_code == 409 and "SSL-203" in answers[0].content.decode()
    assert Equipment.objects.get().name == "别的泵" and EquipmentUpload.objects.get().state == "waiting"
