"""Declaring an absence with a substitute, and coming back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.plant import Plant
from workflows.ledger.models import Entry
from workflows.organisation import history
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Absence, Person

pytestmark = pytest.mark.django_db


def day(n: int) -> str:
    return (timezone.localdate() + timedelta(days=n)).isoformat()


def declare(plant: Plant, person: Person, substitute: str, first: str = "", last: str = "") -> Any:
    data = {"substitute": substitute, "starts_at": first or day(0), "ends_at": last or day(3)}
    return plant.client(person).post(reverse("declare_absence"), data)


def page(answer: Any) -> str:
    return answer.content.decode()


def test_somebody_is_away_and_says_who_acts_meanwhile(plant: Plant) -> None:
    leader, mate = plant.team_leader, plant.teammate
    assert declare(plant, leader, mate.name).status_code == 302
    mine = page(plant.client(leader).get(reverse("profile")))
    assert "正在代您办理" in mine and mate.name in mine
    theirs = page(plant.client(mate).get(reverse("profile")))
    assert "您代理的同事" in theirs and leader.name in theirs
    assert stands_in_for(Person.objects.get(pk=mate.pk)) == [leader.pk]
    assert Entry.objects.filter(event="organisation.absence.declared").count() == 1
    assert f"申报外出，由 {mate} 代理" in [line.words for line in history.of(f"person:{leader.pk}")]


def test_the_one_away_comes_back_early(plant: Plant) -> None:
    declare(plant, plant.team_leader, plant.teammate.employee_no)
    absence = Absence.objects.get()
    for other in (plant.teammate, plant.stranger, plant.admin):
        assert plant.client(other).post(reverse("end_absence", args=[absence.pk])).status_code == 404
    assert plant.client(plant.team_leader).post(reverse("end_absence", args=[absence.pk])).status_code == 302
    assert stands_in_for(Person.objects.get(pk=plant.teammate.pk)) == []
    assert "正在代您办理" not in page(plant.client(plant.team_leader).get(reverse("profile")))
    assert "结束外出" in [line.words for line in history.of(f"person:{plant.team_leader.pk}")]


@pytest.mark.parametrize(
    ("substitute", "first", "last", "sentence"),
    [
        ("没这人", 0, 3, "没有这个工号或姓名"),
        ("秦砺", 0, 3, "代理人须是另一位"),
        ("纪炉", 5, 3, "结束要晚于开始"),
        ("纪炉", -9, -3, "结束要晚于开始"),
        ("纪炉", 1, 2, "已经有一次外出"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    plant: Plant, substitute: str, first: int, last: int, sentence: str
) -> None:
    declare(plant, plant.team_leader, plant.coauthor.name)
    answer = declare(plant, plant.team_leader, substitute, day(first), day(last))
    assert answer.status_code == 422
    assert sentence in page(answer) and f'value="{substitute}"' in page(answer)
    assert Absence.objects.count() == 1


def test_it_is_said_in_english_too(plant: Plant) -> None:
    Person.objects.filter(pk=plant.team_leader.pk).update(language="en")
    text = page(declare(plant, Person.objects.get(pk=plant.team_leader.pk), ""))
    assert "Absence and substitute" in text and "Last day away" in text
