"""Outsourced volume against a base period: raw, and like for like with what was merged and split since."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from maintenance_audit.jobs import volume
from maintenance_audit.jobs.models import Job, JobMapping
from maintenance_audit.jobs.volume import Cell, Volume
from maintenance_audit.register.models import Equipment
from tests.jobs.story import Register
from tests.plant import Plant
from workflows.ledger.clock import now
from workflows.ledger.models import Entry

NOW, BASE = date(2026, 3, 1), date(2025, 3, 1)


def cell(month: date, key: str, orders: int, hours: int, amount: int) -> Cell:
    return Cell(month, key, Volume(Fraction(orders), Fraction(hours), Fraction(amount)))


def test_two_pumps_given_out_as_one() -> None:
    """10 + 10 orders of then are 10 orders of today; hours and money are what they were. *20 → 12 is −40 % raw, +20 %
    like for like.*"""
    base = [cell(BASE, "P-1", 10, 100, 1000), cell(BASE, "P-2", 10, 60, 600)]
    today = [cell(NOW, "P-12", 12, 176, 1760)]
    half, whole = Fraction(1, 2), Fraction(1)
    became = volume.became_of([("P-1", "P-12", half, whole), ("P-2", "P-12", half, whole)])
    total = volume.compare(today, base, became, [(NOW, BASE)]).total
    assert volume.change(total.now.orders, total.base.orders) == Fraction(-2, 5)
    assert volume.change(total.now_alike.orders, total.base_alike.orders) == Fraction(1, 5)
    assert volume.change(total.now_alike.hours, total.base_alike.hours) == Fraction(1, 10)


def test_a_line_split_in_two_and_what_is_new_and_gone() -> None:
    base = [cell(BASE, "L", 4, 100, 400), cell(BASE, "OLD", 1, 7, 70)]
    today = [cell(NOW, "L-A", 4, 70, 280), cell(NOW, "L-B", 4, 30, 120), cell(NOW, "NEW", 2, 9, 90)]
    rows = [("L", "L-A", Fraction(1), Fraction(7, 10)), ("L", "L-B", Fraction(1), Fraction(3, 10))]
    found = volume.compare(today, base, volume.became_of(rows), [(NOW, BASE)])
    total = found.total
    assert (total.base_alike.orders, total.now_alike.orders) == (8, 8)
    assert (total.base_alike.hours, total.now_alike.hours) == (100, 100)
    assert (found.new.hours, found.gone.hours) == (9, 7)
    assert total.now.hours == total.now_alike.hours + found.new.hours


def test_a_base_of_nothing_has_no_change() -> None:
    assert volume.change(Fraction(3), Fraction(0)) is None


MONTHS = [(date(2026, n, 1), date(2025, n, 1)) for n in (1, 2, 3)]
KEYS = st.sampled_from("ABCDE")
PARTS = st.integers(0, 60).map(lambda n: Fraction(n, 4))


def cells_in(months: list[date]) -> st.SearchStrategy[list[Cell]]:
    volumes = st.builds(Volume, PARTS, PARTS, PARTS)
    return st.lists(st.builds(Cell, st.sampled_from(months), KEYS, volumes), max_size=12)


@given(
    cells_in([month for month, _base in MONTHS]),
    cells_in([base for _month, base in MONTHS]),
    st.lists(st.tuples(KEYS, KEYS, PARTS, PARTS), max_size=5),
)
def test_like_for_like_is_the_plain_adding_up(now: list[Cell], base: list[Cell], rows: list[Any]) -> None:
    """Reckoned by taking off what is not in both, it is what adding up all that is in both gives, to the last part."""
    became = volume.became_of(rows)
    anew = [
        (old.month, new, old.volume.part(shares))
        for old in base
        for new, shares in became.get(old.key, {old.key: (Fraction(1), Fraction(1))}).items()
    ]
    both = {one.key for one in now} & {key for _month, key, _volume in anew}
    found = volume.compare(now, base, became, MONTHS)
    for one in found.months:
        here = [c for c in now if c.month == one.month]
        assert one.now == sum((c.volume for c in here), Volume())
        assert one.now_alike == sum((c.volume for c in here if c.key in both), Volume())
        assert one.base == sum((c.volume for c in base if c.month == one.base_month), Volume())
        assert one.base_alike == sum((v for m, k, v in anew if m == one.base_month and k in both), Volume())
    assert found.new == sum((c.volume for c in now if c.key not in both), Volume())
    assert found.gone == sum((v for _month, k, v in anew if k not in both), Volume())


def jobs(reg: Register, tag: Equipment, day: date, hours: int, amount: int, count: int = 1) -> None:
    start = Job.objects.count()
    Job.objects.bulk_create(
        Job(
            number=f"V-{start + n}", title="检修", workshop=reg.plant.workshop, section=tag.unit, equipment=tag,
            contractor=reg.plant.contractor, state="accepted", accepted_on=day, hours=hours, estimate=amount,
            received_at=now(),
        )
        for n in range(count)
    )  # fmt: skip


@pytest.fixture
def reg(plant: Plant) -> Register:
    found = Register.of(plant)
    second = Equipment.objects.create(tag="P-2101B", name="循环水泵 B", unit=plant.section)
    Equipment.objects.create(tag="P-2101", name="循环水泵组", unit=plant.section)
    jobs(found, found.pump, date(2025, 3, 4), 10, 100, 10)
    jobs(found, second, date(2025, 3, 9), 6, 60, 10)
    jobs(found, Equipment.objects.get(tag="P-2101"), date(2026, 3, 20), 20, 200, 12)
    return found


WHEN = {"last": "2026-03", "count": "3", "back": "12"}
ROWS = {
    "by": "tag", "note": "2025 年底两台泵合为一组", "act": "save", "rows-TOTAL_FORMS": "3", "rows-INITIAL_FORMS": "0",
    "rows-0-old": "P-2101A", "rows-0-new": "P-2101", "rows-0-orders": "0.5", "rows-0-share": "1",
    "rows-1-old": "P-2101B", "rows-1-new": "P-2101", "rows-1-orders": "0.5", "rows-1-share": "1",
    "rows-2-old": "", "rows-2-new": "", "rows-2-orders": "1", "rows-2-share": "1",
}  # fmt: skip


@pytest.mark.django_db
def test_the_page_says_both(plant: Plant, reg: Register) -> None:
    client = plant.client(reg.planner)
    page = client.get("/jobs/volume/", WHEN).content.decode()
    assert "−40.0%" in page and "+50.0%" in page and "+20.0%" not in page
    assert client.post("/jobs/volume/map/", ROWS).status_code == 302
    page = client.get("/jobs/volume/", WHEN).content.decode()
    assert "−40.0%" in page and "+20.0%" in page and page.count('role="img"') == 2
    book = load_workbook(BytesIO(client.get("/jobs/volume.xlsx", WHEN).content)).active
    last = [cell.value for cell in list(book.iter_rows())[-1]]
    assert last[:7] == ["合计", 20, 12, "−40.0%", 10, 12, "+20.0%"]
    mapping = JobMapping.objects.get()
    assert Entry.objects.get(chain__subject=f"job_mapping:{mapping.pk}").event.endswith("added")
    client.post(f"/jobs/volume/map/{mapping.pk}/retire/")
    assert "+20.0%" not in client.get("/jobs/volume/", WHEN).content.decode()
    assert client.get(f"/ledger/job_mapping:{mapping.pk}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows-1-old": "P-2101A"}, "两行"),
        ({"rows-0-new": "没有", "rows-1-new": "没有"}, "没有"),
        ({"rows-0-share": "1.2"}, "field-error"),
        ({"rows-0-orders": "x"}, "field-error"),
        ({"rows-0-old": "P-2101", "rows-0-orders": "1"}, "没有变化"),
        ({"note": ""}, "field-error"),
        ({"rows-TOTAL_FORMS": "x"}, ""),
        ({"rows-1-old": "P-2101A", "rows-1-new": "P-2101B", "rows-1-share": "0.5"}, "超过了全部"),
    ],
)
def test_a_map_that_makes_no_sense(plant: Plant, reg: Register, change: dict[str, str], said: str) -> None:
    answer = plant.client(reg.planner).post("/jobs/volume/map/", ROWS | change)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not JobMapping.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{"last": "x", "count": "-1", "back": "²"}, {"last": "9999-99"}, {"back": "9" * 40}])
def test_addresses_that_make_no_sense(plant: Plant, reg: Register, asked: dict[str, Any]) -> None:
    assert plant.client(reg.planner).get("/jobs/volume/", asked).status_code == 200


@pytest.mark.django_db
def test_it_costs_the_same_for_many_jobs(plant: Plant, reg: Register) -> None:
    client = plant.client(reg.planner)

    def cost() -> int:
        client.get("/jobs/volume/", WHEN)
        with CaptureQueriesContext(connection) as counted:
            client.get("/jobs/volume/", WHEN)
        return len(counted)

    before = cost()
    jobs(reg, reg.pump, date(2026, 2, 4), 10, 100, 300)
    assert cost() == before <= 16


@pytest.mark.django_db
def test_who_sees_and_keeps_it(plant: Plant, reg: Register) -> None:
    plant.client(reg.planner).post("/jobs/volume/map/", ROWS)
    mapping = JobMapping.objects.get()
    contractor = plant.client(plant.contractor_person)
    for address in ("/jobs/volume/", "/jobs/volume.xlsx", "/jobs/volume/map/"):
        assert contractor.get(address).status_code == 404
        assert plant.client(plant.observer).get(address).status_code == 200
    assert contractor.get(f"/ledger/job_mapping:{mapping.pk}/").status_code == 404
    for person in (plant.author, plant.observer, plant.contractor_person):
        client = plant.client(person)
        client.post("/jobs/volume/map/", ROWS)
        assert client.post(f"/jobs/volume/map/{mapping.pk}/retire/").status_code == 403
    assert JobMapping.objects.get().retired_at is None
    # A worker of another section sees only the volume of what they may see.
    page = plant.client(plant.stranger).get("/jobs/volume/", WHEN).content.decode()
    assert "−40.0%" not in page
