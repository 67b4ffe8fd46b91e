"""The rule's page and the forced set-up, looked at on a phone and at the desk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.organisation.test_signing_in_with_a_passkey import sign_in
from tests.plant import Plant
from workflows.organisation.models import Role


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_an_administrator_requires_it_and_a_reviewer_is_led_to_it(live: Any, plant: Plant, width: int) -> None:
    plant.hold(plant.publisher, Role.ADMINISTRATOR, plant.company)
    page = live(width, person=plant.publisher)
    page.goto("/admin/sign-in/")
    page.get_by_label("必须").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("还没有设的人要重新登录").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "sign-in-rules")
    reviewer = live(width)
    sign_in(reviewer, plant.reviewers[0])
    reviewer.wait_for_url("**/me/sign-in/")
    reviewer.get_by_text("请先设好两步验证").wait_for()
    live.shoot(reviewer, "must-enrol")
    reviewer.get_by_role("link", name="添加验证器应用").click()
    reviewer.get_by_alt_text("含有上面密钥的二维码").wait_for()
    live.no_side_scroll(reviewer)
    live.shoot(reviewer, "factor-app")
