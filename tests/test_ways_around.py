"""Ways around a rule that somebody might try, each found shut."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from innovation.proposals import steps
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import clocks, independence, queue, reseating
from workflows.engine.errors import Recused
from workflows.engine.models import Decision, Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.clock import now
from workflows.organisation import ties, units
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    return Story(plant)


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def test_ending_a_tie_before_deciding_changes_nothing(story: Story) -> None:
    leader = story.plant.team_leader
    tie = ties.declare_tie(actor=leader, other=story.plant.author)
    ended = ties.declare_tie(actor=leader, other=story.plant.coauthor)
    ties.end_tie(actor=leader, tie=ended)
    case = story.file(author=story.plant.teammate, coauthors=())
    assert independence.why_not(case, fresh(leader)) is None
    case = story.file()
    ties.end_tie(actor=leader, tie=tie)
    assert independence.why_not(case, fresh(leader)) == "tie"
    assert not queue.waiting_for(fresh(leader)).filter(case=case).exists()


def test_whoever_carries_it_out_does_not_confirm_its_effect(story: Story) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    case = story.file(benefit="100.00", cost="0.00", category="small_improvement")
    story.act(plant.team_leader, "approve")
    _arranged(story, chief, implementer=chief)
    _implemented(story, chief, saving="200.00")
    item = WorkItem.objects.get(step=story.step())
    assert story.at() == "chief_check"
    with pytest.raises(Recused), turn(actor=fresh(chief), case_id=case.pk, item_id=item.pk) as held:
        held.approve()
    story.act(plant.section_chiefs[1], "approve")
    assert story.at() == "closed:verified"


def test_an_effect_corrected_beyond_the_threshold_goes_to_finance_after_all(story: Story) -> None:
    plant, chief = story.plant, story.plant.section_chiefs[0]
    story.file(benefit="100.00", cost="0.00", category="small_improvement")
    story.act(plant.team_leader, "approve")
    _arranged(story, chief, implementer=plant.coauthor)
    _implemented(story, plant.coauthor, saving="200.00")
    story.act(chief, "return_to", "effect_report", then="resume", reason="漏了两个月")
    _reported(story, plant.coauthor, saving="9000000.00")
    assert story.at() == "finance_check"


def _arranged(story: Story, chief: Person, implementer: Person) -> None:
    item = story.item(chief)
    with turn(actor=fresh(chief), case_id=item.case_id, item_id=item.pk) as held:
        steps.arrange(held, implementer=implementer, due=now().date() + timedelta(days=30))


def _implemented(story: Story, person: Person, saving: str) -> None:
    item = story.item(person)
    with turn(actor=fresh(person), case_id=item.case_id, item_id=item.pk, token=uuid4()) as held:
        steps.implement(held, note="已装", photos=[])
    _reported(story, person, saving)


def _reported(story: Story, person: Person, saving: str) -> None:
    item = story.item(person)
    with turn(actor=fresh(person), case_id=item.case_id, item_id=item.pk) as held:
        steps.report_effect(held, saving=Decimal(saving), added_cost=Decimal(0), investment=Decimal(0), note="电表")


def test_another_s_form_token_is_refused_plainly(story: Story) -> None:
    plant, token = story.plant, str(uuid4())
    for person, benefit, status in ((plant.team_leader, "1", 303), (plant.second_leader, "2", 422)):
        author = plant.author
        if person == plant.second_leader:
            author = plant.section_member
            author.unit = plant.second_team
            author.save()
        case = story.file(author=author, coauthors=(), benefit=benefit)
        url = reverse("decide", args=[case.number, story.item(person).pk])
        answer = plant.client(person).post(url, {"verb": "approve", "token": token})
        assert answer.status_code == status
    assert Decision.objects.filter(token=token).count() == 1


def test_an_administrator_is_not_their_own_fallback(plant: Plant) -> None:
    with pytest.raises(Refused) as told:
        units.name_fallback(actor=plant.admin, unit=plant.workshop, fallback=plant.admin)
    assert told.value.field == "fallback"
    units.name_fallback(actor=plant.admin, unit=plant.workshop, fallback=plant.observer)


def test_an_all_of_step_whose_open_signers_are_gone_counts_those_who_signed(story: Story) -> None:
    story.file()
    story.act(story.plant.team_leader, "approve")
    for chief in story.plant.section_chiefs[:2]:
        story.act(chief, "approve")
    step = story.step()
    WorkItem.objects.filter(step=step, state="open").update(state="cancelled", closed_at=now())
    reseating.RoleHolding.objects.filter(person=story.plant.section_chiefs[2]).update(ends_at=now())
    clocks.turn()
    assert (Step.objects.get(pk=step.pk).outcome, story.at()) == ("approved", "workshop_review")


def test_one_case_that_cannot_move_keeps_no_other_waiting() -> None:
    def act(one: int) -> int:
        if one == 1:
            raise ValueError(one)
        return 1

    assert clocks._each(act, [1, 2, 3]) == 2
