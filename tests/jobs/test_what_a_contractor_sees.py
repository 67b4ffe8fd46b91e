"""A contractor's people see their own company's jobs, what was turned back to them, and nothing that the plant's people
think of it among themselves; another company's do not exist for them."""

from __future__ import annotations

import io
import zipfile
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse

from maintenance_audit.jobs import holds
from maintenance_audit.jobs.models import Job
from tests.api.caller import Caller
from tests.hazards.story import photo
from tests.jobs.story import JobStory, there
from workflows.documents.models import Document
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db
INSIDE = "这家上次磨洋工，盯紧"


def _text(body: bytes) -> str:
    """What an answer says, an archive's files as well."""
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


@pytest.fixture
def walked(story: JobStory) -> JobStory:
    """Refused once, with a reason for the firm; approved with one that is the plant's own."""
    story.file()
    story.act(story.chief, "approve", reason=INSIDE)
    story.dispatch()
    story.start()
    story.act(story.foreman, "complete", **story.claims(), photos=[photo()])
    story.refuse("试车仍有滴漏")
    return story


def test_the_whole_firm_has_the_task_and_its_page(walked: JobStory) -> None:
    plant, mate = walked.plant, walked.register.mate
    for person in (walked.foreman, mate):
        page = walked.page(person)
        assert ("循环水泵机封泄漏" in page and "这件等您办理" in page) or "这件在等您" in page or "打开" in page
        case = walked.page(person, reverse("case", args=[walked.case.number]))  # type: ignore[union-attr]
        assert "试车仍有滴漏" in case and INSIDE not in case
    waiting = Outbox.objects.filter(recipient=mate, event="engine.task.waiting").values_list("url", flat=True)
    for url in set(waiting):
        assert plant.client(mate).get(url, follow=True).status_code == 200
    walked.act(mate, "complete", **walked.claims())
    assert walked.at() == "acceptance"


def test_no_answer_tells_what_the_plant_thinks(walked: JobStory) -> None:
    plant, person = walked.plant, walked.foreman
    number, job = walked.case.number, walked.job  # type: ignore[union-attr]
    client = plant.client(person)
    item = walked.item(person)
    paths = [
        reverse("job", args=[job.number]), reverse("case", args=[number]), reverse("decide", args=[number, item.pk]),
        reverse("ledger_export", args=[f"case:{walked.case.pk}"]), reverse("ledger_export", args=[f"job:{job.pk}"]),  # type: ignore[union-attr]
        reverse("job_list"), reverse("queue"), reverse("home"), reverse("notice_list"),
    ]  # fmt: skip
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        body = _text(b"".join(answer) if answer.streaming else answer.content)  # type: ignore[arg-type]
        assert INSIDE not in body and "3,200" not in body, path
    told = Caller.of(person).get(f"/api/cases/{number}")
    assert told.status_code == 200 and INSIDE not in str(told.json())
    chain = str(Caller.of(person).get(f"/api/cases/{number}/ledger").json())
    assert INSIDE not in chain and "withheld" in chain
    inside = str(Caller.of(walked.chief).get(f"/api/cases/{number}").json())
    assert INSIDE in inside


def test_another_companys_job_does_not_exist(walked: JobStory) -> None:
    plant, other = walked.plant, walked.register.second_foreman
    number, job = walked.case.number, walked.job  # type: ignore[union-attr]
    item, document = walked.item(walked.foreman), Document.objects.get(holder=f"case:{walked.case.pk}")  # type: ignore[union-attr]
    client = plant.client(other)
    for path in (
        reverse("job", args=[job.number]), reverse("case", args=[number]), reverse("decide", args=[number, item.pk]),
        reverse("document", args=[document.pk]), reverse("document_thumb", args=[document.pk]),
        reverse("ledger_export", args=[f"job:{job.pk}"]), reverse("ledger_export", args=[f"case:{walked.case.pk}"]),  # type: ignore[union-attr]
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    sent = {"verb": "complete", "token": str(uuid4()), **walked.claims()}
    assert client.post(reverse("decide", args=[number, item.pk]), sent).status_code == 404
    assert Caller.of(other).get(f"/api/cases/{number}").status_code == 404
    for path in (reverse("job_list"), f"{reverse('job_list')}?q={job.number}", f"{reverse('search')}?q=机封泄漏"):
        assert "循环水泵机封泄漏" not in client.get(path).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("export_jobs")).content))
    assert book.active.max_row == 1
    for name in ("cancel_job", "take_up_job", "correct_job_code", "correct_job_settlement"):
        for person in (other, walked.foreman):
            assert plant.client(person).post(reverse(name, args=[job.number]), {"reason": "x"}).status_code == 403
    assert walked.at() == "completion"


def test_they_ask_for_no_job_and_find_no_equipment(walked: JobStory) -> None:
    client = walked.plant.client(walked.foreman)
    assert "P-2101A" not in client.get(reverse("find_equipment"), {"equipment": "P-2101"}).content.decode()
    before = Job.objects.count()
    answer = client.post(reverse("file_job"), walked.typed(unit=walked.plant.contractor.pk))
    assert answer.status_code == 422 and Job.objects.count() == before
    assert "提检修委托" not in client.get(reverse("home")).content.decode()


def test_what_the_plant_keeps_to_itself_stays_off_their_page(walked: JobStory) -> None:
    job = walked.job
    holds.place([job.pk], cause="finding", reference="WT-1", reason="整改未完")
    holds.release([job.pk], why="内部复核意见", by=walked.register.planner)
    (mine,) = there(walked.plant, repeats=job, refusals=1)
    page = walked.page(walked.foreman, reverse("job", args=[mine.number]))
    assert "重复检修" not in page and mine.number in page
    own = walked.page(walked.foreman)
    assert "内部复核意见" not in own and "批准人" not in own and "估价" not in own
    assert "内部复核意见" in walked.page(walked.register.planner)
