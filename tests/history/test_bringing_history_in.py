"""A plant's earlier awards and problems come in by spreadsheet: looked at first, once, and counted apart."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from innovation.history import applying, queries
from innovation.history.models import PastAward, PastProblem, Upload
from innovation.history.plan import compute
from innovation.proposals.models import Problem
from tests.history.story import PROBLEM, HistoryStory, award, page, xlsx
from tests.organisation.rosters import rezipped
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role, Unit, UnitKind


def test_looking_changes_nothing_and_confirming_brings_all_in(story: HistoryStory) -> None:
    looked_at = story.upload(xlsx([award(problems="NT-A-07")], [PROBLEM]))
    seen = page(looked_at)
    assert "导入 2 行" in seen and "浸出槽搅拌桨加导流筒" in seen
    assert not PastAward.objects.exists() and not Problem.objects.exists()
    before = now()
    done = story.confirm(looked_at)
    assert done["Location"] == reverse("past_awards")
    got = PastAward.objects.get()
    assert (got.number, got.month, got.unit, got.grade) == ("HJ-2024-018", date(2024, 3, 1), story.plant.team, "二等奖")
    assert (got.amount, got.saving) == (Decimal("2000.00"), Decimal("186000.00")) and got.received_at >= before
    shares = list(got.authors.values_list("name", "employee_no", "person", "share"))
    assert shares == [("韩铸", "10001", story.plant.author.pk, 5), ("陆锍", "10002", story.plant.coauthor.pk, 3)]
    problem = got.problems.get()
    assert problem.imported and problem.raised_by is None and problem.state == "solved" and problem.raised_at >= before
    assert PastProblem.objects.get().number == "NT-A-07" and problem.number == "NT-0001"
    entry = Entry.objects.get(event="history.imported")
    assert entry.chain.subject == f"unit:{story.plant.workshop.pk}"
    said = json.loads(entry.payload.body)
    assert said["awards"] == 1 and said["problems"] == 1 and said["file"] == Upload.objects.get().digest


def test_the_same_file_and_the_same_row_again_bring_nothing_in(story: HistoryStory) -> None:
    content = xlsx([award(problems="NT-A-07"), award(number="", title="无编号的一条")], [PROBLEM])
    story.bring_in(content)
    again = page(story.upload(content))
    assert "这个文件以前导入过" in again and "没有要改的" in again and 'name="plan"' not in again
    other = story.upload(xlsx([award(number="HJ-2", title="另一项"), award(number="", title="无编号的一条")]))
    assert "导入 1 行" in page(other)
    story.confirm(other)
    assert PastAward.objects.count() == 3 and Problem.objects.count() == 1


def test_a_double_click_on_confirm_is_recorded_once(story: HistoryStory) -> None:
    looked_at = story.upload(xlsx([award()]))
    story.confirm(looked_at)
    assert story.confirm(looked_at)["Location"] == reverse("import_history")
    assert PastAward.objects.count() == 1 and Entry.objects.filter(event="history.imported").count() == 1


def test_two_previews_of_one_row_bring_it_in_once(story: HistoryStory) -> None:
    first, second = story.upload(xlsx([award()])), story.upload(xlsx([award(), award(number="HJ-9", title="别的")]))
    kept = Upload.objects.earliest("pk")
    plan = compute(kept)
    applying.apply(actor=story.officer, upload=kept, digest=plan.digest)
    late = story.confirm(second)
    assert late.status_code == 409 and "导入 1 行" in page(late)
    story.confirm(late)
    assert PastAward.objects.count() == 2 and first.status_code == 200


def test_a_row_that_came_in_otherwise_is_not_written_over(story: HistoryStory) -> None:
    story.bring_in(xlsx([award()]))
    seen = page(story.upload(xlsx([award(amount="3000.00")])))
    assert "以前导入过，但内容不同；导入的历史不覆盖" in seen and "第 2 行 A 列" in seen
    assert PastAward.objects.get().amount == Decimal("2000.00")


def test_one_award_with_and_without_a_number_is_asked_about(story: HistoryStory) -> None:
    story.bring_in(xlsx([award(number="")]))
    assert "两条中只有一条有编号" in page(story.upload(xlsx([award()])))


@pytest.mark.parametrize(
    "written",
    ["2024-03", "2024年3月", "2024/3", "2024.03", "２０２４年３月", "202403", 202403, date(2024, 3, 1),
     datetime(2024, 3, 15), "2024-03-15", 45366],
)  # fmt: skip
def test_a_month_as_people_write_it(story: HistoryStory, written: object) -> None:
    story.bring_in(xlsx([award(month=written)]))
    assert PastAward.objects.get().month == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("3,000", "3000.00"), ("￥3000元", "3000.00"), ("0.3万", "3000.00"), ("1.2万元", "12000.00"), (3000, "3000.00"),
     (3000.1, "3000.10"), (0.1 + 0.2, "0.30"), ("", None), ("１２０", "120.00"), ("1,234,567.89", "1234567.89")],
)  # fmt: skip
def test_a_sum_as_people_write_it(story: HistoryStory, written: object, meant: str | None) -> None:
    story.bring_in(xlsx([award(amount=written)]))
    assert PastAward.objects.get().amount == (None if meant is None else Decimal(meant))


BAD = [
    ({"month": "去年三月"}, "表“获奖”第 2 行 C 列“年月”：去年三月 不是年月，请写成 2024-03。"),
    ({"month": "2024-13"}, "C 列“年月”：2024-13 不是年月"),
    ({"month": 2024.1}, "C 列“年月”：2024.1 不明确"),
    ({"month": "2999-01"}, "C 列“年月”：2999-01 不可能是历史获奖的年月"),
    ({"title": "=1+1"}, "B 列“名称”：是公式，请写值。"),
    ({"title": ""}, "B 列“名称”：没有填。"),
    ({"title": "字" * 121}, "B 列“名称”：121 个字，最多 120 个。"),
    ({"unit": "RL-没有"}, "D 列“单位”：熔炼车间没有单位 RL-没有。"),
    ({"unit": "WW-HX"}, "D 列“单位”：熔炼车间没有单位 WW-HX。"),
    ({"authors": "韩铸/10001:半"}, "E 列“作者”：韩铸/10001:半：份额须是 1 以上的整数。"),
    ({"authors": "10001"}, "E 列“作者”：10001 不是“姓名/工号:份额”的写法。"),
    ({"authors": "李四/10001:1"}, "E 列“作者”：账号 10001 的姓名不是 李四。"),
    ({"authors": "韩铸/10001；韩铸/10001"}, "E 列“作者”：韩铸 写了两次。"),
    ({"authors": ""}, "E 列“作者”：没有填。"),
    ({"grade": ""}, "F 列“等级”：没有填。"),
    ({"amount": "两千"}, "G 列“奖金”："),
    ({"amount": "3,5"}, "G 列“奖金”：3,5 的逗号不在千位上。"),
    ({"amount": "-200"}, "G 列“奖金”："),
    ({"amount": "12345678901234"}, "G 列“奖金”："),
    ({"amount": "0.0000001万"}, "G 列“奖金”："),
    ({"amount": "=SUM(A1:A9)"}, "G 列“奖金”：是公式，请写值。"),
    ({"problems": "NT-9999"}, "H 列“难题编号”：难题库和本文件里都没有难题 NT-9999。"),
    ({"saving": "#REF!"}, "I 列“核定效益”：是错误值，请写值。"),
]


@pytest.mark.parametrize(("changes", "said"), BAD)
def test_each_bad_cell_is_named_and_the_rest_comes_in(story: HistoryStory, changes: dict, said: str) -> None:
    looked_at = story.upload(xlsx([award(**changes), award(number="HJ-2", title="好的一行")]))
    seen = page(looked_at)
    assert said in seen and "导入 1 行" in seen
    story.confirm(looked_at)
    assert PastAward.objects.get().title == "好的一行"


def test_a_number_twice_is_taken_neither_time(story: HistoryStory) -> None:
    seen = page(story.upload(xlsx([award(), award(title="另一项"), award(number="", title="第三项")])))
    assert "第 2 行 A 列“编号”：HJ-2024-018 在第 3 行也有" in seen
    assert "第 3 行 A 列“编号”：HJ-2024-018 在第 2 行也有" in seen
    assert "导入 1 行" in seen


def test_merged_cells_are_named(story: HistoryStory) -> None:
    content = xlsx([award(), award(number="HJ-2", title="另一项")], merge="F2:F3")
    seen = page(story.upload(content))
    assert seen.count("F 列“等级”") == 2 and 'name="plan"' not in seen


def test_people_without_an_account_are_kept_by_name(story: HistoryStory) -> None:
    looked_at = story.upload(xlsx([award(authors="老赵/90001:2；韩铸/10001:1；钱师傅")]))
    assert "没有账号，按姓名保留：老赵, 钱师傅" in page(looked_at)
    story.confirm(looked_at)
    found = list(PastAward.objects.get().authors.values_list("name", "employee_no", "person", "share"))
    assert found == [("老赵", "90001", None, 2), ("韩铸", "10001", story.plant.author.pk, 1), ("钱师傅", "", None, 1)]


def test_whoever_left_keeps_the_award_under_the_account(story: HistoryStory) -> None:
    story.plant.author.is_active = False
    story.plant.author.save()
    story.bring_in(xlsx([award()]))
    assert PastAward.objects.get().authors.first().person == story.plant.author


def test_a_unit_by_name_unless_two_bear_it(story: HistoryStory) -> None:
    story.bring_in(xlsx([award(unit="闪速炉甲班")]))
    assert PastAward.objects.get().unit == story.plant.team
    Unit.objects.create(code="RL-ZX-9", name="闪速炉乙班", kind=UnitKind.TEAM, parent=story.plant.other_section)
    assert "有几个单位都叫闪速炉乙班" in page(story.upload(xlsx([award(number="2", unit="闪速炉乙班")])))
    story.bring_in(xlsx([award(unit="RL-SSL-1"), award(number="3", title="新的")]))
    assert PastAward.objects.count() == 2  # the first by its unit's code is the same row


WHOLE = [
    (b"", "文件是空的"),
    (b"PK\x03\x04 no zip", "打不开"),
    (b"\xd0\xcf\x11\xe0 old", "旧版或加密的"),
    (b"a,b\n1,2\n", "请用模板"),
    (xlsx([award()], names=("Sheet1", "Sheet2")), "没有名为“获奖”或“难题”的表。文件里有：Sheet1、Sheet2。"),
    (xlsx([("x",)], head=("随便",)), "缺：名称、年月、单位、作者、等级"),
    (xlsx([award()] * 5001), "超过 5000 行"),
    (xlsx(), "列名下面没有内容"),
]


@pytest.mark.parametrize(("content", "said"), WHOLE)
def test_a_file_that_cannot_be_used_is_refused_whole(story: HistoryStory, content: bytes, said: str) -> None:
    answer = story.upload(content)
    assert answer.status_code == 422 and said in page(answer)
    assert not Upload.objects.exists()


def test_thirty_thousand_rows_are_refused_without_reading_them_all(story: HistoryStory) -> None:
    answer = story.upload(xlsx([award(number=f"H{n}") for n in range(30_000)]))
    assert answer.status_code == 422 and "超过 5000 行" in page(answer)


def test_a_bomb_is_not_unpacked(story: HistoryStory) -> None:
    bomb = rezipped(xlsx([award()]), xl__worksheets__sheet1_dot_xml=b" " * 60_000_000)
    answer = story.upload(bomb)
    assert answer.status_code == 422 and "解开后太大" in page(answer)


def test_statements_do_not_grow_with_the_rows(story: HistoryStory) -> None:
    def statements(start: int, count: int) -> int:
        rows = [award(number=f"N{n}", title=f"第 {n} 项", problems="NT-A-07") for n in range(start, start + count)]
        story.upload(xlsx(rows, [PROBLEM]))
        kept = Upload.objects.latest("pk")
        plan = compute(kept)
        assert len(plan.awards) == count
        with CaptureQueriesContext(
            connection,
        ) as seen:
            applying.apply(actor=story.officer, upload=kept, digest=plan.digest)
        return len(seen)

    statements(0, 1)
    assert statements(1000, 5) == statements(2000, 400)


def test_only_the_workshops_officer_brings_it_in(story: HistoryStory) -> None:
    plant = story.plant
    for person in (plant.author, plant.admin, plant.reviewers[0], plant.stranger):
        assert story.upload(xlsx([award()]), by=person).status_code == 403
    other = Unit.objects.create(code="DJ", name="电解车间", kind=UnitKind.WORKSHOP, parent=plant.company)
    looked_at = story.upload(xlsx([award()]))
    kept = Upload.objects.get()
    plant.hold(plant.stranger, Role.INNOVATION_OFFICER, other)
    theirs = plant.client(plant.stranger)
    assert theirs.get(reverse("history_preview", args=[kept.pk])).status_code == 404
    assert story.confirm(looked_at, by=plant.stranger).status_code == 404
    assert not PastAward.objects.exists()


def test_an_officer_no_longer_in_office_confirms_nothing(story: HistoryStory) -> None:
    looked_at = story.upload(xlsx([award()]))
    story.officer.holdings.update(ends_at=now())
    assert story.confirm(looked_at).status_code == 403 and not PastAward.objects.exists()


def test_the_template_comes_in_as_it_is(story: HistoryStory) -> None:
    answer = story.plant.client(story.officer).get(reverse("history_template"))
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["获奖", "难题"]
    story.bring_in(answer.content)
    assert PastAward.objects.get().problems.get().title == "浸出槽搅拌死角结垢"


def test_it_is_read_by_the_workshop_and_by_no_other(story: HistoryStory) -> None:
    plant = story.plant
    story.bring_in(xlsx([award(problems="NT-A-07")], [PROBLEM]))
    got = PastAward.objects.get()
    listed = page(plant.client(plant.stranger).get(reverse("past_awards")))
    assert "浸出槽搅拌桨加导流筒" in listed and "2024" in listed and "¥2,000.00" in listed
    one = page(plant.client(plant.stranger).get(reverse("past_award", args=[got.pk])))
    assert "导入的历史" in one and "浸出槽搅拌死角结垢" in one and "历年获奖.xlsx" in one
    Person.objects.filter(pk=plant.stranger.pk).update(language="en")
    assert "imported history" in page(plant.client(plant.stranger).get(reverse("past_award", args=[got.pk])))
    outside = plant.client(plant.contractor_person)
    assert outside.get(reverse("past_award", args=[got.pk])).status_code == 404
    assert "浸出槽" not in page(outside.get(reverse("past_awards")))


def test_figures_of_history_stand_apart(story: HistoryStory) -> None:
    rows = [award(problems="NT-A-07"), award(number="2", title="二", month="2023-05", amount="500", saving="")]
    story.bring_in(xlsx(rows, [PROBLEM]))
    found = queries.by_year(queries.past_awards(story.plant.workshop))
    assert [(y.year, y.awards, y.amount, y.saving, y.problems) for y in found] == [
        (2024, 1, Decimal("2000.00"), Decimal("186000.00"), 1),
        (2023, 1, Decimal("500.00"), Decimal(0), 0),
    ]


def test_the_list_takes_as_many_statements_for_ten_as_for_a_hundred(story: HistoryStory) -> None:
    client = story.plant.client(story.plant.author)

    def statements() -> int:
        client.get(reverse("past_awards"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("past_awards"))
        return len(seen)

    story.bring_in(xlsx([award(number=f"A{n}", title=f"第 {n} 项") for n in range(3)]))
    few = statements()
    story.bring_in(xlsx([award(number=f"B{n}", title=f"又第 {n} 项") for n in range(45)]))
    assert statements() == few
