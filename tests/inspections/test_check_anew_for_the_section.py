"""Who checks a job for an upper tier learns nothing of what came up from below before their own record is sealed."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from maintenance_audit.inspections.models import Inspection
from maintenance_audit.jobs import holds
from tests.inspections.story import OLD_PART, InspectionStory
from tests.plant import Plant
from workflows.organisation.models import Role

TOLD = ("以现场照片为准", "WT-0001", "nonconforming")  # the ruling, what holds the settlement, the result


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(3)
    return told


def read(client, story, job, *, told: bool) -> set[str]:
    """What of it stands in the ledger's chains of the job and the lot, in their exports, and on the job's page."""
    chains = (f"job:{job.pk}", f"case:{story.case.pk}")
    addresses = [reverse(name, args=[chain]) for chain in chains for name in ("ledger_chain", "ledger_export")]
    pages = [client.get(address) for address in [*addresses, reverse("job", args=[job.number])]]
    # The job's chain is not there: that a claim was ruled, or a hold placed, stands in the kinds of its entries.
    shut = {address for address, page in zip(addresses, pages, strict=False) if page.status_code == 404}
    assert shut in (set(), {address for address in addresses if "job" in address}), shut
    assert (shut == set()) is told and {page.status_code for page in pages} <= {200, 404}
    text = "".join(map(_text, pages))
    return {word for word in TOLD if word in text}


def _text(page) -> str:
    whole = b"".join(page.streaming_content) if page.streaming else page.content
    if not whole.startswith(b"PK"):
        return str(whole.decode())
    with ZipFile(BytesIO(whole)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".json"))


def test_the_ledger_and_the_jobs_page_keep_it_back(story):
    first = story.numbers()[0]
    drawn = story.check(first, site={"seal": OLD_PART})
    story.rule(drawn, verdict="nonconforming", severity="critical", nature="")
    for number in story.numbers()[1:]:
        story.check(number)
    job = drawn.lot_job.job
    holds.place([job.pk], cause="finding", reference="WT-0001", reason="严重问题")
    story.reveal()
    story.draw()
    upper = story.inspection("site", first, tier=2)
    story.plant.hold(upper.assignment.person, Role.OBSERVER, story.plant.workshop)  # reads the job in any section
    assert read(story.plant.client(story.lead), story, job, told=True) == set(TOLD)
    assert read(story.client(upper), story, job, told=False) == set()
    story.seal(upper, seal=OLD_PART)
    assert read(story.client(upper), story, job, told=True) == set(TOLD)


def test_whoever_may_still_be_drawn_for_the_section_learns_nothing_either(story):
    first = story.numbers()[0]
    drawn = story.check(first, site={"seal": OLD_PART})
    story.rule(drawn, verdict="nonconforming", severity="critical", nature="")
    job = drawn.lot_job.job
    holds.place([job.pk], cause="finding", reference="WT-0001", reason="严重问题")
    waits, seen = story.section_inspectors[0], Inspection.objects.filter(drawn_job=drawn).select_related("case")
    story.plant.hold(waits, Role.OBSERVER, story.plant.workshop)
    client = story.plant.client(waits)
    assert read(client, story, job, told=False) == set()
    closed = [reverse("comparison", args=[drawn.pk]), reverse("adjudicate", args=[drawn.adjudication.case.number])]
    closed += [reverse("case", args=[one.case.number]) for one in seen]
    assert {client.get(address).status_code for address in closed} == {404}
    found = read(story.plant.client(story.lead), story, job, told=True)
    assert found | {"nonconforming"} == set(TOLD)
