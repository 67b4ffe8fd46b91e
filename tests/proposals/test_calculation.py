"""Sums, ceilings and likeness: the arithmetic that a person would check with a pocket calculator."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from innovation.proposals import authority, canonical, effect, forecast, rules
from innovation.proposals.likeness import likeness, proposals_alike

money = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)
factor = st.decimals(min_value=0, max_value=Decimal("99999999.9999"), places=4)
D = Decimal


def test_the_mock_forecast():
    lines = [
        forecast.Line("少清灰", "saving", D("88"), D("18500.00")),
        forecast.Line("烟尘返料减少", "saving", D("1450"), D("320")),
        forecast.Line("新增维护", "added_cost", D("1"), D("232000")),
    ]
    assert [line.signed for line in lines] == [D("1628000.00"), D("464000.00"), D("-232000.00")]
    assert forecast.total(lines) == D("1860000.00")
    assert forecast.total([]) == D("0.00")


@given(st.lists(st.tuples(st.sampled_from(["saving", "added_cost"]), factor, factor), max_size=8))
def test_forecast_is_the_sum_of_amounts_each_within_half_a_fen(given_lines):
    lines = [forecast.Line("x", kind, quantity, value) for kind, quantity, value in given_lines]
    for line in lines:
        exact = Fraction(line.quantity) * Fraction(line.unit_value)
        assert abs(Fraction(line.amount) - exact) <= Fraction(1, 200)
        assert line.amount == line.amount.quantize(D("0.01"))
    signs = [Fraction(line.amount) * (1 if line.kind == "saving" else -1) for line in lines]
    assert Fraction(forecast.total(lines)) == sum(signs)


def test_half_a_fen_goes_up():
    assert forecast.Line("x", "saving", D("0.5"), D("0.01")).amount == D("0.01")
    assert forecast.Line("x", "saving", D("1"), D("2.345")).amount == D("2.35")


def test_effect_by_hand():
    assert effect.net_annual_benefit(D("100000"), D("5000"), D("10000"), 3) == D("91666.67")
    assert effect.net_annual_benefit(D("0"), D("0"), D("0.01"), 2) == D("-0.01")
    assert effect.net_annual_benefit(D("0"), D("0"), D("0.01"), 3) == D("0")
    with pytest.raises(ValueError):
        effect.net_annual_benefit(D(1), D(1), D(1), 0)


@given(money, money, money, st.integers(1, 20))
def test_effect_is_exact_and_rounded_half_away_from_zero(saving, added, investment, years):
    exact = Fraction(saving) - Fraction(added) - Fraction(investment) / years
    shown = effect.net_annual_benefit(saving, added, investment, years)
    assert abs(Fraction(shown) - exact) <= Fraction(1, 200)
    assert shown == shown.quantize(D("0.01"))
    if abs(Fraction(shown) - exact) == Fraction(1, 200):
        assert abs(Fraction(shown)) > abs(exact)


def test_reverification_day():
    assert effect.months_later(date(2026, 11, 18), 12) == date(2027, 11, 18)
    assert effect.months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert effect.months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert effect.plant_day(datetime(2026, 11, 18, 17, 0, tzinfo=UTC)) == date(2026, 11, 19)


CEILINGS = rules.read(rules.DEFAULT_RULES).exact_ceilings


@pytest.mark.parametrize(
    ("level", "category", "benefit", "cost", "over"),
    [
        ("team", "small_improvement", "50000.00", "5000.00", ()),
        ("team", "small_improvement", "50000.01", "5000.00", ("benefit",)),
        ("team", "small_improvement", "50000.00", "5000.01", ("cost",)),
        ("section", "technology", "1860000", "236000", ("benefit", "cost")),
        ("workshop", "technology", "99999999.99", "99999999.99", ()),
        ("team", "safety", "-500", "0", ()),
    ],
)
def test_both_ceilings_must_hold(level, category, benefit, cost, over):
    assert authority.exceeded(level, category, D(benefit), D(cost), CEILINGS) == over
    assert authority.decides_here(level, category, D(benefit), D(cost), CEILINGS) is (not over)


@given(st.sampled_from(rules.CATEGORIES), money, money, money, money)
def test_more_money_never_lowers_the_deciding_level(category, benefit, cost, more_benefit, more_cost):
    levels = ["team", "section", "workshop"]
    low = authority.deciding_level(levels, category, benefit, cost, CEILINGS)
    high = authority.deciding_level(levels, category, benefit + more_benefit, cost + more_cost, CEILINGS)
    assert levels.index(low) <= levels.index(high)


def test_default_rules_survive_json():
    read = rules.read(rules.DEFAULT_RULES)
    assert rules.read(read.model_dump(mode="json")) == read
    assert read.level("workshop").pass_share == Fraction(2, 3)
    assert read.model_dump(mode="json")["ceilings"]["section"]["technology"] == {
        "benefit": "500000.00",
        "cost": "100000.00",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"levels": []},
        {"finance_threshold": "-1"},
        {"investment_years": 0},
        {"ceilings": {}},
        {"ceilings": rules.DEFAULT_RULES["ceilings"] | {"workshop": rules.DEFAULT_RULES["ceilings"]["team"]}},
        {"levels": [rules.DEFAULT_RULES["levels"][2] | {"quorum": None}]},
        {"levels": [rules.DEFAULT_RULES["levels"][0] | {"remind_hours": 9}]},
        {"surprise": 1},
    ],
)
def test_rules_that_cannot_work_are_refused(change):
    with pytest.raises(ValidationError):
        rules.read(rules.DEFAULT_RULES | change)


def test_likeness():
    assert likeness("炉前铜锍溜槽快换卡具", "炉前铜锍溜槽快换卡具") == 1
    assert likeness("炉前铜锍溜槽快换卡具", "阳极泥压滤机自动卸料") == 0
    assert likeness("", "") == 0
    assert 0.2 < likeness("铜锍溜槽快换卡具", "溜槽快换") < 1
    assert proposals_alike("溜槽快换", "甲乙丙丁", "溜槽快换", "子丑寅卯") == 1


@given(st.text(alphabet="溜槽铜锍快换卡具ab 12", max_size=12), st.text(alphabet="溜槽铜锍快换卡具ab 12", max_size=12))
def test_likeness_is_symmetric_and_within_bounds(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1


CONTENT = {
    "title": "溜槽",
    "category": "safety",
    "problem": "NT-0001",
    "present_state": "甲",
    "method": "乙",
    "equipment": "",
    "cost": D("640"),
    "lines": [("省", "saving", D("72"), D("640"))],
    "authors": [("1001", 3), ("1002", 2)],
}


def test_equal_content_digests_alike_and_any_change_shows():
    same = CONTENT | {"cost": D("640.00"), "lines": [("省", "saving", D("72.0000"), D("640.0000"))]}
    assert canonical.digest(**CONTENT) == canonical.digest(**same)
    for change in ({"title": "溜"}, {"cost": D("6400")}, {"authors": [("1002", 2), ("1001", 3)]}, {"method": "乙 "}):
        assert canonical.digest(**CONTENT | change) != canonical.digest(**CONTENT)
