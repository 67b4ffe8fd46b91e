"""The planner keeps equipment, codes and contractors; the plant reads; a contractor's people find nothing."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from maintenance_audit.register.models import Contractor, Equipment, FailureCode, WorkKind
from tests.plant import Plant
from tests.register.story import RegisterStory
from workflows.ledger.models import Entry
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db
LISTS = ("/register/equipment/", "/register/failure-codes/", "/register/kinds/", "/register/contractors/")
SHEETS = (
    "/register/equipment/export.xlsx", "/register/failure-codes/export.xlsx", "/register/kinds/export.xlsx",
    "/register/templates/export.xlsx", "/register/contractors/export.xlsx", "/register/equipment/labels.pdf",
)  # fmt: skip


def test_a_planner_adds_a_tag_changes_and_retires_it(plant: Plant, told: RegisterStory) -> None:
    client = plant.client(told.section_planner)
    typed = {"tag": " SSL-203 ", "name": "强制循环泵 A", "unit": plant.section.pk, "place": "锅炉间一层"}
    page = client.post("/register/equipment/new/", typed, follow=True)
    row = Equipment.objects.get(tag="SSL-203")
    assert "强制循环泵 A" in page.content.decode()
    form = client.get(f"/register/equipment/{row.pk}/edit/").content.decode()
    seen = form.split('name="seen" value="')[1].split('"')[0]
    changed = {"seen": seen, "name": "强制循环泵 A（备）", "unit": plant.section.pk, "place": "锅炉间一层"}
    client.post(f"/register/equipment/{row.pk}/edit/", changed)
    page = client.post(f"/register/equipment/{row.pk}/switch/", follow=True).content.decode()
    assert "强制循环泵 A → 强制循环泵 A（备）" in page and "停用" in page
    assert "SSL-203" not in client.get("/register/equipment/").content.decode()
    events = Entry.objects.filter(chain__subject=f"equipment:{row.pk}").order_by("seq").values_list("event", flat=True)
    assert [event.rpartition(".")[2] for event in events] == ["added", "amended", "retired"]


def test_somebody_was_faster(plant: Plant, told: RegisterStory) -> None:
    row = told.equipment()
    client = plant.client(told.planner)
    typed = {"seen": "what it said before", "name": "炉体", "unit": plant.section.pk, "place": ""}
    answer = client.post(f"/register/equipment/{row.pk}/edit/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "闪速炉本体" in page and 'value="炉体"' in page
    again = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(f"/register/equipment/{row.pk}/edit/", typed | {"seen": again}).status_code == 302


@pytest.mark.parametrize(
    "typed", [{"tag": "SSL 203"}, {"tag": "SSL|203"}, {"tag": "SSL-101"}, {"name": ""}, {"tag": "", "name": "x"}]
)
def test_what_is_typed_wrong_stands_at_the_field(plant: Plant, told: RegisterStory, typed: dict[str, str]) -> None:
    told.equipment("SSL-101")
    given = {"tag": "SSL-900", "name": "泵", "unit": plant.section.pk, "place": "那边"} | typed
    answer = plant.client(told.planner).post("/register/equipment/new/", given)
    assert answer.status_code == 422 and "field-error" in answer.content.decode()
    assert 'value="那边"' in answer.content.decode()


def test_a_sections_planner_keeps_that_section(plant: Plant, told: RegisterStory) -> None:
    row = told.equipment("ZX-101", unit=plant.other_section)
    client = plant.client(told.section_planner)
    assert client.get(f"/register/equipment/{row.pk}/edit/").status_code == 404
    assert client.post(f"/register/equipment/{row.pk}/switch/").status_code == 404
    typed = {"tag": "ZX-102", "name": "泵", "unit": plant.other_section.pk, "place": ""}
    assert client.post("/register/equipment/new/", typed).status_code == 422
    row.refresh_from_db()
    assert row.is_active and not Equipment.objects.filter(tag="ZX-102").exists()


def test_codes_kinds_and_contractors(plant: Plant, told: RegisterStory) -> None:
    client = plant.client(told.planner)
    client.post("/register/failure-codes/new/", {"code": "LX", "name": "漏泄"})
    assert client.post("/register/failure-codes/new/", {"code": "NA", "name": "无"}).status_code == 422
    client.post("/register/kinds/new/", {"code": "BZX", "name": "泵类检修"})
    page = client.post(
        "/register/contractors/new/",
        {"unit": plant.contractor.pk, "scope": "机电检修", "valid_until": "2020-12-31", "contact": "杜工"},
        follow=True,
    ).content.decode()
    assert "资质已过期" in page and plant.contractor_person.name in page and "代表单位办理" in page
    assert (FailureCode.objects.count(), WorkKind.objects.count(), Contractor.objects.count()) == (1, 1, 1)
    assert client.post("/register/contractors/new/", {"unit": plant.contractor.pk}).status_code == 422
    kind = WorkKind.objects.get()
    client.post(f"/register/kinds/{kind.pk}/switch/")
    assert client.get(f"/register/kinds/{kind.pk}/draft/").status_code == 404


def test_the_plant_reads_and_changes_nothing(plant: Plant, told: RegisterStory) -> None:
    row, code, kind, firm = told.equipment(), told.failure(), told.kind(), told.contractor()
    pages = (f"equipment/{row.pk}", f"failure-codes/{code.pk}", f"kinds/{kind.pk}", f"contractors/{firm.pk}")
    for reader in (plant.author, plant.observer, plant.section_chiefs[0]):
        client = plant.client(reader)
        for address in (*LISTS, *SHEETS, *(f"/register/{page}/" for page in pages)):
            assert client.get(address).status_code == 200, address
        for page in pages:
            assert client.post(f"/register/{page}/edit/", {"name": "x"}).status_code == 403
        assert client.post("/register/equipment/new/", {"tag": "X"}).status_code == 403
        assert client.post(f"/register/equipment/{row.pk}/switch/").status_code == 403
    assert Equipment.objects.get().is_active


def test_for_a_contractors_people_there_is_no_register(plant: Plant, told: RegisterStory) -> None:
    row, code, kind, firm = told.equipment(), told.failure(), told.kind(), told.contractor()
    template = told.template(kind)
    client = plant.client(plant.contractor_person)
    pages = (f"equipment/{row.pk}/", f"failure-codes/{code.pk}/", f"kinds/{kind.pk}/", f"contractors/{firm.pk}/",
             f"templates/{template.pk}/")  # fmt: skip
    for address in (*LISTS, *SHEETS, *(f"/register/{page}" for page in pages)):
        assert client.get(address).status_code == 404, address
    for chain in (f"equipment:{row.pk}", f"template:{template.pk}", f"contractor:{firm.pk}"):
        assert client.get(f"/ledger/{chain}/").status_code == 404
    assert plant.client(plant.author).get(f"/ledger/equipment:{row.pk}/").status_code == 200
    assert "/register/" not in client.get("/").content.decode()


def test_a_list_is_searched_filtered_and_taken_along(plant: Plant, told: RegisterStory) -> None:
    told.equipment("SSL-101")
    told.equipment("SSL-203", "强制循环泵 A")
    told.equipment("ZX-106", "渣浆泵 A", unit=plant.other_section)
    client = plant.client(plant.author)
    page = client.get("/register/equipment/?q=泵&section=RL-SSL").content.decode()
    assert "SSL-203" in page and "ZX-106" not in page and "SSL-101" not in page
    sheet = load_workbook(BytesIO(client.get("/register/equipment/export.xlsx?q=泵").content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["SSL-203", "ZX-106"]


def test_a_list_costs_the_same_for_ten_rows_and_for_two_hundred(plant: Plant, told: RegisterStory) -> None:
    client = plant.client(plant.author)

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as counted:
            client.get(address)
        return len(counted)

    told.contractor()
    told.failure()
    for n in range(3):
        told.template(told.kind(f"K{n}", f"类别 {n}"))
        told.equipment(f"SSL-{n}")
    before = {address: cost(address) for address in LISTS}
    Equipment.objects.bulk_create(Equipment(tag=f"T-{n}", name="泵", unit=plant.section) for n in range(200))
    FailureCode.objects.bulk_create(FailureCode(code=f"F{n}", name="码") for n in range(200))
    for n in range(3, 9):
        told.template(told.kind(f"K{n}", f"类别 {n}"))
    assert {address: cost(address) for address in LISTS} == before
    assert max(before.values()) <= 12


def test_the_auditors_do_not_keep_it(plant: Plant, told: RegisterStory) -> None:
    plant.hold(plant.stranger, Role.INSPECTOR, plant.other_team)
    for person in (told.lead, plant.stranger):
        assert plant.client(person).post("/register/failure-codes/new/", {"code": "A", "name": "b"}).status_code == 403
    assert not FailureCode.objects.exists()
