"""A roster is looked at first, changes nothing before it is confirmed, and comes from strangers."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.organisation.rosters import A_DAY, csv, read_back, rezipped, sheet_of, xlsx
from tests.plant import Plant
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role, RosterImport


def page(answer) -> str:
    return answer.content.decode()


def upload(plant: Plant, content: bytes, name: str = "花名册.xlsx", by: Person | None = None, follow: bool = True):
    file = SimpleUploadedFile(name, content)
    return plant.client(by or plant.admin).post(reverse("admin_roster"), {"file": file}, follow=follow)


def confirm(plant: Plant, looked_at, by: Person | None = None):
    digest = re.search(r'name="plan" value="(\w+)"', page(looked_at))[1]
    kept = RosterImport.objects.latest("pk")
    return plant.client(by or plant.admin).post(reverse("admin_roster_confirm", args=[kept.pk]), {"plan": digest})


def author_row(plant: Plant, **changes: object) -> list[object]:
    row = {
        "no": plant.author.employee_no, "name": "韩铸", "unit": "RL-SSL-1", "title": "炉前操作工",
        "mail": plant.author.email, "joined": date(2019, 7, 1),
    }  # fmt: skip
    return list({**row, **changes}.values())


NEWCOMER = ["20001", "新锍", "RL-SSL-2", "学徒", "", A_DAY]


def test_looking_changes_nothing_and_confirming_changes_all(plant: Plant) -> None:
    looked_at = upload(plant, xlsx(NEWCOMER, author_row(plant, unit="RL-ZX-1", title="浮选工")))
    seen = page(looked_at)
    assert "导入 2 行" in seen and "<del>炉前操作工</del>" in seen and "<ins>浮选工</ins>" in seen
    assert "<del>闪速炉甲班</del>" in seen and "<ins>渣选甲班</ins>" in seen
    assert not Person.objects.filter(employee_no="20001").exists()
    done = page(confirm(plant, looked_at))
    newcomer = Person.objects.get(employee_no="20001")
    assert newcomer.unit == plant.second_team and newcomer.joined_on == A_DAY and newcomer.must_change_password
    assert newcomer.check_password(re.search(r"20001.*?([A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})", done, re.S)[1])
    plant.author.refresh_from_db()
    assert plant.author.title == "浮选工" and plant.author.postings.filter(ends_at=None).get().unit == plant.other_team
    told = Entry.objects.filter(chain__subject=f"person:{plant.author.pk}").values_list("event", flat=True)
    assert set(told) == {"organisation.person.amended", "organisation.person.moved"}


def test_the_same_file_twice_changes_nothing(plant: Plant) -> None:
    content = xlsx(NEWCOMER, author_row(plant, title="炉长"))
    confirm(plant, upload(plant, content))
    entries = Entry.objects.count()
    again = upload(plant, content)
    assert "没有要改的" in page(again) and "导入 2 行" not in page(again)
    assert Entry.objects.count() == entries


def test_a_double_click_on_confirm_is_recorded_once(plant: Plant) -> None:
    looked_at = upload(plant, xlsx(NEWCOMER))
    confirm(plant, looked_at)
    assert confirm(plant, looked_at)["Location"] == reverse("admin_roster")
    assert Person.objects.filter(employee_no="20001").count() == 1


def test_a_stale_preview_is_not_applied(plant: Plant) -> None:
    looked_at = upload(plant, xlsx(author_row(plant, title="炉长")))
    Person.objects.filter(pk=plant.author.pk).update(title="调度员")
    answer = confirm(plant, looked_at)
    assert answer.status_code == 409 and "您看过之后人员又有变动" in page(answer)
    assert "<del>调度员</del>" in page(answer)
    plant.author.refresh_from_db()
    assert plant.author.title == "调度员"
    assert confirm(plant, answer).status_code == 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_in_any_chinese_encoding(plant: Plant, encoding: str) -> None:
    content = csv(["20001", "钱铼", "RL-SSL-2", "学徒", "", "2020-03-01"], encoding=encoding)
    confirm(plant, upload(plant, content, "花名册.csv"))
    assert Person.objects.get(employee_no="20001").name == "钱铼"


def test_english_headers_in_another_order(plant: Plant) -> None:
    head = ["Name", "Unit code", "Employee No.", "备注"]
    looked_at = upload(plant, xlsx(["新锍", "RL-SSL-2", 20001.0, "随便"], head=head))
    assert "没有读的列：备注" in page(looked_at)
    confirm(plant, looked_at)
    assert Person.objects.get(employee_no="20001").name == "新锍"


@pytest.mark.parametrize(
    "written",
    [date(2020, 3, 1), datetime(2020, 3, 1), "2020-03-01", "2020/3/1", "2020年3月1日", "20200301", 20200301, 43891],
)
def test_a_date_as_people_write_it(plant: Plant, written: object) -> None:
    confirm(plant, upload(plant, xlsx([*NEWCOMER[:5], written])))
    assert Person.objects.get(employee_no="20001").joined_on == A_DAY


BAD = [
    ([*NEWCOMER[:5], "2026-02-30"], "第 2 行 F 列“入职日期”：2026-02-30 不是日期。"),
    ([*NEWCOMER[:5], "明天"], "第 2 行 F 列“入职日期”：明天 不是日期。"),
    ([*NEWCOMER[:5], "0020-03-01"], "第 2 行 F 列“入职日期”：年份 20 不可能。"),
    (["20001", "=1+1", "RL-SSL-2"], "第 2 行 B 列“姓名”：是公式，请写值。"),
    (["20001", "+cmd|' /C calc'!A0", "RL-SSL-2"], "第 2 行 B 列“姓名”：是公式，请写值。"),
    (["20001", "#REF!", "RL-SSL-2"], "第 2 行 B 列“姓名”：是错误值，请写值。"),
    (["", "新锍", "RL-SSL-2"], "第 2 行 A 列“工号”：没有填。"),
    (["20001", "", "RL-SSL-2"], "第 2 行 B 列“姓名”：没有填。"),
    (["200|01", "新锍", "RL-SSL-2"], "第 2 行 A 列“工号”：不能含有“|”。"),
    ([20001.5, "新锍", "RL-SSL-2"], "第 2 行 A 列“工号”：20001.5 不是整数。"),
    (["20001", "锍" * 61, "RL-SSL-2"], "第 2 行 B 列“姓名”：61 个字，最多 60 个。"),
    (["20001", "锍" * 10000, "RL-SSL-2"], "第 2 行 B 列“姓名”：10000 个字，太长。"),
    (["20001", "新锍", "NOWHERE"], "第 2 行 C 列“单位编码”：您管的单位里没有 NOWHERE。"),
    (["20001", "新锍", "RL-SSL-2", "", "不是邮箱"], "第 2 行 E 列“邮箱”：不是邮箱 不是邮箱。"),
]


@pytest.mark.parametrize(("row", "sentence"), BAD)
def test_a_bad_row_is_named_with_its_cell_and_reason(plant: Plant, row: list[object], sentence: str) -> None:
    good = ["20002", "好锍", "RL-SSL-2"]
    looked_at = upload(plant, xlsx(row, good))
    seen = page(looked_at).replace("&#x27;", "'")
    assert sentence in seen
    assert "导入 1 行" in seen and "改好再来" in seen
    confirm(plant, looked_at)
    assert Person.objects.filter(employee_no="20002").exists()
    assert not Person.objects.filter(employee_no="20001").exists()


def test_two_rows_for_one_person_are_both_left_out(plant: Plant) -> None:
    seen = page(upload(plant, xlsx(NEWCOMER, ["20002", "好锍", "RL-SSL-2"], NEWCOMER)))
    assert "第 2 行 A 列“工号”：20001 在第 4 行也有。" in seen
    assert "第 4 行 A 列“工号”：20001 在第 2 行也有。" in seen and "导入 1 行" in seen


def test_merged_cells_are_named(plant: Plant) -> None:
    seen = page(upload(plant, xlsx(NEWCOMER, ["20002", "", "RL-SSL-2"], merge="B2:B3")))
    assert "第 2 行 B 列“姓名”：是合并单元格，请拆开逐格填写。" in seen
    assert "第 3 行 B 列“姓名”：是合并单元格，请拆开逐格填写。" in seen


def test_people_of_other_units_are_out_of_reach(plant: Plant) -> None:
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    row = author_row(plant, unit="RL-ZX-1")
    assert "所在单位不归您管" in page(upload(plant, xlsx(row), by=plant.stranger))
    assert "您管的单位里没有 RL-SSL-2" in page(upload(plant, xlsx(NEWCOMER), by=plant.stranger))


def test_one_cannot_move_oneself_by_roster(plant: Plant) -> None:
    seen = page(upload(plant, xlsx([plant.admin.employee_no, "管晓", "RL-SSL-1"])))
    assert "这是您自己" in seen


def test_a_closed_account_is_not_opened_by_a_roster(plant: Plant) -> None:
    Person.objects.filter(pk=plant.author.pk).update(is_active=False)
    assert "请先启用" in page(upload(plant, xlsx(author_row(plant))))


def bomb() -> bytes:
    return rezipped(xlsx(NEWCOMER), xl__worksheets__sheet1_dot_xml=b"<a>" + b" " * (60 * 1024 * 1024) + b"</a>")


def billion_laughs() -> bytes:
    entities = b'<!DOCTYPE x [<!ENTITY a "lol">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8)
    ) + b"]>"  # fmt: skip
    sheet = sheet_of(xlsx(NEWCOMER))
    return rezipped(xlsx(NEWCOMER), xl__worksheets__sheet1_dot_xml=entities + sheet.replace(b"20001", b"&i;"))


def far_cell() -> bytes:
    sheet = sheet_of(xlsx(NEWCOMER)).replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    )
    return rezipped(xlsx(NEWCOMER), xl__worksheets__sheet1_dot_xml=sheet)


FILES = [
    ("空.csv", b"", "文件是空的"),
    ("空白.csv", b"  \r\n ", "文件是空的"),
    ("空表.xlsx", xlsx(head=[]), "文件是空的"),
    ("只有列名.xlsx", xlsx(), "列名下面没有内容"),
    ("错列名.xlsx", xlsx(["1"], head=["编号"]), "缺：工号、姓名、单位编码"),
    ("重列.xlsx", xlsx(["1"], head=["工号", "工号"]), "有两列都叫“工号”"),
    ("旧版.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "旧版或加密的 Excel 文件"),
    ("宏.xlsm", rezipped(xlsx(NEWCOMER), xl__vbaProject_dot_bin=b"x"), "文件带有宏"),
    ("压缩包.xlsx", rezipped(b"PK\x05\x06" + b"\0" * 18, a_dot_txt=b"x"), "这不是表格"),
    ("坏的.xlsx", b"PK\x03\x04" + b"broken" * 20, "这个表格打不开"),
    ("断尾.xlsx", xlsx(NEWCOMER)[:-200], "这个表格打不开"),
    ("半张.xlsx", rezipped(xlsx(NEWCOMER), xl__worksheets__sheet1_dot_xml=b"<worksheet><sheet"), "这个表格打不开"),
    ("炸弹.xlsx", bomb(), "解开后太大"),
    ("实体.xlsx", billion_laughs(), "这个表格打不开"),
    ("远格.xlsx", far_cell(), "超过 5000 行"),
    ("宽.xlsx", xlsx(["1"] * 60), "超过 40 列"),
    ("长.csv", csv(*[["1", "名", "RL"]] * 5001), "超过 5000 行"),
    ("大.csv", b"a" * (50 * 1024 * 1024), "文件 50 MB，最多 10 MB"),
    ("图.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "读不出来"),
    ("二进制.csv", "工号,姓名,单位编码\n1,\0,RL".encode(), "这不是表格"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), FILES, ids=[name for name, _c, _s in FILES])
def test_a_file_that_cannot_be_used_is_refused_at_its_field(
    plant: Plant, name: str, content: bytes, sentence: str
) -> None:
    answer = upload(plant, content, name)
    assert answer.status_code == 422
    assert sentence in page(answer)
    assert not RosterImport.objects.exists()


def test_the_template_comes_back_in(plant: Plant) -> None:
    template = plant.client(plant.admin).get(reverse("admin_roster_template"))
    rows = read_back(template.content)
    assert rows[0] == ["工号", "姓名", "单位编码", "岗位", "邮箱", "入职日期"]
    assert upload(plant, template.content).status_code == 200


def test_the_exported_list_changes_nothing_when_it_comes_back(plant: Plant) -> None:
    exported = plant.client(plant.admin).get(reverse("admin_people_export"))
    assert "没有要改的" in page(upload(plant, exported.content))


def test_putting_a_roster_away(plant: Plant) -> None:
    upload(plant, xlsx(NEWCOMER))
    kept = RosterImport.objects.get()
    client = plant.client(plant.admin)
    client.post(reverse("admin_roster_discard", args=[kept.pk]))
    assert client.get(reverse("admin_roster_preview", args=[kept.pk])).status_code == 302
    assert client.post(reverse("admin_roster_confirm", args=[kept.pk]), {"plan": "x"}).status_code == 302
    assert not Person.objects.filter(employee_no="20001").exists()


def test_nobody_else_sees_or_confirms_the_preview(plant: Plant) -> None:
    looked_at = upload(plant, xlsx(NEWCOMER))
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.workshop)
    kept = RosterImport.objects.get()
    for who, status in ((plant.stranger, 404), (plant.author, 403), (plant.observer, 403)):
        client = plant.client(who)
        assert client.get(reverse("admin_roster_preview", args=[kept.pk])).status_code == status
        assert client.post(reverse("admin_roster_confirm", args=[kept.pk])).status_code == status
        assert client.post(reverse("admin_roster_discard", args=[kept.pk])).status_code == status
    assert confirm(plant, looked_at).status_code == 200


def test_a_few_hundred_rows(plant: Plant, django_assert_max_num_queries) -> None:
    rows = [[f"3{n:05}", f"工友{n}", "RL-SSL-1", "", "", "2021-01-01"] for n in range(412)]
    looked_at = upload(plant, csv(*rows), "花名册.csv")
    assert "导入 412 行" in page(looked_at)
    # One ledger entry a person, and a handful besides.
    with django_assert_max_num_queries(412 + 40):
        confirm(plant, looked_at)
    assert Person.objects.filter(employee_no__startswith="3").count() == 412
