"""All leaders' hours less the others' are one leader's: sums are for whoever stands above each of them."""

from __future__ import annotations

from tests.api.caller import Caller
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.organisation.models import Person, Unit


def chiefs(person: Person) -> dict[str, object]:
    hands = Caller.of(person).get("/api/analytics/waiting").json()["hands"]
    return next(hand for hand in hands if hand["role"] == "section_chief")


def test_many_hands_show_a_median_and_no_sum_but_to_those_above(plant: Plant) -> None:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    story.act(plant.team_leader, "approve")
    for chief in plant.section_chiefs:
        story.act(chief, "approve")
    seen = chiefs(plant.observer)
    assert seen["ended"] == 1 and seen["times_shown"] and seen["median_hours"] is not None
    assert seen["total_hours"] is None
    Unit.objects.filter(pk=plant.workshop.pk).update(fallback=plant.publisher)
    assert chiefs(plant.publisher)["total_hours"] is not None
