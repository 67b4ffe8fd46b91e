"""Indicators: a quotient of what is counted, against a benchmark of named source, published by two people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tests.case_story import hand_in_and_publish
from tests.measures import by_hand
from tests.measures.years import Years
from workflows.engine import rulebook
from workflows.engine.errors import BadMove
from workflows.engine.models import RuleVersion
from workflows.organisation.models import Person
from workflows.reports.cockpit import indicators
from workflows.reports.cockpit.look import Look

pytestmark = pytest.mark.django_db
BAD_CLAIMS = {"label": "申报不符合率", "numerator": "audit.bad_claims", "denominator": "audit.claims",
              "benchmark": "4.0", "source": "抽样方案 AQL"}  # fmt: skip


def look(years: Years, **asked: str) -> Look:
    return Look.of(Person.objects.get(pk=years.plant.extra["lead"].pk), {"length": "36"} | asked)


def publish(years: Years, *chosen: dict[str, str]) -> RuleVersion:
    plant = years.plant
    content = indicators.IndicatorRules.model_validate({"indicators": list(chosen)}).model_dump(mode="json")
    version = rulebook.draft(actor=plant.drafter, kind="indicators", unit=plant.workshop, content=content, note="首版")
    return hand_in_and_publish(plant, version)


def test_what_the_plant_published_is_what_is_divided(years: Years) -> None:
    publish(years, BAD_CLAIMS)
    (row,) = indicators.of(look(years)).rows
    counted = by_hand.counted()
    bad, whole = (sum(v for k, v in counted.items() if k[3] == name) for name in ("bad_claims", "claims"))
    assert row[4].value == pytest.approx(float(Decimal(100) * bad / whole), abs=0.051)
    assert (row[2].value, row[3].value) == (float(bad), float(whole))
    assert row[1].words == "申报不符合 ÷ 已查申报项 × 100%" and row[5].words == "4%" and row[7].words == "抽样方案 AQL"
    client = years.plant.client(years.plant.extra["lead"])
    assert client.get(row[2].url).context["page"].paginator.count == bad


def test_without_a_denominator_there_is_no_data_and_no_division(years: Years) -> None:
    publish(
        years,
        BAD_CLAIMS,
        {"label": "超期", "numerator": "audit.late_jobs", "denominator": "audit.jobs", "per": "ratio"},
    )
    shown = indicators.of(look(years, length="1", month=f"{years.all_months[2]:%Y-%m}"))
    assert [row[4].words for row in shown.rows] == ["没有数据", "没有数据"] and shown.picture is None


def test_better_is_said_by_the_rule(years: Years) -> None:
    high = BAD_CLAIMS | {"better": "higher", "label": "反着看"}
    publish(years, BAD_CLAIMS, high)
    held = [value.holds for value in indicators.values(look(years), indicators.in_force(look(years))[0])]
    assert held[0] is not None and held[0] is not held[1]


def test_they_are_written_and_published_on_the_rules_pages(years: Years) -> None:
    plant = years.plant
    client, address = plant.client(plant.drafter), reverse("rule_draft") + "?kind=indicators"
    page = client.get(address)
    text = page.content.decode()
    assert "创标指标" in text and "姓名" not in text, "an indicator is no person"
    assert text.index('id="id_5-label"') < text.index("再加指标") < text.index('id="id_6-label"'), (
        "the empty ones are folded"
    )
    form = page.context["form"]
    typed: dict[str, Any] = {f.html_name: f.value() or "" for f in [*form, *page.context["note"]]}
    assert typed["0-label"] == "采纳率"  # what the apps suggest, in the reader's language
    wrong = client.post(address, typed | {"0-benchmark": "很多", "note": "首版"})
    assert wrong.status_code == 422 and "0-benchmark" in wrong.context["form"].errors
    answer = client.post(address, typed | {"0-benchmark": "60", "1-label": "", "note": "首版"})
    assert answer.status_code == 303, answer.content.decode()[:3000]
    version = RuleVersion.objects.get(kind="indicators")
    assert version.content["indicators"][0]["benchmark"] == "60" and len(version.content["indicators"]) == 5
    seen = plant.client(plant.publisher).get(answer["Location"]).content.decode()
    assert "公式" in seen and "采纳数 ÷ 提案数 × 100%" in seen
    hand_in_and_publish(plant, version)
    assert "按第 1 版" in plant.client(plant.observer).get(reverse("cockpit")).content.decode()
    assert client.get(reverse("rule_what_if", args=[version.pk])).status_code == 404


def test_what_nothing_counts_is_refused(years: Years) -> None:
    plant = years.plant
    for wrong in ({"numerator": "audit.nothing"}, {"benchmark": "NaN"}, {"benchmark": "1e"}, {"per": "x"}):
        content = {"indicators": [BAD_CLAIMS | wrong]}
        with pytest.raises(BadMove):
            rulebook.draft(actor=plant.drafter, kind="indicators", unit=plant.workshop, content=content)
