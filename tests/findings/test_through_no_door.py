"""Whoever oversees a place and may still be drawn to check a job anew finds by no page, list, figure, file, package or
search what was found in it; once the tier is sealed they do."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from maintenance_audit.lots.models import Lot
from tests.awards.test_sealed_marks_tell_nothing import _text
from tests.findings.story import FindingStory
from tests.findings.test_a_clock_tells_nothing import may_come, seal
from tests.lots.reader import Reader
from workflows.documents.models import Document
from workflows.notices.models import Outbox
from workflows.organisation.models import Role

pytestmark = pytest.mark.django_db
WHAT = ("open", "late", "found", "critical", "found_open", "held", "bad_jobs")


def doors(story: FindingStory, lot: Lot) -> list[str]:
    number, job, firm = story.case.number, story.job, story.plant.contractor.pk
    named: list[tuple[str, list[Any]]] = [
        *((name, [number]) for name in ("finding", "case", "finding_extension", "finding_reply")),
        *((name, [chain]) for name in ("ledger_chain", "ledger_export")
          for chain in (f"case:{story.case.pk}", f"job:{job.pk}", f"case:{lot.case_id}")),
        *((name, [firm]) for name in ("scorecard", "scorecard_sheet")), ("job", [job.number]),
        *((name, []) for name in ("queue", "home", "notice_list", "finding_list", "finding_sheet", "job_list",
          "export_jobs", "process_problem_list", "scorecards", "scorecards_sheet", "cockpit", "desk", "agreement")),
        ("cockpit_sheet", ["findings"]),
    ]  # fmt: skip
    rows = [(name, [firm]) for name in ("scorecard_rows", "scorecard_rows_sheet")]
    rows += [(name, ["findings"]) for name in ("cockpit_rows", "cockpit_rows_sheet")]
    return [
        *(reverse(name, args=args) for name, args in named),
        *(f"{reverse(name, args=args)}?what={what}" for name, args in rows for what in WHAT),
        *(f"{reverse('queue')}?tab={tab}" for tab in ("claimable", "copies", "handled")),
        *(f"/api/{path}" for path in (f"jobs/{job.number}", f"cases/{number}", "queue")),
        *(f"/search/?q={asked}" for asked in (number, job.number)),
    ]


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.UNION_REPRESENTATIVE, Role.WORKSHOP_REVIEWER])
def test_through_no_door_while_they_may_still_check_the_job(story: FindingStory, role: str) -> None:
    story.found("minor", number="WX-2611-0001")  # with it the lot is there
    person = story.plant.publisher
    story.plant.hold(person, role, story.plant.workshop)
    lot = may_come(story, person)
    story.found("critical")
    number, told = story.case.number, (story.case.number, story.case.title)

    def heard(text: str) -> bool:
        own = text.replace(f"q={number}", "").replace(f'value="{number}"', "").replace(f"“{number}”", "")
        return any(words in own for words in told)

    reader = Reader(story.plant, person)
    assert [address for address in doors(story, lot) if heard(reader.text(address))] == []
    for asked in (number, lot.case.number):
        answer = story.plant.client(person).post(reverse("evidence"), {"what": "number", "number": asked})
        assert not heard(_text(answer.content)), asked
    seal(lot)
    assert heard(reader.text(reverse("finding", args=[number]))) and heard(reader.text(reverse("finding_list")))


@pytest.mark.parametrize("who", ["other_firm_person", "other_chief", "stranger", "admin", "of_the_firm_before"])
def test_nobody_of_another_firm_or_section_finds_it(story: FindingStory, who: str) -> None:
    """By address, by the unit of others in a link, by file, by the API: reply, order and photos included."""
    story.walked_to_rectification("critical")
    story.rectify()
    plant, row, lot = story.plant, story.row, story.job.lots.get().lot
    person = story.who(who) if who in plant.extra else getattr(plant, who, None)
    if person is None:  # who put it right, and is of another firm since
        person = story.firm
        person.holdings.all().delete()
        type(person).objects.filter(pk=person.pk).update(unit=story.who("other_firm_person").unit)
        person = type(person).objects.get(pk=person.pk)
        plant.hold(person, Role.CONTRACTOR, person.unit)
        before = Outbox.objects.filter(recipient=person).count()
        story.fails(story.who("second_top"))  # its next rectifier hears it, and not who was it before
        assert Outbox.objects.filter(recipient=person).count() == before
    words = (story.case.title, "装的是新件，附领料单。", "原厂新件已换", row.measure, row.standard, row.confirmed_why)

    def heard(text: str) -> bool:
        return any(one in text for one in words)

    reader, units = Reader(plant, person), (plant.section.pk, plant.workshop.pk, plant.company.pk, 2**40)
    addresses = doors(story, lot)
    addresses += [
        f"{address}{'&' if '?' in address else '?'}unit={unit}"
        for address in addresses if address.startswith(("/cockpit", "/scorecards", "/process"))
        for unit in units
    ]  # fmt: skip
    papers = Document.objects.for_holder(f"case:{story.case.pk}")
    assert papers.count() >= 2
    shut = [reverse(name, args=[one.pk]) for one in papers for name in ("document", "document_thumb")]
    assert [address for address in shut if reader.read(address)[0] != 404] == []
    assert [address for address in addresses if heard(reader.text(address))] == []
    firm = plant.contractor.pk
    if who in ("other_firm_person", "of_the_firm_before"):
        closed = ["cockpit", "agreement", "duty_list", "duty_sheet", "evidence", "scorecards_sheet"]
        assert {reader.read(reverse(name))[0] for name in closed} <= {403, 404}
        assert reader.read(reverse("scorecard", args=[firm]))[0] == 404
        for name in ("process_problem_list", "circle_figures", "circles_counted", "audit_reports"):
            assert plant.section.name not in reader.text(reverse(name)), name
