"""Roles are granted and ended with dates, never back-dated, never to oneself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.plant import Plant
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role, RoleHolding
from workflows.organisation.roles import holders, holds


def page(answer) -> str:
    return answer.content.decode()


def grant(plant: Plant, by: Person | None = None, **fields: object):
    data = {"person": plant.teammate.employee_no, "role": "team_leader", "unit": plant.second_team.pk, "weight": 1}
    return plant.client(by or plant.admin).post(reverse("admin_role_grant"), {**data, **fields})


def day(offset: int) -> str:
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def test_a_role_granted_today_is_in_force_at_once(plant: Plant) -> None:
    assert grant(plant)["Location"] == reverse("admin_unit", args=[plant.second_team.pk])
    assert plant.teammate in [h.person for h in holders(Role.TEAM_LEADER, plant.second_team.pk)]
    entry = Entry.objects.select_related("payload").get(chain__subject=f"person:{plant.teammate.pk}")
    assert entry.event == "organisation.role.granted" and f'"actor":{plant.admin.pk}' in entry.payload.body


def test_a_role_from_tomorrow_is_not_held_today(plant: Plant) -> None:
    grant(plant, first_day=day(1), last_day=day(2))
    assert not holds(plant.teammate, Role.TEAM_LEADER)
    holding = RoleHolding.objects.get(person=plant.teammate)
    assert timezone.localtime(holding.starts_at).hour == 0
    with injected(holding.starts_at):
        assert holds(Person.objects.get(pk=plant.teammate.pk), Role.TEAM_LEADER)
    with injected(holding.ends_at - timedelta(microseconds=1)):
        assert holds(Person.objects.get(pk=plant.teammate.pk), Role.TEAM_LEADER)
    with injected(holding.ends_at):
        assert not holds(Person.objects.get(pk=plant.teammate.pk), Role.TEAM_LEADER)
    assert timezone.localdate(holding.ends_at) == timezone.localdate() + timedelta(days=3)


def test_a_role_that_ended_a_second_ago_opens_no_page(plant: Plant) -> None:
    client = plant.client(plant.admin)
    assert client.get(reverse("admin_units")).status_code == 200
    RoleHolding.objects.filter(person=plant.admin).update(ends_at=now() - timedelta(seconds=1))
    assert client.get(reverse("admin_units")).status_code == 403


def test_a_role_that_begins_tomorrow_opens_no_page(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.workshop, starts_at=now() + timedelta(days=1))
    assert plant.client(plant.stranger).get(reverse("admin_units")).status_code == 403


def test_nothing_is_back_dated(plant: Plant) -> None:
    answer = grant(plant, first_day=day(-1))
    assert answer.status_code == 422 and "不能往前写" in page(answer)


def test_the_last_day_is_not_before_the_first(plant: Plant) -> None:
    assert "最后一天早于第一天" in page(grant(plant, first_day=day(5), last_day=day(3)))


def test_the_same_role_twice_at_a_time_is_said_at_the_field(plant: Plant) -> None:
    grant(plant)
    assert "在这段时间已经担任这个职务" in page(grant(plant))


def test_the_database_refuses_overlapping_holdings(plant: Plant) -> None:
    with pytest.raises(IntegrityError, match="one_holding_of_a_role_at_a_time"), transaction.atomic():
        plant.hold(plant.team_leader, Role.TEAM_LEADER, plant.team)


def test_nobody_grants_to_themself(plant: Plant) -> None:
    answer = grant(plant, person=plant.admin.employee_no, role="workshop_reviewer", unit=plant.workshop.pk)
    assert "自己的账号不能自己管" in page(answer)
    assert not holds(Person.objects.get(pk=plant.admin.pk), Role.WORKSHOP_REVIEWER)


def test_nobody_grants_above_their_own_unit(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    answer = grant(plant, by=plant.stranger, person=plant.other_leader.employee_no, unit=plant.workshop.pk)
    assert answer.status_code == 422
    assert not holds(Person.objects.get(pk=plant.other_leader.pk), Role.TEAM_LEADER, plant.workshop.path)


def test_contractors_hold_their_own_role_only(plant: Plant) -> None:
    plant.hold(plant.admin, Role.ADMINISTRATOR, plant.company)
    refused = "外委单位的人只担任外委单位职务"
    assert refused in page(grant(plant, role="contractor"))
    assert refused in page(grant(plant, person=plant.contractor_person.employee_no, role="judge"))


def test_two_of_one_name_ask_for_the_number(plant: Plant) -> None:
    Person.objects.filter(pk=plant.coauthor.pk).update(name="纪炉")
    answer = grant(plant, person="纪炉")
    assert answer.status_code == 422
    assert plant.coauthor.employee_no in page(answer) and plant.teammate.employee_no in page(answer)


def test_ending_a_role_now_takes_it_away_at_once(plant: Plant) -> None:
    holding = plant.team_leader.holdings.get()
    plant.client(plant.admin).post(reverse("admin_role_end", args=[holding.pk]), {"last_day": ""})
    assert not holds(Person.objects.get(pk=plant.team_leader.pk), Role.TEAM_LEADER)
    assert "已结束" in page(plant.client(plant.admin).get(reverse("admin_person", args=[plant.team_leader.pk])))


def test_ending_a_role_on_a_day_keeps_it_until_then(plant: Plant) -> None:
    holding = plant.team_leader.holdings.get()
    plant.client(plant.admin).post(reverse("admin_role_end", args=[holding.pk]), {"last_day": day(3)})
    assert holds(Person.objects.get(pk=plant.team_leader.pk), Role.TEAM_LEADER)
    holding.refresh_from_db()
    assert timezone.localdate(holding.ends_at) == timezone.localdate() + timedelta(days=4)


def test_a_role_not_begun_can_be_ended_and_never_begins(plant: Plant) -> None:
    grant(plant, first_day=day(5))
    holding = RoleHolding.objects.get(person=plant.teammate)
    plant.client(plant.admin).post(reverse("admin_role_end", args=[holding.pk]), {"last_day": ""})
    with injected(now() + timedelta(days=6)):
        assert not holds(Person.objects.get(pk=plant.teammate.pk), Role.TEAM_LEADER)


def test_strangers_neither_grant_nor_end(plant: Plant) -> None:
    holding = plant.team_leader.holdings.get()
    assert grant(plant, by=plant.stranger).status_code == 403
    address = reverse("admin_role_end", args=[holding.pk])
    assert plant.client(plant.stranger).post(address).status_code == 403
    plant.hold(plant.other_leader, Role.ADMINISTRATOR, plant.other_section)
    assert plant.client(plant.other_leader).post(address).status_code == 404
    assert RoleHolding.objects.in_force().filter(pk=holding.pk).exists()
