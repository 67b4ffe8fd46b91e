"""Award rules are written on a form: rows of criteria and grades, errors at their field."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from innovation.awards import rules
from innovation.awards.rules import DEFAULT_RULES
from tests.plant import Plant
from workflows.engine.models import RuleVersion

pytestmark = pytest.mark.django_db
FIELD = re.compile(r"<input\b[^>]*>")
SELECT = re.compile(r'<select name="([^"]+)".*?<option value="([^"]*)" selected', re.S)


@pytest.fixture
def address(plant: Plant) -> str:
    return f"{reverse('rule_draft')}?kind=award_round&unit={plant.workshop.pk}"


def typed_on(page: str) -> dict[str, str]:
    """The form as the browser would send it back."""
    found = dict(SELECT.findall(page))
    for field in FIELD.findall(page):
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and "csrf" not in name[1] and 'type="search"' not in field:
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found


def send(plant: Plant, address: str, **changes: str) -> Any:
    client = plant.client(plant.drafter)
    form = typed_on(client.get(address).content.decode()) | {name.replace("__", "-"): v for name, v in changes.items()}
    return client.post(address, form | {"then": "save"})


def errors_at(answer: Any) -> list[str]:
    """Names of the fields that are marked."""
    assert answer.status_code == 422
    marked = (field for field in FIELD.findall(answer.content.decode()) if "is-invalid" in field)
    return [re.search(r'name="([^"]+)"', field)[1] for field in marked]  # type: ignore[index]


def test_what_is_not_touched_is_kept_as_it_was(plant: Plant, address: str) -> None:
    assert send(plant, address, note="照旧").status_code == 303
    made = RuleVersion.objects.get()
    assert rules.read(made.content) == rules.read(DEFAULT_RULES)
    page = plant.client(plant.drafter).get(reverse("rule_detail", args=[made.pk])).content.decode()
    assert "效益" in page and "一等奖" in page and "名额不限" in page


def test_rows_come_and_go(plant: Plant, address: str) -> None:
    changes = {
        "criterion__4__label": "", "criterion__4__weight": "",
        "criterion__5__label": "难度", "criterion__5__weight": "15",
        "grade__3__name": "", "grade__3__minimum": "", "grade__3__amount": "",
        "grade__2__minimum": "72.5", "grade__2__places": "", "ceiling": "￥30,000", "over": "wait",
    }  # fmt: skip
    assert send(plant, address, **changes).status_code == 303
    made = rules.read(RuleVersion.objects.get().content)
    assert [(c.label, c.weight) for c in made.criteria][-2:] == [("推广价值", 10), ("难度", 15)]
    assert len({c.key for c in made.criteria}) == 5
    assert [(g.name, str(g.minimum), g.places) for g in made.grades][-1] == ("三等奖", "72.5", None)
    assert (str(made.ceiling), made.over) == ("30000.00", "wait")
    edit = reverse("rule_edit", args=[RuleVersion.objects.get().pk])
    page = plant.client(plant.drafter).get(edit).content.decode()
    assert "难度" in page and 'name="criterion-7-label"' in page  # and three empty ones again


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({f"criterion__{n}__weight": "0" for n in range(5)}, "criterion-0-weight"),
        ({"criterion__0__weight": "-1"}, "criterion-0-weight"),
        ({"criterion__0__weight": "三成"}, "criterion-0-weight"),
        ({"criterion__1__weight": ""}, "criterion-1-weight"),
        ({"criterion__5__weight": "10"}, "criterion-5-label"),
        ({"criterion__1__label": "效益"}, "criterion-1-label"),
        ({"grade__1__minimum": "95"}, "grade-1-minimum"),
        ({"grade__0__minimum": "101"}, "grade-0-minimum"),
        ({"grade__2__name": "二等奖"}, "grade-2-name"),
        ({"grade__2__places": "0"}, "grade-2-places"),
        ({"grade__2__amount": "一千"}, "grade-2-amount"),
        ({"grade__3__amount": ""}, "grade-3-amount"),
        ({"quorum": "0"}, "quorum"),
        ({"ceiling": "-5"}, "ceiling"),
        ({"publicity_days": "31"}, "publicity_days"),
        ({"score_hours": ""}, "score_hours"),
    ],
)
def test_what_does_not_hold_is_said_at_its_field(plant: Plant, address: str, changes: Any, at: str) -> None:
    answer = send(plant, address, note="没写完", **changes)
    assert errors_at(answer) == [at] and "没写完" in answer.content.decode()
    assert not RuleVersion.objects.exists()


def test_an_emptied_table_is_refused(plant: Plant, address: str) -> None:
    gone = {f"grade__{n}__{name}": "" for n in range(4) for name in ("name", "minimum", "places", "amount")}
    assert errors_at(send(plant, address, **gone)) == ["grade-0-name"]


def test_a_stranger_writes_no_rules(plant: Plant, address: str) -> None:
    client = plant.client(plant.stranger)
    assert client.get(address).status_code == 403
    assert client.post(address, {"then": "save"}).status_code == 403
