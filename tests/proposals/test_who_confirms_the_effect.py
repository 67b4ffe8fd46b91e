"""Whoever carried an idea out does not confirm what it brought."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from innovation.proposals import steps
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine import queue
from workflows.engine.errors import Recused
from workflows.engine.models import WorkItem
from workflows.engine.turn import turn
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


def carried_out_by(story: Story, implementer: Person) -> None:
    """A small improvement up to its reported effect."""
    story.file(benefit="46080.00", cost="300.00", category="small_improvement")
    story.act(story.plant.team_leader, "approve")
    item = story.item(story.plant.section_chiefs[0])
    due = timezone.localdate() + timedelta(days=5)
    with turn(actor=story.plant.section_chiefs[0], case_id=item.case_id, item_id=item.pk, token=uuid4()) as t:
        steps.arrange(t, implementer=implementer, due=due)
    item = story.item(implementer)
    with turn(actor=implementer, case_id=item.case_id, item_id=item.pk, token=uuid4()) as t:
        steps.implement(t, note="装好了。", photos=[])
    item = story.item(implementer)
    with turn(actor=implementer, case_id=item.case_id, item_id=item.pk, token=uuid4()) as t:
        steps.report_effect(
            t, saving=Decimal("46080.00"), added_cost=Decimal(0), investment=Decimal("300.00"), note="台账核对。"
        )


def test_a_chief_who_carried_it_out_leaves_it_to_the_others(ruled: Plant) -> None:
    story, (first, second, _third) = Story(ruled), ruled.section_chiefs
    carried_out_by(story, first)
    assert story.at() == "chief_check"
    item = WorkItem.objects.get(step=story.step())
    assert not queue.waiting_for(first).filter(pk=item.pk).exists()
    with pytest.raises(Recused), turn(actor=first, case_id=item.case_id, item_id=item.pk) as t:
        t.approve()
    story.act(second, "approve")
    assert story.at() == "closed:verified"
    assert story.case is not None and story.case.proposal.__class__.objects.get().verified_by == second


def test_carrying_it_out_does_not_hide_who_wrote_it(ruled: Plant) -> None:
    """The author carries it out: asked why, the answer is still that they are the author."""
    from workflows.engine import independence

    story = Story(ruled)
    carried_out_by(story, ruled.author)
    assert story.case is not None
    assert independence.why_not(story.case, ruled.author) == "author"
