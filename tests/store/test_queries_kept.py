"""A query that is compiled once says the same as the queryset it was made of."""

from __future__ import annotations

import pytest
from django.db.models import F

from tests.plant import Plant
from workflows.organisation.models import Person, Unit
from workflows.store.prepared import Given, IsOneOf, Prepared

pytestmark = pytest.mark.django_db


def test_constants_stand_in_the_text_whatever_they_hold(plant: Plant) -> None:
    Unit.objects.filter(pk=plant.team.pk).update(name="一百 % 的 'team' \\ %s")
    name = Unit.objects.get(pk=plant.team.pk).name
    kept: Prepared[Unit] = Prepared(lambda: Unit.objects.filter(name=name, kind="team", code=Given("code")))
    for _ in range(8):  # told, prepared, planned anew, planned for any value
        assert kept(code=plant.team.code) == [plant.team]
    assert kept(code=plant.section.code) == []


def test_columns_that_were_not_asked_for_are_read_when_wanted(plant: Plant) -> None:
    kept: Prepared[Person] = Prepared(
        lambda: Person.objects.filter(pk=Given("id")).select_related("unit").only("name", "unit__name").order_by()
    )
    (person,) = kept(id=plant.author.pk)
    assert person.get_deferred_fields() and "employee_no" not in person.__dict__
    assert (person.name, person.unit.name) == (plant.author.name, plant.author.unit.name)
    assert person.employee_no == plant.author.employee_no


def test_what_comes_again_with_other_rows_is_one_instance(plant: Plant) -> None:
    people = [plant.team_leader.pk, plant.author.pk]
    kept: Prepared[Person] = Prepared(
        lambda: Person.objects.filter(IsOneOf(F("pk"), Given("ids"))).select_related("unit__parent").order_by("pk")
    )
    first, second = kept(ids=people)
    assert first.unit is second.unit and first.unit.parent == plant.section
