from __future__ import annotations

from tests.plant import Plant
from workflows.organisation.models import Role
from workflows.organisation.roles import holders, person_above


def test_the_plant_stands(plant: Plant) -> None:
    assert plant.team.path.startswith(plant.section.path)
    assert [h.person for h in holders(Role.SECTION_CHIEF, plant.section.pk)] == plant.section_chiefs
    unit, holdings, _fallback = person_above(Role.SECTION_CHIEF, plant.team)
    assert (unit, [h.person for h in holdings]) == (plant.section, plant.section_chiefs)
