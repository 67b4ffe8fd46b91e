"""Who checks a job is named to nobody but themselves before the tier's last record is sealed, also when some jobs of
the tier are compared already; from then on everybody who reads the comparison reads it."""

import json

import pytest
from django.urls import reverse

from maintenance_audit.inspections.models import Adjudication, Inspection, Photo
from tests.inspections.story import OLD_PART, InspectionStory
from tests.inspections.test_a_sealed_record_tells_nothing import record
from tests.lots.reader import Reader
from tests.plant import Plant
from workflows.organisation.models import Person, Role


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(3)
    return told


def compared(story: InspectionStory) -> list[Inspection]:
    """The first job's forms, both sealed; they differ. Its inspectors have a name that stands nowhere else."""
    first = story.numbers()[0]
    both = [story.inspection(form, first) for form in ("site", "records")]
    for one, name in zip(both, ("甲查甲", "乙查乙"), strict=True):
        Person.objects.filter(pk=one.assignment.person_id).update(name=name)
        one.assignment.person.refresh_from_db()
    record(story, both[0], bad=True)
    story.seal(both[1])
    return both


def people(story: InspectionStory) -> list[Person]:
    plant = story.plant
    top = story.person("顶层", "39999", plant.company)
    for role in (Role.ADMINISTRATOR, Role.AUDIT_LEAD, Role.OBSERVER):
        plant.hold(top, role, plant.company)
    insiders = [story.lead, story.planner, story.union, plant.observer, plant.section_chiefs[0], plant.reviewers[0]]
    return [*insiders, plant.admin, story.firm, plant.author, plant.stranger, top]


def asked(story: InspectionStory, one: Inspection) -> list[str]:
    lot, job = story.case, one.drawn_job.lot_job
    ruled = Adjudication.objects.get(drawn_job=one.drawn_job)
    named = [
        *[reverse(name, args=[lot.number]) for name in ("lot", "draw_record_page", "draw_live", "draw_record", "case")],
        *[reverse(name, args=[one.case.number]) for name in ("case", "inspection")],
        *[reverse(name, args=[ruled.case.number]) for name in ("case", "adjudicate")],
        reverse("comparison", args=[one.drawn_job_id]), f"/api/comparisons/{one.drawn_job_id}",
        f"/api/cases/{one.case.number}", f"/api/cases/{ruled.case.number}", f"/api/lots/{lot.number}/record",
        reverse("job", args=[job.number]), f"/search/?q={job.number}", f"/search/?q={one.assignment.person.name}",
    ]  # fmt: skip
    for chain in (f"case:{lot.pk}", f"case:{one.case_id}", f"case:{ruled.case_id}", f"job:{job.job_id}",
                  f"inspection:{one.case_id}"):  # fmt: skip
        named += [reverse(name, args=[chain]) for name in ("ledger_chain", "ledger_export")]
    for photo in Photo.objects.filter(inspection=one):
        named.append(reverse("document", args=[photo.document_id]))
    return [*named, "/lots/", "/inspections/", "/inspections/agreement/", "/inspections/agreement.xlsx", "/findings/",
            "/queue/", "/notices/", "/", "/desk/handover/", f"/desk/handover/{one.assignment.person_id}/",
            "/api/queue", "/evidence/"]  # fmt: skip


def told(story: InspectionStory, person: Person, one: Inspection) -> set[str]:
    """Where this person reads the inspector's name or number beside what tells of the check."""
    reader, who, found = Reader(story.plant, person), one.assignment.person, set()
    for address in asked(story, one):
        text = reader.text(address)
        eligible = address == reverse("lot", args=[story.case.number])  # the lot lists everybody who may be drawn
        if text.count(who.name) > eligible and not address.startswith(("/search/", "/desk/")):
            found.add(address)
        if address.startswith(("/search/", "/desk/")) and one.case.number in text:
            found.add(address)
    return found


def test_nobody_is_told_who_checked_a_job_that_is_compared(story: InspectionStory) -> None:
    both = compared(story)
    assert all(Inspection.objects.get(pk=one.pk).opened_at for one in both)
    for person in people(story):
        for one in both:
            assert told(story, person, one) == set(), (person, one.form)
    page = Reader(story.plant, story.lead).text(reverse("comparison", args=[both[0].drawn_job_id]))
    assert "旧件" in page and page.count("本级最后一份记录密封后公布姓名") >= 2
    [line, *_more] = json.loads(Reader(story.plant, story.lead).text(f"/api/comparisons/{both[0].drawn_job_id}"))
    assert [sight["inspector"] for sight in line["sights"]] == ["", ""]


def test_neither_inspector_is_told_of_the_other_and_each_reads_their_own(story: InspectionStory) -> None:
    one, other = compared(story)
    story.plant.hold(one.assignment.person, Role.OBSERVER, story.plant.workshop)  # reads by place, too
    assert told(story, one.assignment.person, other) == set()
    page = Reader(story.plant, one.assignment.person).text(reverse("comparison", args=[one.drawn_job_id]))
    assert one.assignment.person.name in page
    assert story.client(one).get(reverse("case", args=[one.case.number])).status_code == 200


def test_photos_are_looked_at_without_a_name(story: InspectionStory) -> None:
    one, _other = compared(story)
    [photo] = Photo.objects.filter(inspection=one)
    lead = Reader(story.plant, story.lead)
    assert lead.read(reverse("document_thumb", args=[photo.document_id]))[0] == 200
    assert one.assignment.person.name not in lead.text(reverse("document", args=[photo.document_id]))


def test_after_the_last_seal_the_comparison_names_both(story: InspectionStory) -> None:
    both = compared(story)
    for number in story.numbers()[1:]:
        story.check(number)
    page = Reader(story.plant, story.lead).text(reverse("comparison", args=[both[0].drawn_job_id]))
    record = Reader(story.plant, story.firm).text(reverse("draw_record", args=[story.case.number]))
    for one in both:
        assert one.assignment.person.name in page and one.assignment.person.employee_no in record
        assert story.plant.client(story.lead).get(reverse("case", args=[one.case.number])).status_code == 200


def test_the_tier_that_is_sealed_last_with_a_difference_names_them_too(story: InspectionStory) -> None:
    for number in story.numbers()[:-1]:
        story.check(number)
    drawn = story.check(story.numbers()[-1], site={"seal": OLD_PART})
    page = Reader(story.plant, story.lead).text(reverse("comparison", args=[drawn.pk]))
    assert all(one.assignment.person.name in page for one in Inspection.objects.filter(drawn_job=drawn))
