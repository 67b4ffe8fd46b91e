"""The page of a lot says of its checks: sealed, not yet, late; it leads to both records once open."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maintenance_audit.lots.board import Board
from maintenance_audit.lots.models import DrawnJob
from tests.inspections.story import InspectionStory
from tests.plant import Plant
from workflows.ledger.clock import injected, now


@pytest.fixture
def story(plant: Plant) -> InspectionStory:
    told = InspectionStory(plant)
    told.to_draw(3)
    return told


def states(story: InspectionStory) -> list[list[str]]:
    [tier] = Board(story.lot, None, story.lead).tiers
    return [[form.state for form in row.forms] for row in tier.rows]


def test_a_record_that_was_not_sealed_in_time_is_late(story):
    story.seal(story.inspection("site"))
    assert states(story)[0] == ["sealed", "open"]
    with injected(now() + timedelta(days=60)):
        assert states(story)[0] == ["sealed", "late"] and states(story)[1] == ["late", "late"]
        page = story.plant.client(story.lead).get(reverse("lot", args=[story.case.number])).content.decode()
    assert "已逾期" in page


def test_from_the_lot_to_both_records_by_whoever_may_read_them(story):
    first = DrawnJob.objects.get(pk=story.inspection("site").drawn_job_id)
    story.seal(story.inspection("site"))
    address = reverse("comparison", args=[first.pk])
    lot = reverse("lot", args=[story.case.number])
    assert address not in story.plant.client(story.lead).get(lot).content.decode()
    story.seal(story.inspection("records", first.lot_job.number))
    lead, firm = story.plant.client(story.lead), story.plant.client(story.firm)
    assert address in lead.get(lot).content.decode() and lead.get(address).status_code == 200
    shown = address in firm.get(lot).content.decode()
    assert firm.get(address).status_code == (200 if shown else 404)


def test_a_job_is_opened_from_its_lot(story):
    page = story.plant.client(story.lead).get(reverse("lot", args=[story.case.number])).content.decode()
    for number in story.numbers():
        assert f'href="{reverse("job", args=[number])}"' in page
