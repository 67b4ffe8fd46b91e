"""An administrator makes accounts, moves people, closes accounts, gives new first passwords."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.plant import PASSWORD, Plant
from workflows.ledger.models import Entry
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role, RoleHolding


def events(subject: str) -> list[str]:
    return list(Entry.objects.filter(chain__subject=subject).order_by("seq").values_list("event", flat=True))


def page(answer) -> str:
    return answer.content.decode()


def new_person(plant: Plant, **fields: object) -> dict[str, object]:
    return {"employee_no": "20001", "name": "新锍", "unit": plant.team.pk, "title": "学徒", "email": "", **fields}


def test_making_an_account_shows_the_first_password_once(plant: Plant) -> None:
    answer = plant.client(plant.admin).post(reverse("admin_person_new"), new_person(plant))
    secret = re.search(r'id="first-password">([A-Z0-9-]{14})<', page(answer))[1]
    assert "no-store" in answer["Cache-Control"]
    person = Person.objects.get(employee_no="20001")
    assert person.must_change_password and person.check_password(secret)
    assert person.postings.get().unit == plant.team
    assert events(f"person:{person.pk}") == ["organisation.person.created"]
    assert secret not in page(plant.client(plant.admin).get(reverse("admin_person", args=[person.pk])))
    newcomer = Client()
    newcomer.post("/sign-in/", {"username": "20001", "password": secret})
    assert newcomer.get(reverse("profile"))["Location"] == reverse("change_password")


def test_a_taken_number_stands_at_the_field_and_keeps_what_was_typed(plant: Plant) -> None:
    answer = plant.client(plant.admin).post(
        reverse("admin_person_new"), new_person(plant, employee_no=plant.author.employee_no)
    )
    assert answer.status_code == 422
    assert f"工号 {plant.author.employee_no} 已经有人用。" in page(answer) and "新锍" in page(answer)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "𠮷锍铼", "😀", "O'Neill"])
def test_any_name_is_text_and_nothing_else(plant: Plant, name: str) -> None:
    client = plant.client(plant.admin)
    client.post(reverse("admin_person_new"), new_person(plant, name=name))
    assert Person.objects.get(employee_no="20001").name == name
    assert "<script>alert" not in page(client.get(reverse("admin_people")))


def test_moving_closes_the_posting_and_opens_the_next(plant: Plant) -> None:
    client = plant.client(plant.admin)
    client.post(reverse("admin_person_move", args=[plant.author.pk]), {"unit": plant.other_team.pk})
    plant.author.refresh_from_db()
    assert plant.author.unit == plant.other_team
    past, present = plant.author.postings.order_by("starts_at")
    assert past.unit == plant.team and past.ends_at == present.starts_at and present.ends_at is None
    history = page(client.get(reverse("admin_person", args=[plant.author.pk])))
    assert "从 闪速炉甲班 调到 渣选甲班" in history


def test_closing_an_account_ends_roles_sessions_and_tokens_and_deletes_nothing(plant: Plant) -> None:
    leader, leaders_page = plant.team_leader, plant.client(plant.team_leader)
    raw = tokens.issue(leader, "脚本")
    plant.client(plant.admin).post(reverse("admin_person_deactivate", args=[leader.pk]))
    leader.refresh_from_db()
    assert not leader.is_active
    assert not RoleHolding.objects.in_force().filter(person=leader).exists()
    assert tokens.person_of(raw) is None
    assert leaders_page.get(reverse("profile")).status_code == 302
    assert events(f"person:{leader.pk}")[-2:] == ["organisation.role.ended", "organisation.person.deactivated"]
    with pytest.raises(TypeError):
        leader.delete()


def test_an_account_opened_again_has_a_new_password_and_no_roles(plant: Plant) -> None:
    client = plant.client(plant.admin)
    client.post(reverse("admin_person_deactivate", args=[plant.team_leader.pk]))
    answer = client.post(reverse("admin_person_reactivate", args=[plant.team_leader.pk]))
    assert "first-password" in page(answer)
    person = Person.objects.get(pk=plant.team_leader.pk)
    assert person.is_active and person.must_change_password and not person.check_password(PASSWORD)
    assert not RoleHolding.objects.in_force().filter(person=person).exists()


def test_a_new_first_password_stops_the_old_session(plant: Plant) -> None:
    session = plant.client(plant.author)
    plant.client(plant.admin).post(reverse("admin_person_reset", args=[plant.author.pk]))
    assert session.get(reverse("profile")).status_code == 302


def test_no_administrator_touches_an_account_with_a_role_outside_their_units(plant: Plant) -> None:
    plant.hold(plant.teammate, Role.ADMINISTRATOR, plant.section)
    plant.hold(plant.author, Role.WORKSHOP_REVIEWER, plant.workshop)
    client = plant.client(plant.teammate)
    answer = client.post(reverse("admin_person_reset", args=[plant.author.pk]), follow=True)
    assert "要由上级单位的管理员来办" in page(answer)
    assert Person.objects.get(pk=plant.author.pk).check_password(PASSWORD)


@pytest.mark.parametrize("act", ["admin_person_deactivate", "admin_person_reset", "admin_person_reactivate"])
def test_nobody_administers_their_own_account(plant: Plant, act: str) -> None:
    answer = plant.client(plant.admin).post(reverse(act, args=[plant.admin.pk]), follow=True)
    assert "自己的账号不能自己管" in page(answer)
    assert Person.objects.get(pk=plant.admin.pk).check_password(PASSWORD)


ACTS = ["admin_person", "admin_person_edit", "admin_person_move", "admin_person_deactivate", "admin_person_reset"]


@pytest.mark.parametrize("act", ACTS)
def test_an_administrator_of_another_section_sees_nobody_here(plant: Plant, act: str) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    client = plant.client(plant.stranger)
    data = {"unit": plant.other_team.pk, "name": "改名"}
    assert client.post(reverse(act, args=[plant.author.pk]), data).status_code == 404
    plant.author.refresh_from_db()
    assert plant.author.unit == plant.team and plant.author.name == "韩铸" and plant.author.is_active


@pytest.mark.parametrize("act", ACTS)
def test_without_the_role_every_door_is_shut(plant: Plant, act: str) -> None:
    for person in (plant.stranger, plant.team_leader, plant.contractor_person):
        assert plant.client(person).post(reverse(act, args=[plant.author.pk])).status_code == 403


def test_an_observer_reads_the_list_and_changes_nothing(plant: Plant) -> None:
    client = plant.client(plant.observer)
    person = reverse("admin_person", args=[plant.author.pk])
    assert client.get(reverse("admin_people")).status_code == 200
    assert "停用账号" not in page(client.get(person))
    assert client.post(reverse("admin_person_deactivate", args=[plant.author.pk])).status_code == 403


def test_two_characters_find_a_person_and_filters_narrow(plant: Plant) -> None:
    client = plant.client(plant.admin)
    found = page(client.get(reverse("admin_people"), {"q": "韩铸"}))
    assert plant.author.employee_no in found and plant.stranger.employee_no not in found
    by_number = page(client.get(reverse("admin_people"), {"q": plant.author.employee_no[:5]}))
    assert "韩铸" in by_number
    chiefs = page(client.get(reverse("admin_people"), {"role": "section_chief", "unit": "RL-SSL"}))
    assert "高焰" in chiefs and "罗浮" not in chiefs and "韩铸" not in chiefs
    assert "没有符合的人" in page(client.get(reverse("admin_people"), {"unit": "NOWHERE"}))


def test_the_list_asks_the_same_few_questions_for_many(plant: Plant, django_assert_max_num_queries) -> None:
    Person.objects.bulk_create(
        Person(employee_no=f"P{n:05}", name=f"工友{n}", unit=plant.team, password="!") for n in range(300)
    )
    client = plant.client(plant.admin)
    client.get(reverse("admin_people"))
    with django_assert_max_num_queries(12):
        assert "第 2 页" in page(client.get(reverse("admin_people"), {"page": 2}))


def test_the_export_is_the_filtered_list_and_no_formula(plant: Plant) -> None:
    import io

    from openpyxl import load_workbook

    Person.objects.filter(pk=plant.author.pk).update(title='=HYPERLINK("http://x")')
    answer = plant.client(plant.admin).get(reverse("admin_people_export"), {"unit": "RL-SSL-1"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    assert [cell.value for cell in rows[0]][:3] == ["工号", "姓名", "单位编码"]
    assert len(rows) == 1 + 4
    author = next(row for row in rows if row[1].value == "韩铸")
    assert author[3].value.startswith("=HYPERLINK") and author[3].data_type == "s"


def test_an_administrator_of_nothing_any_more_is_stopped_at_the_service(plant: Plant) -> None:
    """The page was open while the role ended."""
    from django.core.exceptions import PermissionDenied

    from workflows.organisation.people import amend_person
    from workflows.organisation.roles import held_by

    held_by(plant.admin)  # as the request would have remembered
    RoleHolding.objects.filter(person=plant.admin).update(ends_at="2024-01-01T00:00Z")
    with pytest.raises(PermissionDenied):
        amend_person(actor=plant.admin, person=plant.author, name="改名")
