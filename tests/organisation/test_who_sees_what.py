"""Rows of the organisation that one sees, and the ledger's chains about people and units."""

from __future__ import annotations

from django.urls import reverse

from tests.plant import Plant
from workflows.organisation import grants, ties
from workflows.organisation.models import Person, Posting, Role, RoleHolding, Unit


def test_people_see_their_own_place_and_the_way_up(plant: Plant) -> None:
    seen = set(Unit.objects.visible_to(plant.author))
    assert seen == {plant.team, plant.section, plant.workshop, plant.company}
    assert plant.coauthor in Person.objects.visible_to(plant.author)
    assert plant.stranger not in Person.objects.visible_to(plant.author)


def test_a_chief_sees_the_section_and_a_contractor_only_its_own(plant: Plant) -> None:
    chief = plant.section_chiefs[0]
    assert {plant.author, plant.second_leader} <= set(Person.objects.visible_to(chief))
    assert plant.other_leader not in Person.objects.visible_to(chief)
    assert set(Person.objects.visible_to(plant.contractor_person)) == {plant.contractor_person}


def test_postings_and_roles_follow_the_place(plant: Plant) -> None:
    assert not Posting.objects.visible_to(plant.stranger).filter(person=plant.author).exists()
    assert not RoleHolding.objects.visible_to(plant.stranger).filter(person=plant.team_leader).exists()
    assert RoleHolding.objects.visible_to(plant.observer).filter(person=plant.team_leader).exists()


def test_a_persons_chain_is_read_by_the_person_and_the_overseers(plant: Plant) -> None:
    grants.grant_role(actor=plant.admin, person=plant.author, role=Role.INSPECTOR, unit=plant.section)
    chain = reverse("ledger_chain", kwargs={"subject": f"person:{plant.author.pk}"})
    for person, status in ((plant.author, 200), (plant.admin, 200), (plant.observer, 200), (plant.stranger, 404)):
        assert plant.client(person).get(chain).status_code == status, person


def test_with_whom_a_tie_is_only_its_declarer_reads(plant: Plant) -> None:
    ties.declare_tie(actor=plant.author, other=plant.team_leader)
    entry = reverse("ledger_entry", kwargs={"subject": f"person:{plant.author.pk}", "seq": 1})
    other = f'"other":{plant.team_leader.pk}'
    assert other in plant.client(plant.author).get(entry).content.decode().replace("&quot;", '"')
    assert other not in plant.client(plant.admin).get(entry).content.decode().replace("&quot;", '"')
    page = plant.client(plant.admin).get(reverse("admin_person", args=[plant.author.pk])).content.decode()
    assert "申报" not in page
