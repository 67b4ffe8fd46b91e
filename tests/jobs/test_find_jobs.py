"""The list of jobs: filtered, searched, exported; as many statements for a thousand as for ten. And what people type
that makes no sense."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maintenance_audit.jobs import holds
from maintenance_audit.jobs.models import Claim, Job
from tests.jobs.story import JobStory, there
from workflows.engine.models import Case

pytestmark = pytest.mark.django_db


def rows(client: Any, **query: str) -> str:
    answer = client.get(reverse("job_list"), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_is_narrowed_by_each_filter(story: JobStory) -> None:
    plant, reg = story.plant, story.register
    old, new = there(plant, 2, prefix="A", accepted_on="2026-03-05")
    (elsewhere,) = there(plant, prefix="B", section=plant.other_section, equipment=reg.conveyor, state="requested",
                         accepted_on=None)  # fmt: skip
    (theirs,) = there(plant, prefix="C", contractor=reg.second_firm.unit, accepted_on="2026-04-30", repeats=old)
    holds.place([new.pk], cause="lot", reference="PC-1", reason="抽检")
    client = plant.client(plant.observer)
    everything = {old.number, new.number, elsewhere.number, theirs.number}
    for query, wanted in (
        ({}, everything),
        ({"q": "B-33"}, {elsewhere.number}),
        ({"q": "A-0000"}, {old.number, new.number}),
        ({"state": "requested"}, {elsewhere.number}),
        ({"section": str(plant.other_section.pk)}, {elsewhere.number}),
        ({"contractor": str(reg.second_firm.unit.pk)}, {theirs.number}),
        ({"month": "2026-03"}, {old.number, new.number}),
        ({"month": "2026-04"}, {theirs.number}),
        ({"repeat": "1"}, {theirs.number}),
        ({"held": "1"}, {new.number}),
        ({"state": "nonsense", "section": "x'--", "month": "2026-13", "page": "999"}, everything),
    ):
        page = rows(client, **query)
        assert {number for number in everything if number in page} == wanted, query
        answer = client.get(reverse("export_jobs"), query)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert {row[0].value for row in sheet.iter_rows(min_row=2)} == wanted, query
    chief = plant.client(story.chief)
    assert elsewhere.number not in rows(chief) and old.number in rows(chief)


def test_a_thousand_cost_as_many_statements_as_ten(story: JobStory) -> None:
    client = story.plant.client(story.plant.observer)
    there(story.plant, 10)
    rows(client)
    with CaptureQueriesContext(connection) as few:
        rows(client)
    there(story.plant, 990, first=11)
    with CaptureQueriesContext(connection) as many:
        rows(client)
    assert len(many) == len(few) and len(few) <= 14
    with CaptureQueriesContext(connection) as exported:
        client.get(reverse("export_jobs"))
    assert len(exported) <= 6


def test_a_job_page_costs_the_same_however_much_there_is(story: JobStory) -> None:
    """What holds it is one statement more than nothing held; twenty holds cost what one costs."""
    story.accepted()
    client, url, job = story.plant.client(story.chief), reverse("job", args=[story.job.number]), story.job
    client.get(url)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    free = statements()
    holds.place([job.pk], cause="finding", reference="WT-0", reason="复核")
    held = statements()
    there(story.plant, 30, repeats=job)
    for n in range(1, 20):
        holds.place([job.pk], cause="finding", reference=f"WT-{n}", reason="复核")
    assert statements() == held == free + 1 and held <= 30


def test_a_number_from_elsewhere_may_hold_a_slash(story: JobStory) -> None:
    plant = story.plant
    (job,) = there(plant, prefix="2026/检/7 #?%")
    answer = plant.client(story.chief).get(reverse("job", args=[job.number]))
    assert answer.status_code == 200 and "换机封" in answer.content.decode()
    assert reverse("job", args=[job.number]) in rows(plant.client(story.chief))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("equipment", "没有这个"),
        ("equipment", "'; DROP TABLE jobs_job; --"),
        ("equipment", "X" * 500),
        ("equipment", "B-3301 "),
        ("failure_code", "999999"),
        ("work_kind", ""),
        ("work_kind", "99999999999999999999999"),
        ("unit", "abc"),
        ("estimate", "-1"),
        ("estimate", "一千"),
        ("estimate", "1e400"),
        ("title", ""),
        ("title", "长" * 121),
        ("scope", "长" * 2001),
    ],
)
def test_a_request_that_makes_no_sense_is_told_and_nothing_typed_is_lost(
    story: JobStory, field: str, value: str
) -> None:
    elsewhere = story.plant.other_section
    if value == "B-3301 ":  # known, but of a workshop of its own
        other = type(elsewhere).objects.create(code="DJ", name="电解车间", kind="workshop", parent=story.plant.company)
        story.register.conveyor.unit = other
        story.register.conveyor.save()
    typed = story.typed(**{field: value})
    answer = story.plant.client(story.plant.author).post(reverse("file_job"), typed)
    assert answer.status_code == 422 and not Case.objects.exists()
    assert "泵机封" in answer.content.decode() or field == "title"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("claim_hours", ""),
        ("claim_hours", "-3"),
        ("claim_hours", "NaN"),
        ("claim_hours", "Infinity"),
        ("claim_hours", "1e30"),
        ("claim_hours", "16.0001"),
        ("claim_people", "很多"),
        ("claim_seal", " "),
        ("claim_seal", "长" * 401),
    ],
)
def test_a_claim_that_makes_no_sense_is_told(story: JobStory, field: str, value: str) -> None:
    story.file()
    story.approve()
    story.dispatch()
    story.start()
    answer = story.send(story.foreman, "complete", **story.claims(**{field: value}))
    assert answer.status_code == 422 and not Claim.objects.exists() and story.at() == "completion"
    assert "机封 1 套" in answer.content.decode() or field == "claim_seal"


def test_dispatching_says_who_when_and_by_whom(story: JobStory) -> None:
    reg = story.register
    story.file()
    story.approve()
    for changes, said in (
        ({"planned_end": "2020-01-01"}, "已经过去"),
        ({"planned_start": "2099-02-01", "planned_end": "2099-01-01"}, "结束不能早于开始"),
        ({"supervisor": story.foreman.employee_no}, "没有"),
        ({"contractor": "99999"}, ""),
    ):
        answer = story.send(reg.planner, "complete", **story.order(**changes))
        assert answer.status_code == 422 and said in answer.content.decode(), changes
    reg.firm.valid_until = "2026-01-01"
    reg.firm.save()
    late = story.send(reg.planner, "complete", **story.order())
    assert late.status_code == 422 and "资质已于 2026-01-01 到期" in late.content.decode()
    assert story.at() == "dispatch" and Job.objects.get().contractor is None


def test_the_same_form_twice_is_one_job_and_one_completion(story: JobStory) -> None:
    plant = story.plant
    typed = story.typed()
    client = plant.client(plant.author)
    first, second = client.post(reverse("file_job"), typed), client.post(reverse("file_job"), typed)
    assert first["Location"] == second["Location"] and Job.objects.count() == 1
    story.case = Case.objects.get()
    story.approve()
    story.dispatch()
    story.start()
    address, token = story.address(story.foreman), str(uuid4())
    sent = {"verb": "complete", "token": token, **story.claims()}
    client = plant.client(story.foreman)
    assert client.post(address, sent).status_code == 303
    assert client.post(address, sent).status_code in (303, 409)
    assert Claim.objects.count() == 4


def test_a_kind_of_work_without_a_template_is_claimed_plainly(story: JobStory) -> None:
    from maintenance_audit.register.models import WorkKind

    bare = WorkKind.objects.create(code="BARE", name="零星")
    story.file(work_kind=bare.pk)
    story.approve()
    story.dispatch()
    story.start()
    assert "凭判断，不计量" in story.page(story.foreman, story.address(story.foreman))
    story.act(story.foreman, "complete", claim_hours="4", claim_headcount="2", claim_trial_run="")
    assert dict(Claim.objects.values_list("key", "value")) == {"hours": 4, "headcount": 2}


def test_equipment_is_found_as_one_types(story: JobStory) -> None:
    client = story.plant.client(story.plant.author)
    url = reverse("find_equipment")
    assert "P-2101A" in client.get(url, {"equipment": "21"}).content.decode()
    assert "P-2101A" in client.get(url, {"equipment": "循环"}).content.decode()
    assert "没有这个位号" in client.get(url, {"equipment": "ZZ"}).content.decode()
    assert client.get(url, {"field": "<b>", "equipment": "\u0000"}).status_code in (200, 400)
    story.register.pump.is_active = False
    story.register.pump.save()
    assert "P-2101A" not in client.get(url, {"equipment": "21"}).content.decode()
