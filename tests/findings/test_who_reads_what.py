"""The firm reads its own findings and nothing else; the plant by the unit tree; strangers nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maintenance_audit.findings import extending
from maintenance_audit.jobs import holds
from maintenance_audit.lots.models import Draw, EligibleInspector
from tests.findings.story import FindingStory, drawn
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.ledger.subjects import subject_for
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db


def test_who_reads_it(story: FindingStory) -> None:
    story.found()
    readers = (
        story.firm, story.who("colleague"), story.who("lead"), story.who("planner"), story.plant.section_chiefs[1],
        story.plant.reviewers[0], story.plant.observer,
    )  # fmt: skip
    for person in readers:
        assert story.get(person) == 200 and story.get(person, "case") == 200, person.name
        assert story.case.number in story.page(person, reverse("finding_list")), person.name


def test_who_does_not(story: FindingStory) -> None:
    story.found()
    for person in (story.who("other_firm_person"), story.plant.stranger, story.plant.other_chief, story.plant.admin):
        assert story.get(person) == 404 and story.get(person, "case") == 404, person.name
        assert story.case.number not in story.page(person, reverse("finding_list")), person.name
        sheet = story.plant.client(person).get(reverse("finding_sheet"))
        assert sheet.status_code == 200


def test_whoever_may_still_be_drawn_for_an_upper_tier_reads_and_hears_of_none(story: FindingStory) -> None:
    story.found("minor", number="WX-2611-0001")
    chief, lot, number = story.plant.section_chiefs[1], story.job.lots.get().lot, story.case.number
    story.plant.hold(chief, Role.INSPECTOR, story.plant.section)
    EligibleInspector.objects.create(lot=lot, tier=2, person=chief, staff_no=chief.employee_no, unit=chief.unit)
    assert story.get(chief) == 404 and number not in story.page(chief, reverse("finding_list"))
    story.found("major")
    others = {one.name for one in story.plant.section_chiefs} - {chief.name}
    assert story.told("major") == others and story.get(story.plant.section_chiefs[0]) == 200
    for other in (story.plant.section_chiefs[0], story.plant.section_chiefs[2]):
        story.plant.hold(other, Role.INSPECTOR, story.plant.section)
        EligibleInspector.objects.create(lot=lot, tier=2, person=other, staff_no=other.employee_no, unit=other.unit)
    story.found("major")
    assert {story.plant.reviewers[0].name, story.who("lead").name} <= story.told("major"), "somebody hears it"
    assert not others & story.told("major")
    Draw.objects.create(lot=lot, tier=2, round=1, seed="0" * 64, size=0, staff_digest="0" * 64, drawn_at=now(),
                        sealed_at=now())  # fmt: skip
    assert story.get(chief) == 200


def test_who_found_it_is_not_said(story: FindingStory) -> None:
    story.found()
    for person in (story.firm, story.plant.section_chiefs[1]):
        for url in (reverse("finding", args=[story.case.number]), reverse("case", args=[story.case.number])):
            page = story.page(person, url)
            for key in ("site", "records"):
                assert story.who(key).name not in page and story.who(key).employee_no not in page


def test_the_list_narrows_and_counts(story: FindingStory) -> None:
    story.found("critical")
    first = story.case
    story.found("minor")
    page = story.page(story.who("lead"), reverse("finding_list"), severity="critical")
    assert first.number in page and story.case.number not in page
    assert story.case.number in story.page(story.who("lead"), reverse("finding_list"), q="旧件")
    assert first.number in story.page(story.who("lead"), reverse("finding_list"), state="held")
    assert story.case.number not in story.page(story.who("lead"), reverse("finding_list"), state="held")
    for nonsense in ({"state": "x"}, {"after": "-1"}, {"contractor": "9" * 40}, {"after": "x"}):
        assert first.number in story.page(story.who("lead"), reverse("finding_list"), **nonsense)


def test_the_list_costs_the_same_however_long(story: FindingStory) -> None:
    story.found()
    url, client = reverse("finding_list"), story.plant.client(story.who("lead"))
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for _n in range(4):
        story.found()
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) <= 12


def test_the_page_costs_the_same_however_many_versions(story: FindingStory) -> None:
    story.walked_to_rectification()
    url, client = reverse("finding", args=[story.case.number]), story.plant.client(story.who("lead"))
    story.rectify()
    story.fails(story.who("checker"))
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    story.rectify()
    story.fails(story.who("second_checker"))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few) + 2 and len(many) <= 32


def test_the_sheet_has_what_the_list_has(story: FindingStory) -> None:
    story.found()
    answer = story.plant.client(story.firm).get(reverse("finding_sheet"))
    assert answer.status_code == 200 and answer["Content-Type"].endswith("sheet")


def test_whoever_checks_the_job_anew_does_not_know_of_it(story: FindingStory) -> None:
    story.found()
    upper = drawn(story.plant, story.job, tier=2)
    upper.assignments.update(sealed_at=None)
    checker = story.who("checker")
    assert story.get(checker) == 404 and story.get(checker, "case") == 404
    assert story.case.number not in story.page(checker, reverse("finding_list"))
    assert story.get(story.who("second_checker")) == 200
    upper.assignments.update(sealed_at=now())
    assert story.get(checker) == 200


def test_what_the_plant_says_among_itself_stays_inside(story: FindingStory) -> None:
    story.found()
    story.reply()
    story.act(story.who("lead"), "consult", person=story.plant.reviewers[1].employee_no, reason="领料单可信吗？")
    story.act(story.plant.reviewers[1], "advise", reason="看着像后补的。")
    story.confirm()
    assert "看着像后补的。" in story.page(story.who("lead"))
    page = story.page(story.firm)
    assert "看着像后补的。" not in page and "领料单可信吗？" not in page
    assert "领料单日期晚于安装日期，不采信。" in page and "装的是新件，附领料单。" in page
    case = story.page(story.firm, reverse("case", args=[story.case.number]))
    assert "看着像后补的。" not in case and "领料单可信吗？" not in case


def test_the_firm_opens_what_its_own_people_did_in_the_ledger_and_nothing_else(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    day = date.fromisoformat(story.day(5))
    extending.ask(actor=story.firm, case=story.case, reason="原厂件后天才到货。", wanted=day)
    extending.answer(actor=story.who("lead"), case=story.case, granted=True, words="到货单看过。", until=day)
    story.rectify()
    story.passes(story.who("checker"))
    subject = f"case:{story.case.pk}"
    chain = Entry.objects.filter(chain__subject=subject).select_related("chain", "payload")
    opens = subject_for(story.firm, subject).may_open
    opened = {entry.event.removeprefix("maintenance_audit.") for entry in chain if opens(story.firm, entry)}
    assert opened == {"engine.case.done", "finding.replied", "finding.extension_asked", "finding.submitted"}
    colleague = {entry.pk for entry in chain if opens(story.who("colleague"), entry)}
    assert colleague == {entry.pk for entry in chain if opens(story.firm, entry)}
    asked = chain.get(event__endswith=".extension_asked")
    url = reverse("ledger_entry", args=[subject, asked.seq])
    assert "原厂件后天才到货。" in story.page(story.firm, url)
    granted = chain.get(event__endswith=".extended")
    assert "到货单看过。" not in story.page(story.firm, reverse("ledger_entry", args=[subject, granted.seq]))
    assert story.plant.client(story.who("other_firm_person")).get(url).status_code == 404


def test_a_held_job_leads_to_what_holds_it_and_nowhere_else(story: FindingStory) -> None:
    story.found("critical")
    holds.place([story.job.pk], cause="lot", reference="PC-2611-0099", reason="正在检查")  # of a lot not there
    job, finding = reverse("job", args=[story.job.number]), reverse("finding", args=[story.case.number])
    for person in (story.who("planner"), story.firm):
        assert f'href="{job}"' in story.page(person), "and back"
        page = story.page(person, job)
        assert f'<a href="{finding}">' in page and page.index(finding) < page.index("委托单</h2>")
        assert "PC-2611-0099" in page and reverse("lot", args=["PC-2611-0099"]) not in page
    assert story.plant.client(story.who("other_firm_person")).get(job).status_code == 404
