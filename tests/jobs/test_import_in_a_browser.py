"""A planner brings a file in, on a desk and on a phone: columns, what would come in, how far, what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from maintenance_audit.jobs import tasks
from maintenance_audit.jobs.models import Job, JobImport
from tests.jobs.import_story import twin
from tests.jobs.story import Register
from tests.plant import Plant


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.django_db(transaction=True)
def test_from_the_file_to_the_jobs(live: Any, plant: Plant, settings: Any, tmp_path: Path, width: int) -> None:
    settings.MEDIA_ROOT = tmp_path
    reg = Register.of(plant)
    file = tmp_path / "委托单.csv"
    file.write_bytes(twin(rows=60, copies=2))
    page = live(width, person=reg.planner)
    page.goto("/jobs/import/")
    live.shoot(page, "import")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="先看看").click()
    assert page.locator("select[name=tag_0]").input_value() == "1"
    assert page.locator("select[name=accepted]").input_value() == page.locator("select[name=started]").input_value()
    live.shoot(page, "columns")
    live.no_side_scroll(page)
    page.locator("select[name=section_code]").select_option("RL-SSL")
    page.get_by_role("button", name="照此读取整个文件").click()
    page.locator("progress").wait_for()
    live.shoot(page, "reading")
    tasks.work_on_import(JobImport.objects.get().pk)
    page.get_by_text("已读取，待确认").wait_for()  # the page looked again by itself
    live.shoot(page, "preview")
    live.no_side_scroll(page)
    page.get_by_role("button", name="导入").click()
    page.get_by_text("正在导入委托单").wait_for()
    tasks.work_on_import(JobImport.objects.get().pk)
    page.get_by_text("已导入").first.wait_for()
    live.shoot(page, "brought-in")
    live.no_side_scroll(page)
    assert Job.objects.count() == JobImport.objects.get().made > 50
