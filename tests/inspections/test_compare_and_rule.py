"""What two forms differ in is ruled by the audit lead; upper tiers look anew and change what stands, with reasons."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from maintenance_audit.inspections import figures, outcome
from maintenance_audit.inspections.models import Adjudication, Inspection, Ruling
from maintenance_audit.jobs.models import JobPerson
from maintenance_audit.lots import replacing
from maintenance_audit.lots.models import Assignment, DrawnJob
from tests.inspections.story import OLD_PART, InspectionStory
from tests.plant import Plant
from workflows.engine.models import Case, CaseParty, Step
from workflows.organisation.models import Role, RoleHolding

pytestmark = pytest.mark.django_db
CANNOT = {"verdict": "cannot", "note": "中控趋势只留 14 天"}
SHORT = {"verdict": "nonconforming", "severity": "minor", "note": "少 1 小时"}


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(8)
    return told


def adjudication(drawn: DrawnJob) -> Case:
    return Adjudication.objects.select_related("case").get(drawn_job=drawn).case


def ruled(story: InspectionStory, case: Case, claim: int, **said: str) -> Any:
    typed = {"claim": claim, "token": str(uuid4()), "reasons": "以现场照片为准。", **said}
    return story.plant.client(story.lead).post(f"/inspections/adjudications/{case.number}/", typed)


def test_a_disagreement_is_ruled_claim_by_claim(story: InspectionStory) -> None:
    told: list[int] = []
    outcome._hooks.append(lambda drawn: told.append(Ruling.objects.filter(drawn_job=drawn).count()))
    try:
        drawn = story.check(site={"seal": OLD_PART, "trial": CANNOT})
        assert drawn.disputed and not drawn.result and drawn.compared_at
        assert told == [2]  # what agrees stands at once
        case = adjudication(drawn)
        assert case.number.startswith("CD-")
        page = story.plant.client(story.lead).get(f"/inspections/adjudications/{case.number}/").content.decode()
        assert "旧件，端面有磨痕" in page and "本批不接收" in page and "试车 2 小时" in page
        seal, trial = (drawn.lot_job.job.claims.get(key=key).pk for key in ("seal", "trial"))
        assert ruled(story, case, seal, verdict="nonconforming").status_code == 422  # how grave?
        assert ruled(story, case, seal, verdict="conforming", reasons="").status_code == 422
        assert ruled(story, case, seal, verdict="nonconforming", nature="old_part").status_code == 303
        assert DrawnJob.objects.get(pk=drawn.pk).result == ""
        assert ruled(story, case, seal, verdict="conforming").status_code == 409  # ruled already
        assert ruled(story, case, trial, verdict="conforming").status_code == 303
    finally:
        outcome._hooks.pop()
    drawn.refresh_from_db()
    assert (drawn.result, drawn.critical, drawn.disputed) == ("nonconforming", True, True)
    kept = Ruling.objects.get(drawn_job=drawn, claim=seal)
    assert not kept.agreed and kept.severity == "critical" and kept.ruled_by == story.lead and kept.reasons
    assert told[-1] == 4
    assert ruled(story, case, trial, verdict="conforming").status_code == 409
    page = story.plant.client(story.lead).get(f"/cases/{case.number}/")
    assert page.status_code == 200 and "以现场照片为准" in page.content.decode()


def test_whoever_is_close_to_the_job_or_a_stranger_does_not_rule(story: InspectionStory) -> None:
    number = story.numbers()[0]
    site, records = story.inspection("site", number), story.inspection("records", number)
    deputy = story.person("副督", "30009", story.plant.workshop, Role.AUDIT_LEAD)
    JobPerson.objects.create(job=site.drawn_job.lot_job.job, person=deputy, part="acceptor")
    drawn = story.check(number, site={"seal": OLD_PART})
    case = adjudication(drawn)
    claim = drawn.lot_job.job.claims.get(key="seal").pk
    where, typed = f"/inspections/adjudications/{case.number}/", {
        "claim": claim, "token": str(uuid4()), "verdict": "conforming", "reasons": "可以",
    }  # fmt: skip
    assert story.plant.client(deputy).post(where, typed).status_code == 403
    assert story.plant.client(site.assignment.person).post(where, typed).status_code in (403, 404)
    assert story.plant.client(records.assignment.person).post(where, typed).status_code in (403, 404)
    for person in (story.plant.contractor_person, story.plant.stranger):
        assert story.plant.client(person).get(where).status_code == 404
        assert story.plant.client(person).post(where, typed).status_code == 404
    observer = story.plant.client(story.plant.observer)
    page = observer.get(where)
    assert page.status_code == 200 and "您可以看" in page.content.decode()
    assert observer.post(where, typed).status_code == 403
    assert not Ruling.objects.filter(drawn_job=drawn, claim=claim).exists()
    assert not CaseParty.objects.filter(case=case, person=story.plant.contractor_person).exists()


def test_cannot_verify_at_major_counts_and_a_minor_fault_does_not(story: InspectionStory) -> None:
    first, second, *_rest = story.numbers()
    drawn = story.check(first, site={"trial": CANNOT}, records={"trial": CANNOT})
    assert drawn.result == "nonconforming" and not drawn.critical and not drawn.disputed
    drawn = story.check(second, records={"hours": SHORT})
    assert drawn.result == "conforming"


def to_tier_two(story: InspectionStory) -> None:
    story.check_all()
    story.reveal()
    story.draw()


def test_an_upper_inspector_sees_nothing_from_below_until_sealed(story: InspectionStory) -> None:
    to_tier_two(story)
    upper = story.inspection("site", tier=2)
    number = upper.drawn_job.lot_job.number
    below = DrawnJob.objects.filter(lot_job=upper.drawn_job.lot_job, draw__tier=1).first()
    if below is None:  # the one that was never drawn has nothing below
        number = story.numbers(2)[0]
        upper = story.inspection("site", number, 2)
        below = DrawnJob.objects.get(lot_job=upper.drawn_job.lot_job, draw__tier=1)
    lower = Inspection.objects.get(drawn_job=below, form="site", assignment__ended_at=None)
    person = upper.assignment.person
    # They would see all of it by place: a workshop's inspector, too.
    story.plant.hold(person, Role.OBSERVER, story.plant.workshop)
    client = story.plant.client(person)
    assert client.get(f"/cases/{lower.case.number}/").status_code == 404
    assert client.get(f"/inspections/compared/{below.pk}/").status_code == 404
    assert lower.case.number not in client.get("/search/", {"q": number}).content.decode()
    assert story.plant.client(story.plant.observer).get(f"/cases/{lower.case.number}/").status_code == 200
    story.seal(upper)
    assert client.get(f"/cases/{lower.case.number}/").status_code == 200


def test_an_upper_tier_changes_a_verdict_with_reasons_and_deletes_nothing(story: InspectionStory) -> None:
    to_tier_two(story)
    number = next(
        one for one in story.numbers(2) if DrawnJob.objects.filter(lot_job__number=one, draw__tier=1).exists()
    )
    below = DrawnJob.objects.get(lot_job__number=number, draw__tier=1)
    assert below.result == "conforming"
    drawn = story.check(number, tier=2, site={"seal": OLD_PART}, records={"seal": OLD_PART})
    # Both forms say the same, and yet it changes what came up from below: somebody says why.
    assert drawn.disputed and not drawn.result
    story.rule(drawn, verdict="nonconforming", nature="old_part")
    below.refresh_from_db()
    drawn.refresh_from_db()
    assert (drawn.result, below.result, below.critical) == ("nonconforming", "nonconforming", True)
    assert Ruling.objects.get(drawn_job=below, claim__key="seal").verdict == "conforming"


def test_somebody_else_comes_in_for_an_inspector_who_may_no_longer(
    story: InspectionStory, django_capture_on_commit_callbacks: Any
) -> None:
    site = story.inspection("site")
    story.write(site)
    person = site.assignment.person
    RoleHolding.objects.filter(person=person, role=Role.INSPECTOR).update(ends_at=site.case.filed_at)
    with django_capture_on_commit_callbacks(execute=True):
        replacing.look_through()
    assert Assignment.objects.get(pk=site.assignment_id).ended_at is not None
    old = Case.objects.get(pk=site.case_id)
    assert (old.state, old.standing, old.reserved) == ("closed", "replaced", True)
    client = story.plant.client(person)
    assert client.get(f"/inspections/{old.number}/").status_code == 404
    assert client.post(f"/inspections/{old.number}/seal/", {"token": str(uuid4())}).status_code == 404
    fresh = story.inspection("site")
    assert fresh.pk != site.pk and fresh.assignment.person != person
    drawn = story.check(site.drawn_job.lot_job.number)
    assert drawn.result == "conforming"


def test_a_late_record_is_told_to_nobody_above(story: InspectionStory) -> None:
    from datetime import timedelta

    from workflows.engine import clocks
    from workflows.ledger.clock import injected
    from workflows.notices.models import Outbox

    site = story.inspection("site")
    step = Step.objects.get(case=site.case, closed_at=None)
    with injected(step.due_at + timedelta(days=30)):
        clocks.turn()
    step.refresh_from_db()
    assert step.late_at is not None
    told = Outbox.objects.filter(subject=f"case:{site.case_id}").values_list("recipient", flat=True)
    assert set(told) == {site.assignment.person_id}


def test_agreement_over_a_lot_is_one_query(story: InspectionStory, django_assert_num_queries: Any) -> None:
    first, second, *rest = story.numbers()
    story.check(first, site={"seal": OLD_PART}, records={"seal": OLD_PART})
    story.check(second, site={"axis": {"verdict": "nonconforming", "severity": "major", "value": "0.09"},
                              "trial": CANNOT})  # fmt: skip
    for number in rest:
        story.check(number)
    client, month = story.plant.client(story.lead), f"{story.lot.month:%Y-%m}"
    early = {"since": month, "until": month, "contractor": str(story.firm.unit_id), "tier": "1"}
    assert "0</dd>" in client.get("/inspections/agreement/", early).content.decode()
    assert figures.of_lot(story.lot_id, 1).agreement.pairs == 0, "a section's inspector would read how many failed"
    drawn = DrawnJob.objects.get(lot_job__number=first, draw__tier=1)
    assert "最后一级全部密封后才统计" in client.get(reverse("comparison", args=[drawn.pk])).content.decode()
    story.top_is_sealed()
    with django_assert_num_queries(1):
        told = figures.of_lot(story.lot_id, 1)
    counted = len(rest) * 3
    assert (told.both_pass, told.both_fail, told.only_site, told.only_records, told.cannot) == (
        counted + 2 + 1, 1, 1, 0, 1,
    )  # fmt: skip
    assert told.estimate == 1  # of what is confirmed: the other is not ruled yet
    page = client.get("/inspections/agreement/", {"tier": "1"})
    assert "最后一级全部密封后才计入" in page.content.decode()
    assert page.status_code == 200 and "太少，不下结论" in page.content.decode()
    sheet = client.get("/inspections/agreement.xlsx")
    assert sheet.status_code == 200 and sheet.content.startswith(b"PK")
    for person in (story.plant.contractor_person, story.plant.stranger, story.plant.author):
        assert story.plant.client(person).get("/inspections/agreement/").status_code == 404
        assert story.plant.client(person).get("/inspections/agreement.xlsx").status_code == 404
    odd = client.get("/inspections/agreement/", {"tier": "9", "since": "2026-13", "contractor": "x"})
    assert odd.status_code == 200


def test_a_comparison_costs_the_same_for_many_claims(
    story: InspectionStory, django_assert_max_num_queries: Any
) -> None:
    drawn = story.check()
    client = story.plant.client(story.lead)
    client.get(reverse("comparison", args=[drawn.pk]))
    with django_assert_max_num_queries(24):
        client.get(reverse("comparison", args=[drawn.pk]))
