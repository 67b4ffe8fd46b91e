"""The administrator looks at what stands, and sets it going again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from viewflow.workflow.models import Task

from tests.plant import LONG_AGO, Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import clocks, reseating
from workflows.engine.models import Case, Decision, Failure, Step
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role, RoleHolding


@pytest.fixture
def operator(plant: Plant) -> Person:
    person = Person.objects.create(employee_no="90001", name="总管", unit=plant.company, must_change_password=False)
    plant.hold(person, Role.ADMINISTRATOR, plant.company)
    return person


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    return story


def end_roles(*people: Person) -> None:
    RoleHolding.objects.filter(person__in=people).update(ends_at=LONG_AGO.replace(year=2024))


def page(plant: Plant, person: Person) -> str:
    return plant.client(person).get(reverse("desk")).content.decode()


def test_a_quiet_day(plant: Plant, operator: Person, story: Story) -> None:
    shown = page(plant, operator)
    assert "件件在走" in shown
    assert story.case.number not in shown


def test_a_step_without_anybody_is_named_and_set_going(plant: Plant, operator: Person, story: Story) -> None:
    story.accept_to_the_top()  # at the arrangement, which is the chief's and passes to nobody above
    end_roles(*plant.section_chiefs)
    reviewers = RoleHolding.objects.filter(role=Role.SECTION_CHIEF)
    assert not reviewers.in_force().filter(unit=plant.section).exists()
    shown = page(plant, operator)
    assert story.case.number in shown
    assert "没有人" in shown
    assert story.case.title not in shown  # no content beyond the number
    client = plant.client(operator)
    answer = client.post(reverse("desk_retry", args=[story.case.number]), follow=True)
    assert "还是不动" in answer.content.decode()
    plant.hold(plant.section_member, Role.SECTION_CHIEF, plant.section)
    answer = client.post(reverse("desk_retry", args=[story.case.number]), follow=True)
    assert answer.status_code == 200
    assert not reseating.unmanned().exists()
    events = Entry.objects.filter(chain__subject=f"case:{story.case.pk}").values_list("event", flat=True)
    assert "engine.case.restarted" in list(events)
    again = client.post(reverse("desk_retry", args=[story.case.number]), follow=True)
    assert "已经在走" in again.content.decode()


def test_a_case_without_an_open_step_walks_on_once(plant: Plant, operator: Person, story: Story) -> None:
    step = story.step()
    # As a database restored by halves would have it: the step is decided, the next one was never opened.
    story.act(plant.team_leader, "approve")
    after = story.step()
    after.items.all().delete()
    after.delete()
    Task.objects.filter(process=story.case.process, pk__gt=step.task_id).delete()
    assert "停住" in page(plant, operator)
    client = plant.client(operator)
    client.post(reverse("desk_retry", args=[story.case.number]))
    assert story.at() == "section_review"
    client.post(reverse("desk_retry", args=[story.case.number]))
    assert Step.objects.filter(case=story.case).count() == 2
    assert Decision.objects.filter(case=story.case, verb="restart").count() == 1


def test_a_machine_step_that_failed_runs_again(plant: Plant, operator: Person, story: Story) -> None:
    story.accept_to_the_top()
    case = Case.objects.get(pk=story.case.pk)
    step = story.step()
    step.items.all().delete()
    step.delete()
    accept = Task.objects.get(process=case.process, flow_task__endswith=".accept")
    Task.objects.filter(process=case.process, pk__gt=accept.pk).delete()
    case.proposal.unaccept()
    Case.objects.filter(pk=case.pk).update(standing="")
    accept.status, accept.data = "ERROR", {"_exception": {"title": "disk full", "locals": {"secret": "x"}}}
    accept.save()
    shown = page(plant, operator)
    assert "disk full" in shown
    assert "secret" not in shown
    plant.client(operator).post(reverse("desk_retry", args=[case.number]))
    assert story.at() == "arrangement"
    assert Case.objects.get(pk=case.pk).standing == "accepted"


def test_a_clock_that_fails_is_kept_until_it_works(plant: Plant, operator: Person, story: Story, monkeypatch) -> None:
    step = story.step()
    Step.objects.filter(pk=step.pk).update(mode="one")
    end_roles(plant.team_leader)
    whole = reseating.whole

    def broken(step_id: int) -> Step:
        raise RuntimeError("chief of 闪速炉\nsecond line")

    monkeypatch.setattr(reseating, "whole", broken)
    clocks.turn()
    clocks.turn()
    failure = Failure.objects.open().get()
    assert (failure.case_id, failure.tries) == (story.case.pk, 2)
    assert failure.reason == "RuntimeError: chief of 闪速炉"
    assert failure.reason in page(plant, operator)
    monkeypatch.setattr(reseating, "whole", whole)
    plant.client(operator).post(reverse("desk_retry", args=[story.case.number]))
    clocks.turn()
    assert not Failure.objects.open().exists()
    assert Failure.objects.get().resolved_at is not None


def test_a_decision_that_breaks_is_kept(plant: Plant, operator: Person, story: Story, monkeypatch) -> None:
    from innovation.proposals import course

    monkeypatch.setattr(course, "within", lambda case, level: 1 / 0)
    client = plant.client(plant.team_leader, raise_request_exception=False)
    item = story.item(plant.team_leader)
    client.post(reverse("decide", args=[story.case.number, item.pk]), {"verb": "claim"})
    form = {"verb": "approve", "token": "11111111-1111-4111-8111-111111111111"}
    assert client.post(reverse("decide", args=[story.case.number, item.pk]), form).status_code == 500
    failure = Failure.objects.open().get()
    assert (failure.place, failure.case_id, failure.reason) == (
        "decision",
        story.case.pk,
        "ZeroDivisionError: division by zero",
    )
    assert "决定没有办成" in page(plant, operator)
    monkeypatch.undo()
    story.act(plant.team_leader, "approve")
    clocks.turn()
    assert not Failure.objects.open().exists()


def test_each_administrator_sees_their_own_units(plant: Plant, operator: Person, story: Story) -> None:
    story.accept_to_the_top()
    end_roles(*plant.section_chiefs)
    assert story.case.number in page(plant, plant.admin)
    assert "doctor" not in page(plant, plant.admin)  # the machine is for the whole tree's
    elsewhere = plant.stranger
    plant.hold(elsewhere, Role.ADMINISTRATOR, plant.other_section)
    assert story.case.number not in page(plant, elsewhere)
    retry = reverse("desk_retry", args=[story.case.number])
    assert plant.client(elsewhere).post(retry).status_code == 404
    assert plant.client(plant.team_leader).post(retry).status_code == 403
    assert plant.client(plant.team_leader).get(reverse("desk")).status_code == 403


def test_it_speaks_english(plant: Plant, operator: Person, story: Story) -> None:
    operator.language = "en"
    operator.save()
    shown = page(plant, operator)
    assert "Everything moves" in shown
    assert "PostgreSQL" in shown
