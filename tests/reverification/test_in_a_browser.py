"""The year is reported, verified and reviewed on the pages, on a phone and at a desk."""

from __future__ import annotations

import pytest

from innovation.reverification.models import Reverification
from tests import plant as plants
from tests.awards.award_story import AwardStory, publish_award_rules
from tests.proposal_story import publish_rules as publish_proposal_rules
from tests.reverification.story import due, publish_rules
from workflows.engine.models import Case, WorkItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(case: Case) -> str:
    item = WorkItem.objects.filter(case=case, state="open").order_by("pk").first()
    assert item is not None
    return f"/cases/{case.number}/tasks/{item.pk}/"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_shortfall_from_the_report_to_the_review(live, transactional_db, width: int) -> None:
    plant = plants.build()
    AwardStory(plant)
    publish_proposal_rules(plant)
    publish_award_rules(plant)
    publish_rules(plant)
    case = due(plant, award=True)
    plant.client(plant.author).get(address(case))
    page = live(width, person=plant.author)
    page.goto(address(case))
    page.get_by_label("每年节约（元）").fill("60,000")
    page.get_by_label("怎么量的").fill("按班计量，停产两个月。")
    page.get_by_text("¥60,000.00").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "reverification-report")
    page.locator("#work").get_by_role("button", name="报年度效果").click()
    page.get_by_text("年度效果已报").wait_for()
    finance = live(width, person=plant.finance)
    finance.goto(address(case))
    live.shoot(finance, "reverification-finance")
    finance.get_by_role("button", name="核定年度效果").locator("visible=true").click()
    finance.wait_for_load_state()
    reviewer = live(width, person=plant.reviewers[0])
    reviewer.goto(address(case))
    reviewer.get_by_text("如果追回").locator("visible=true").wait_for()
    live.no_side_scroll(reviewer)
    live.shoot(reviewer, "reverification-review")
    reviewer.goto(f"/cases/{case.number}/")
    live.no_side_scroll(reviewer)
    live.shoot(reviewer, "reverification-case")
    reviewer.goto("/reverifications/?tab=all")
    reviewer.get_by_text(case.number).first.wait_for()
    live.shoot(reviewer, "reverification-list")
    assert Reverification.objects.get().missing_percent == 33
