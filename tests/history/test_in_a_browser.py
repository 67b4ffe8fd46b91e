"""An officer brings history in on a phone and at a desk: no side scroll, nothing the content policy forbids."""

from __future__ import annotations

import pytest

from innovation.history.models import PastAward
from tests import plant as plants
from tests.history.story import PROBLEM, HistoryStory, award, xlsx

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = [
    award(problems="NT-A-07"),
    award(number="", title="渣口冷却水套改铜件，延长寿命", authors="老赵/90001:2；韩铸/10001:1", month="2023年11月"),
    award(number="HJ-3", title="烟道清灰", amount="两千", unit="RL-没有"),
    award(number="HJ-4", title="阳极板吊具", month="去年三月", authors="李四/10001:1"),
]


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_file_to_the_list(live, transactional_db, tmp_path, width: int) -> None:
    story = HistoryStory(plants.build())
    file = tmp_path / "历年获奖.xlsx"
    file.write_bytes(xlsx(ROWS, [PROBLEM]))
    story.plant.client(story.officer).get("/history/import/")
    page = live(width, person=story.officer, dark=width == 390)
    page.goto("/history/import/")
    live.shoot(page, "history-import")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="先看看").click()
    page.get_by_text("这个文件会导入什么").first.wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "history-preview")
    page.get_by_role("button", name="导入 3 行").click()
    page.get_by_text("已导入 3 行历史。").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "history-list")
    page.goto(f"/history/{PastAward.objects.get(number='HJ-2024-018').pk}/")
    page.get_by_label("提案编号").fill("TA-9999-0001")
    live.expect(422)
    page.get_by_role("button", name="关联").click()
    page.get_by_text("熔炼车间没有提案 TA-9999-0001。").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "history-detail")
