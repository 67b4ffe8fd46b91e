"""An administrator builds, renames, moves and closes units."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.plant import Plant
from workflows.ledger.models import Entry
from workflows.organisation.models import Role, RoleHolding, Unit, UnitKind
from workflows.organisation.roles import person_above


def page(answer) -> str:
    return answer.content.decode()


def edit(plant: Plant, unit: Unit, **changes: object):
    data = {"name": unit.name, "code": unit.code, "parent": unit.parent_id or "", "fallback": "", **changes}
    return plant.client(plant.admin).post(reverse("admin_unit_edit", args=[unit.pk]), data)


def test_a_team_is_made_below_its_section(plant: Plant) -> None:
    data = {"parent": plant.section.pk, "kind": "team", "name": "闪速炉丙班", "code": "RL-SSL-3"}
    answer = plant.client(plant.admin).post(reverse("admin_unit_new"), data)
    unit = Unit.objects.get(code="RL-SSL-3")
    assert answer["Location"] == reverse("admin_unit", args=[unit.pk])
    assert unit.path == f"{plant.section.path}{unit.pk}/"


def test_a_section_does_not_go_below_a_team(plant: Plant) -> None:
    data = {"parent": plant.team.pk, "kind": "section", "name": "错位工段", "code": "X"}
    answer = plant.client(plant.admin).post(reverse("admin_unit_new"), data)
    assert answer.status_code == 422 and "“工段”不能归在“班组”之下。" in page(answer)


def test_a_taken_code_stands_at_its_field(plant: Plant) -> None:
    assert "编码 RL-ZX 已被别的单位使用。" in page(edit(plant, plant.section, code="RL-ZX"))


def test_moving_a_unit_takes_everything_below_along_and_keeps_the_history(plant: Plant) -> None:
    edit(plant, plant.team, parent=plant.other_section.pk)
    plant.team.refresh_from_db()
    assert plant.team.path == f"{plant.other_section.path}{plant.team.pk}/"
    assert person_above(Role.SECTION_CHIEF, plant.team)[0] == plant.other_section
    seen = page(plant.client(plant.admin).get(reverse("admin_unit", args=[plant.team.pk])))
    assert "从 闪速炉工段 调到 渣选工段" in seen


def test_moving_a_section_rewrites_every_path_below(plant: Plant) -> None:
    second = Unit.objects.create(code="RL2", name="熔炼二车间", kind=UnitKind.WORKSHOP, parent=plant.company)
    plant.hold(plant.admin, Role.ADMINISTRATOR, plant.company)
    edit(plant, plant.section, parent=second.pk)
    for team in (plant.team, plant.second_team):
        team.refresh_from_db()
        assert team.path == f"{second.path}{plant.section.pk}/{team.pk}/"


def test_no_unit_goes_below_itself(plant: Plant) -> None:
    group = Unit.objects.create(code="G", name="金冶集团", kind=UnitKind.GROUP)
    company = Unit.objects.create(code="G1", name="子公司", kind=UnitKind.COMPANY, parent=group)
    below = Unit.objects.create(code="G2", name="孙公司", kind=UnitKind.COMPANY, parent=company)
    plant.hold(plant.admin, Role.ADMINISTRATOR, group)
    answer = edit(plant, company, parent=below.pk)
    assert "不能归到自己或自己的下级之下" in page(answer)
    company.refresh_from_db()
    assert company.parent == group


def test_a_unit_in_use_is_not_closed(plant: Plant) -> None:
    client = plant.client(plant.admin)
    assert "还有人在这里" in page(client.post(reverse("admin_unit_deactivate", args=[plant.team.pk]), follow=True))
    assert "下级单位还在启用" in page(
        client.post(reverse("admin_unit_deactivate", args=[plant.section.pk]), follow=True)
    )


def test_closing_an_empty_unit_ends_its_roles(plant: Plant) -> None:
    plant.hold(plant.finance, Role.INSPECTOR, plant.acid_team)
    client = plant.client(plant.admin)
    client.post(reverse("admin_unit_deactivate", args=[plant.acid_team.pk]))
    plant.acid_team.refresh_from_db()
    assert not plant.acid_team.is_active
    assert not RoleHolding.objects.in_force().filter(unit=plant.acid_team).exists()
    client.post(reverse("admin_unit_reactivate", args=[plant.acid_team.pk]))
    plant.acid_team.refresh_from_db()
    assert plant.acid_team.is_active


def test_the_fallback_person_is_named_by_number(plant: Plant) -> None:
    edit(plant, plant.workshop, fallback=plant.publisher.employee_no)
    plant.workshop.refresh_from_db()
    assert plant.workshop.fallback == plant.publisher
    last = Entry.objects.filter(chain__subject=f"unit:{plant.workshop.pk}").latest("seq")
    assert last.event == "organisation.unit.fallback_named"


def test_the_tree_shows_only_what_one_administers(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    seen = page(plant.client(plant.stranger).get(reverse("admin_units")))
    assert "渣选甲班" in seen and "闪速炉工段" not in seen.split('id="main"')[1]
    assert plant.client(plant.stranger).get(reverse("admin_unit", args=[plant.section.pk])).status_code == 404
    data = {"name": "抢走", "code": "RL-SSL", "fallback": ""}
    address = reverse("admin_unit_edit", args=[plant.section.pk])
    assert plant.client(plant.stranger).post(address, data).status_code == 404


def test_a_unit_cannot_be_hung_under_one_that_is_not_administered(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    data = {"name": "渣选甲班", "code": "RL-ZX-1", "parent": plant.section.pk, "fallback": ""}
    answer = plant.client(plant.stranger).post(reverse("admin_unit_edit", args=[plant.other_team.pk]), data)
    assert answer.status_code == 422


def test_strangers_find_no_door(plant: Plant) -> None:
    client = plant.client(plant.stranger)
    assert client.get(reverse("admin_units")).status_code == 403
    assert client.post(reverse("admin_unit_new"), {"name": "x"}).status_code == 403
    assert client.post(reverse("admin_unit_deactivate", args=[plant.acid_team.pk])).status_code == 403


@pytest.mark.django_db
def test_the_database_keeps_one_code_each(plant: Plant) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(code="RL", name="又一个", kind=UnitKind.WORKSHOP, parent=plant.company)
