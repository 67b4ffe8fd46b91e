"""The cockpit, a scorecard and the evidence page looked at in a browser, on a phone and at the desk."""

from __future__ import annotations

from typing import Any

import pytest

from maintenance_audit.measures.counting import SOURCE
from tests.measures.years import Years
from tests.plant import Plant
from workflows.organisation.models import Role
from workflows.reports.cockpit import counting


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_the_cockpit_to_the_rows_and_the_card(live: Any, plant: Plant) -> None:
    lead = plant.second_leader
    plant.hold(lead, Role.AUDIT_LEAD, plant.workshop)
    years = Years(plant, months=14).write()
    counting.refresh([SOURCE])
    for width in (390, 1280):
        page = live(width, person=lead)
        page.goto("/cockpit/")
        panel = page.locator("#repeats")
        panel.locator("summary").click()
        live.no_side_scroll(page)
        live.shoot(page, "cockpit")
        panel.locator("td a").first.click()
        page.get_by_role("heading", name="这个数里的每一行").wait_for()
        live.no_side_scroll(page)
        page.goto("/scorecards/")
        live.shoot(page, "scorecards")
        page.get_by_role("link", name=years.firms[0].name).first.click()
        page.get_by_role("heading", name="得分怎么来的").wait_for()
        live.no_side_scroll(page)
        live.shoot(page, "scorecard")
        for address, name in (
            ("/evidence/", "evidence"),
            ("/audit-reports/", "reports"),
            ("/circles/figures/", "circles"),
        ):
            page.goto(address)
            live.no_side_scroll(page)
            live.shoot(page, name)
    own = live(390, person=plant.contractor_person, language="en")
    own.goto("/scorecards/")
    own.get_by_role("heading", name=plant.contractor.name).wait_for()
    live.shoot(own, "own-card")
