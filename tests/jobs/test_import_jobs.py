"""A file of jobs is looked at, its columns are named, and what was confirmed comes in once; each bad row is named."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from maintenance_audit.jobs import tasks
from maintenance_audit.jobs.importing import applying, fields, progress
from maintenance_audit.jobs.models import ImportFault, ImportRow, ImportState, Job, JobImport, JobPerson
from maintenance_audit.lots import independence
from maintenance_audit.register.models import Equipment, FailureCode
from tests.jobs.import_story import Bringing, written
from tests.jobs.story import Register
from tests.plant import Plant
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry, Payload
from workflows.organisation.models import Person, Unit

pytestmark = pytest.mark.django_db
HEAD = ["委托单号", "检修内容", "位号", "故障码", "外委单位", "状态", "开工日期", "验收日期", "工时", "结算金额"]
ROW = ["WX-1", "换机械密封", "P-2101A", "LEAK", "宏兴检修公司", "已验收", "2026-03-01", "2026-03-05", "16.5",
       "¥1,200.00"]  # fmt: skip


def row(**changes: str) -> list[str]:
    return [changes.get(name, value) for name, value in zip(HEAD, ROW, strict=True)]


@pytest.fixture
def bringing(plant: Plant, settings: Any, tmp_path: Any) -> Bringing:
    settings.MEDIA_ROOT = tmp_path
    planner = Register.of(plant).planner
    return Bringing(plant.client(planner), planner)


def test_a_job_comes_in_as_the_source_has_it(plant: Plant, bringing: Bringing) -> None:
    page = bringing.read(written([HEAD, row(), row(委托单号="WX-2", 状态="已结算", 故障码="NA")]), firm_rule="column")
    assert "WX-1" in page and "换机械密封" in page
    bringing.confirm()
    one, two = Job.objects.order_by("number")
    assert (one.state, one.accepted_on, one.hours, one.contractor) == (
        "accepted",
        date(2026, 3, 5),
        16.5,
        plant.contractor,
    )
    assert (one.source, one.gate_evidenced, one.case, one.section) == ("sheet", False, None, plant.section)
    assert one.failure_code == one.first_failure_code == Register.of(plant).leak
    assert (one.estimate, one.settled_amount, one.settled_at) == (1200, None, None)
    assert (two.state, two.settled_amount, two.failure_code) == ("settled", 1200, None) and two.settled_at
    assert abs((now() - one.received_at).total_seconds()) < 60
    entry = Entry.objects.get(chain__subject=f"job:{one.pk}")
    assert entry.event == "maintenance_audit.job.imported"
    assert Entry.objects.filter(event="maintenance_audit.jobs.imported").count() == 1
    assert bringing.client.get("/jobs/WX-1/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"验收日期": "2026-02-30"}, "H"),
        ({"验收日期": ""}, "H"),
        ({"验收日期": "2099-01-01"}, "H"),
        ({"开工日期": "昨天"}, "G"),
        ({"工时": "-3"}, "I"),
        ({"工时": "很多"}, "I"),
        ({"工时": "NaN1"}, "I"),
        ({"结算金额": "=1+1"}, "J"),
        ({"结算金额": "9" * 15}, "J"),
        ({"状态": "差不多了"}, "F"),
        ({"委托单号": ""}, "A"),
        ({"委托单号": "WX|1"}, "A"),
        ({"委托单号": "X" * 41}, "A"),
        ({"位号": ""}, "C"),
        ({"位号": "B-3301"}, "C"),  # another section's
        ({"外委单位": "没有这家"}, "E"),
        ({"故障码": "F" * 41}, "D"),
    ],
)
def test_a_bad_row_is_named_and_left_out(bringing: Bringing, changes: dict[str, str], column: str) -> None:
    bringing.read(written([HEAD, row(**changes), row(委托单号="WX-9")]), firm_rule="column")
    faults = list(bringing.faults())
    assert [(line, at) for line, at, _value, _why in faults] == [(2, column)], faults
    bringing.confirm()
    assert list(Job.objects.values_list("number", flat=True)) == ["WX-9"]
    sheet = load_workbook(BytesIO(bringing.client.get(f"{bringing.page}rows.xlsx").content)).active
    assert [cell.value for cell in next(sheet.iter_rows(min_row=2))][:3] == [2, column, HEAD[ord(column) - 65]]


def test_one_number_twice(bringing: Bringing) -> None:
    same, other = row(委托单号="WX-5"), row(委托单号="WX-6")
    rows = [HEAD, same, same, other, row(委托单号="WX-6", 检修内容="别的活"), row()]
    bringing.read(written(rows), firm_rule="column")
    assert [(line, value) for line, _at, value, _why in bringing.faults()] == [(4, "WX-6"), (5, "WX-6")]
    assert [(line, value) for line, _at, value, _why in bringing.faults(warning=True)] == [(3, "WX-5")]
    bringing.confirm()
    assert set(Job.objects.values_list("number", flat=True)) == {"WX-5", "WX-1"}


def speaks(bringing: Bringing, language: str) -> None:
    assert bringing.person is not None
    bringing.person.language = language
    bringing.person.save(update_fields=["language"])


def peopled(plant: Plant, **changes: Any) -> tuple[list[str], list[str]]:
    """Header and row with a column for each of a job's people."""
    reg = Register.of(plant)
    named = {
        "提出人": plant.author, "批准人": plant.section_chiefs[0], "派工人": reg.planner, "现场监护人": reg.supervisor,
        "验收人": plant.section_chiefs[0], "结算人": reg.planner,
    }  # fmt: skip
    numbers = {part: person.employee_no for part, person in named.items()} | changes
    return [*HEAD, *numbers], [*ROW, *numbers.values()]


def test_a_file_names_the_jobs_people_and_none_of_them_checks_it(plant: Plant, bringing: Bringing) -> None:
    head, told = peopled(plant)
    page = bringing.read(written([head, told]), firm_rule="column")
    reg = Register.of(plant)
    assert f"现场监护人 {reg.supervisor.name} {reg.supervisor.employee_no}" in page
    bringing.confirm()
    job = Job.objects.get()
    found = dict(JobPerson.objects.filter(job=job).values_list("part", "person__name"))
    assert found == {
        "requester": plant.author.name, "approver": plant.section_chiefs[0].name, "dispatcher": reg.planner.name,
        "supervisor": reg.supervisor.name, "acceptor": plant.section_chiefs[0].name, "settler": reg.planner.name,
    }  # fmt: skip
    barred = {person for person, relation in independence.parties_of(job) if relation == "job_person"}
    named = {plant.author.pk, plant.section_chiefs[0].pk, reg.planner.pk, reg.supervisor.pk}
    assert barred == named and plant.section_member.pk not in barred
    said = json.loads(Payload.objects.get(entry__chain__subject=f"job:{job.pk}").body or "")
    assert said["people"]["supervisor"] == reg.supervisor.employee_no
    assert reg.supervisor.name in bringing.client.get("/jobs/WX-1/").content.decode()


@pytest.mark.parametrize(
    ("language", "column", "why"),
    [("zh-hans", "N", "本公司没有工号 99999"), ("en", "N", "nobody of this company has the employee number 99999")],
)
def test_an_employee_number_that_nobody_has(
    plant: Plant, bringing: Bringing, language: str, column: str, why: str
) -> None:
    speaks(bringing, language)
    head, wrong = peopled(plant, 现场监护人="99999")
    _head, fine = peopled(plant, 现场监护人="", 提出人="NA")
    page = bringing.read(written([head, wrong, ["WX-2", *fine[1:]]]), firm_rule="column")
    assert "WX-2</td>" in page and "WX-1</td>" not in page, "what is left out is not shown among what comes in"
    assert list(bringing.faults()) == [(2, column, "99999", why)]
    bringing.confirm()
    parts = set(JobPerson.objects.values_list("job__number", "part"))
    assert {number for number, _part in parts} == {"WX-2"} and len(parts) == 4


def test_people_of_other_firms_and_companies_are_as_if_they_were_not_there(plant: Plant, bringing: Bringing) -> None:
    other = Unit.objects.create(code="GS-2", name="另一家公司", kind="company")
    stranger = Person.objects.create(employee_no="77001", name="别家人", unit=other, joined_on=plant.author.joined_on)
    outside = [plant.contractor_person.employee_no, stranger.employee_no, "99999"]
    rows = [[f"WX-{n}", *peopled(plant, 验收人=number)[1][1:]] for n, number in enumerate(outside)]
    page = bringing.read(written([peopled(plant)[0], *rows]), firm_rule="column")
    said = {why.replace(value, "…") for _line, _at, value, why in bringing.faults()}
    assert len(list(bringing.faults())) == 3 and said == {"本公司没有工号 …"}
    assert stranger.name not in page and plant.contractor_person.name not in page
    bringing.confirm()
    assert not Job.objects.exists()


def test_people_named_later_are_not_written_over(plant: Plant, bringing: Bringing) -> None:
    bringing.read(written([HEAD, row()]), firm_rule="column")
    bringing.confirm()
    head, told = peopled(plant)
    page = bringing.read(written([head, told]), firm_rule="column")
    assert "已经有了，内容不同" in page and not JobPerson.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_is_read_as_it_is(plant: Plant, bringing: Bringing, language: str) -> None:
    speaks(bringing, language)
    content = bringing.client.get("/jobs/import/template.xlsx").content
    head = [str(cell.value) for cell in next(load_workbook(BytesIO(content)).active.iter_rows())]
    assert len(fields.guess(head)) == len(fields.FIELDS) and fields.guess_tag(head) == [1]
    bringing.hand_in(content, "jobs.xlsx")
    assert bringing.name_columns(firm_rule="column").status_code == 302
    bringing.work()
    assert bringing.upload.counts["new"] == 1, list(bringing.faults())


def test_a_number_that_is_there_is_not_written_over(bringing: Bringing) -> None:
    bringing.read(written([HEAD, row()]), firm_rule="column")
    bringing.confirm()
    page = bringing.read(written([HEAD, row(检修内容="换了说法"), row(委托单号="WX-2")]), firm_rule="column")
    assert "已经有了" in page
    bringing.confirm()
    assert Job.objects.get(number="WX-1").title == "换机械密封" and Job.objects.count() == 2


def test_what_the_register_lacks_is_added_or_left_out(plant: Plant, bringing: Bringing) -> None:
    strange = row(委托单号="WX-3", 位号="P 新 1", 故障码="CRACK")
    bringing.read(written([HEAD, strange]), firm_rule="column", make="")
    assert {at for _line, at, _value, _why in bringing.faults()} == {"C", "D"}
    bringing.client.get(f"{bringing.page}?columns=1")
    bringing.name_columns(firm_rule="column")
    bringing.work()
    bringing.confirm()
    made = Equipment.objects.get(tag="P_新_1")
    assert made.unit == plant.section and Job.objects.get().equipment == made
    assert FailureCode.objects.filter(code="CRACK").exists()
    assert Entry.objects.filter(chain__subject=f"equipment:{made.pk}").count() == 1


def test_columns_are_named_as_last_time(bringing: Bringing) -> None:
    content = written([["单", "活", "牌"], ["A-1", "换泵", "P-2101A"]])
    page = bringing.hand_in(content).content.decode()
    assert "按上次" not in page
    assert bringing.name_columns().status_code == 422  # nothing was guessed
    named = {"number": "0", "title": "1", "tag_0": "2", "state_all": "requested", "firm_rule": "none"}
    assert bringing.name_columns(**named).status_code == 302
    page = bringing.hand_in(written([["单", "活", "牌"], ["A-2", "换泵", "P-2101A"]])).content.decode()
    assert "按上次" in page and '<option value="2" selected>C 牌' in page


def test_a_workbook_reads_as_a_csv_does(plant: Plant, bringing: Bringing) -> None:
    book = Workbook()
    for cells in (HEAD, [*ROW[:6], date(2026, 3, 1), date(2026, 3, 5), 16.5, 1200.4], row(委托单号="WX-2")):
        book.active.append(cells)
    target = BytesIO()
    book.save(target)
    bringing.hand_in(target.getvalue(), "委托单.xlsx")
    bringing.name_columns(firm_rule="column")
    bringing.work()
    bringing.confirm()
    one, two = Job.objects.order_by("number")
    assert (one.accepted_on, one.hours, str(one.estimate)) == (date(2026, 3, 5), 16.5, "1200.40")
    assert (two.accepted_on, two.hours) == (one.accepted_on, one.hours)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xd0\xcf\x11\xe0old", b"PK\x03\x04none", b"a,b\n", b",,\n1,2\n", b"a\x00b,c\n1,2\n", b"\xff\xfe\x00\xd8"],
)
def test_files_that_are_none(bringing: Bringing, content: bytes) -> None:
    answer = bringing.hand_in(content)
    assert answer.status_code == 422 and not JobImport.objects.exists()


def test_gbk_as_excel_saves_it(bringing: Bringing) -> None:
    bringing.read(written([HEAD, row()]).decode().encode("gb18030"), firm_rule="column")
    bringing.confirm()
    assert Job.objects.get().title == "换机械密封"


def test_a_worker_that_was_killed_goes_on(bringing: Bringing, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(委托单号=f"WX-{n}") for n in range(10)]
    bringing.read(written([HEAD, *rows]), firm_rule="column")
    bringing.client.post(f"{bringing.page}confirm/")
    monkeypatch.setattr(applying, "BATCH", 4)
    upload, batch = bringing.upload, applying._batch

    def killed(found: Any, params: Any) -> bool:
        if Job.objects.exists():
            raise MemoryError
        return batch(found, params)

    monkeypatch.setattr(applying, "_batch", killed)
    tasks.work_on_import(upload.pk)
    upload.refresh_from_db()
    assert upload.state == ImportState.FAILED and Job.objects.count() == 4
    monkeypatch.undo()
    bringing.client.post(f"{bringing.page}go-on/")
    bringing.work()
    upload.refresh_from_db()
    assert upload.state == ImportState.APPLIED and Job.objects.count() == upload.made == 10
    assert Entry.objects.filter(event="maintenance_audit.job.imported").count() == 10


def test_what_was_forgotten_is_taken_up(bringing: Bringing) -> None:
    bringing.hand_in(written([HEAD, row()]))
    bringing.name_columns(firm_rule="column")
    tasks.work_on_forgotten_imports()
    assert bringing.upload.state == ImportState.CHECKING  # somebody may be at it
    JobImport.objects.update(moved_at=now() - progress.FORGOTTEN * 2)
    tasks.work_on_forgotten_imports()
    assert bringing.upload.state == ImportState.CHECKED


def test_the_plant_changed_between_preview_and_confirmation(plant: Plant, bringing: Bringing) -> None:
    bringing.read(written([HEAD, row(), row(委托单号="WX-2", 位号="P-2102")]), firm_rule="column")
    Equipment.objects.create(tag="P-2102", name="泵", unit=plant.other_section)
    bringing.confirm()
    assert bringing.upload.made == 1 and bringing.upload.state == ImportState.APPLIED
    assert [why for _line, _at, value, why in bringing.faults() if value == "WX-2"]


def test_put_away_and_confirmed_twice(bringing: Bringing) -> None:
    bringing.read(written([HEAD, row()]), firm_rule="column")
    first = bringing.page
    bringing.confirm()
    bringing.confirm()
    assert Job.objects.count() == 1 and Entry.objects.filter(event="maintenance_audit.jobs.imported").count() == 1
    bringing.client.post(f"{first}discard/")
    assert bringing.upload.state == ImportState.APPLIED
    bringing.hand_in(written([HEAD, row(委托单号="WX-7")]))
    bringing.client.post(f"{bringing.page}discard/")
    assert not ImportRow.objects.exists() and not ImportFault.objects.filter(upload=bringing.upload).exists()
    assert bringing.upload.state == ImportState.DISCARDED


def test_nobody_else_sees_it(plant: Plant, bringing: Bringing) -> None:
    bringing.read(written([HEAD, row()]), firm_rule="column")
    addresses = ["", "progress/", "rows.xlsx"]
    acts = ["", "confirm/", "go-on/", "discard/"]
    other = plant.client(Register.of(plant).workshop_planner)
    assert {other.get(f"{bringing.page}{end}").status_code for end in addresses} == {404}
    assert {other.post(f"{bringing.page}{end}").status_code for end in acts} == {404}
    for person in (plant.author, plant.observer, plant.contractor_person, plant.admin):
        client = plant.client(person)
        assert {client.get(f"{bringing.page}{end}").status_code for end in addresses} == {403}
        assert {client.post(f"{bringing.page}{end}").status_code for end in acts} == {403}
        assert client.get("/jobs/import/").status_code == 403
    assert bringing.upload.state == ImportState.CHECKED and not Job.objects.exists()


def test_the_page_tells_how_far_it_is(bringing: Bringing) -> None:
    bringing.hand_in(written([HEAD, row()]))
    bringing.name_columns(firm_rule="column")
    page = bringing.client.get(bringing.page).content.decode()
    assert "<progress" in page and 'hx-trigger="every 1s"' in page
    assert b"<progress" in bringing.client.get(f"{bringing.page}progress/").content
    bringing.work()
    assert bringing.client.get(f"{bringing.page}progress/")["HX-Refresh"] == "true"


def test_no_input_dates_anything_back(bringing: Bringing) -> None:
    """What the file says of the past is the job's; when it was received is the server's."""
    moment = now()
    with injected(moment):
        bringing.read(written([HEAD, row()]), firm_rule="column")
        bringing.confirm()
    job = Job.objects.get()
    assert job.received_at == moment and job.started_at and job.started_at < moment
