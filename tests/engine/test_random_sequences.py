"""Random people do random things; the engine and the plain model agree on each step, and no invariant breaks."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.engine.review_model import Model
from tests.proposal_story import Story
from workflows.engine.errors import Refusal
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.turn import turn
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Tie

pytestmark = [pytest.mark.django_db, pytest.mark.prove]

SEQUENCES = int(os.environ.get("ASSAY_SEQUENCES", "100"))
VERBS = ("approve", "approve", "approve", "reject", "abstain", "return_to", "complete", "complete")
TARGETS = ("revision", "team_review", "section_review", "workshop_review")


def test_random_verbs_by_random_people_end_where_the_model_says(
    story: Story, record_property: Callable[[str, object], None]
) -> None:
    people = {p.name: p for p in Person.objects.all()}
    for number in range(SEQUENCES):
        chance = random.Random(number)
        authors = chance.choice([(), (story.plant.coauthor,), (story.plant.section_chiefs[0],)])
        benefit = chance.choice(["100.00", "300000.00", "1860000.00"])
        story.file(benefit=benefit, cost="0.00", coauthors=authors)
        model = model_of(story, authors, benefit)
        for _ in range(14):
            if model.at in ("arrangement", "closed:rejected"):
                break
            one_act(story, model, people, chance)
            assert (number, story.at()) == (number, model.at)
        check_invariants(story.case, number)
    record_property("proved", f"{SEQUENCES} sequences of up to 14 acts, each where the model says")


def model_of(story: Story, authors: tuple[Person, ...], benefit: str) -> Model:
    plant = story.plant
    reviewers = {p.name for p in plant.reviewers}
    return Model(
        {
            "team_review": {plant.team_leader.name},
            "section_review": {c.name for c in plant.section_chiefs},
            "workshop_review": reviewers,
            "appeal_panel": reviewers,
        },
        plant.author.name,
        {plant.author.name, *(a.name for a in authors)},
        {"team_review": benefit == "100.00", "section_review": benefit != "1860000.00"},
    )


def one_act(story: Story, model: Model, people: dict[str, Person], chance: random.Random) -> None:
    seated = sorted(model.visit.signers) or [model.author]
    name = chance.choice(seated if chance.random() < 0.85 else sorted(people))
    verb, target = chance.choice(VERBS), chance.choice(TARGETS)
    then, changes = chance.choice(["resume", "walk"]), chance.random() < 0.3
    expected = model.may(name, verb, target)
    assert try_it(story, people[name], verb, target, then, changes) == expected, (model.at, name, verb, target)
    if expected:
        model.act(name, verb, target, then, changes)


def try_it(story: Story, person: Person, verb: str, target: str, then: str, changes: bool) -> bool:
    """Act through the service on the person's own item, or on anybody's. True if it happened."""
    person = Person.objects.get(pk=person.pk)
    items = WorkItem.objects.filter(step=story.step())
    item = items.filter(person=person).first() or items.filter(person=None).first() or items.first()
    before = Decision.objects.filter(case=story.case).count()
    try:
        with turn(actor=person, case_id=item.case_id, item_id=item.pk) as t:
            if verb == "return_to":
                t.return_to(target, then=then, reason="请补")
            elif verb == "complete":
                t.case.content_digest = uuid4().hex * 2 if changes else t.case.content_digest
                t.complete("", verb="appeal" if t.node.name == "rejection" else "done")
            else:
                getattr(t, verb)("理由")
    except Refusal:
        assert Decision.objects.filter(case=story.case).count() == before
        return False
    return True


def check_invariants(case: Case, number: int) -> None:
    case = Case.objects.get(pk=case.pk)
    open_steps = Step.objects.filter(case=case, closed_at=None).count()
    assert open_steps == (0 if case.state == "closed" else 1)
    assert not WorkItem.objects.filter(case=case, state="open").exclude(step__closed_at=None).exists()
    chain = list(Entry.objects.filter(chain__subject=f"case:{case.pk}").order_by("seq").values_list("seq", flat=True))
    assert chain == list(range(1, len(chain) + 1))
    assert Decision.objects.filter(case=case).count() == len(chain)
    assert case.process.task_set.filter(finished=None).count() == open_steps
    assert not Decision.objects.filter(
        case=case, actor__in=case.parties.values("person"), verb__in=("approve", "reject", "abstain", "return")
    ).exists()
    assert not Tie.objects.exists() and number >= 0
