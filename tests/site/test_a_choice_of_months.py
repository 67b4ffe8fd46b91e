"""A month is picked from a list in the page's own language, whatever the browser speaks."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.utils.translation import override

from tests.plant import Plant
from workflows.reports.months import month_of, months_back
from workflows.site.templatetags.assay import month_options


def test_the_newest_month_stands_first_and_the_chosen_one_is_marked() -> None:
    with override("zh-hans"):
        options = month_options(months_back(3)[2], back=6)
    assert options.count("<option") == 6
    assert options.index(f"{months_back(1)[0]:%Y-%m}") < options.index("selected")
    assert re.search(r">\d{4}年\d{1,2}月<", options)


def test_a_month_from_before_the_list_is_added() -> None:
    assert 'value="2019-04" selected' in month_options("2019-04", back=3)
    assert "<script" not in month_options("<script", back=3)


@pytest.mark.parametrize("text", ["", "2026-13", "0001-01", "9999-12", "2026-1", "２０２６-01", "2026-01-01"])
def test_what_is_no_month_is_none(text: str) -> None:
    assert month_of(text) is None
    assert month_of("2026-02") == date(2026, 2, 1)


def test_no_page_leaves_months_to_the_browser(plant: Plant) -> None:
    for address in ("/jobs/", "/jobs/volume/?last=2025-03", "/inspections/agreement/"):
        text = plant.client(plant.observer).get(address).content.decode()
        assert 'type="month"' not in text, address
        assert "<option" in text, address
