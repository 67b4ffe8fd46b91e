"""A case stands where it should not: one person asks, another confirms with the password, and both names are kept."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from innovation.proposals.models import Proposal
from tests.plant import Plant
from tests.proposal_story import Story, publish_rules
from workflows.engine import beside
from workflows.engine.models import Case, Decision
from workflows.ledger import audit, checkpoints
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.operations.models import Correction
from workflows.organisation.models import Person, Role


@pytest.fixture
def story(plant: Plant) -> Story:
    publish_rules(plant)
    story = Story(plant)
    story.file()
    return story


def ask(plant: Plant, story: Story, by: Person, to: str, reason: str = "报错了班组") -> Correction:
    sent = {"number": story.case.number, "to": to, "reason": reason, "token": uuid4()}
    answer = plant.client(by).post(reverse("correction_new"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return Correction.objects.waiting().get(case=story.case)


def confirm(plant: Plant, by: Person, made: Correction, password: str | None = None):
    sent = {"answer_is": "confirm", "password": plant.password if password is None else password}
    return plant.client(by).post(reverse("correction", args=[made.pk]), sent)


def test_an_administrator_asks_and_a_publisher_confirms(plant: Plant, story: Story) -> None:
    story.act(plant.team_leader, "approve")
    client = plant.client(plant.admin)
    shown = client.get(reverse("correction_new"), {"number": story.case.number}).content.decode()
    assert "工段审" in shown
    assert story.case.title not in shown  # no business right at all
    made = ask(plant, story, plant.admin, "team_review")
    assert story.at() == "section_review"  # nothing has changed yet
    assert Outbox.objects.filter(event="operations.correction.requested", recipient=plant.publisher).exists()
    assert "报错了班组" in plant.client(plant.publisher).get(reverse("correction", args=[made.pk])).content.decode()
    assert confirm(plant, plant.publisher, made).status_code == 302
    assert story.at() == "team_review"
    made.refresh_from_db()
    assert (made.state, made.confirmer) == ("done", plant.publisher)
    events = list(
        Entry.objects.filter(chain__subject=f"case:{story.case.pk}").order_by("seq").values_list("event", flat=True)
    )
    assert events[-2:] == ["engine.case.correction_requested", "engine.case.corrected"]
    page = plant.client(plant.author).get(reverse("case", args=[story.case.number])).content.decode()
    for said in (plant.admin.name, plant.publisher.name, "报错了班组", "更正到“班组审”"):
        assert said in page
    checkpoints.gather("test")
    assert list(audit.problems([checkpoints.fingerprint()])) == []
    story.act(plant.team_leader, "approve")
    assert story.at() == "section_review"


def test_asking_is_no_act_upon_the_case_and_a_decision_may_still_be_taken_back(plant: Plant, story: Story) -> None:
    story.act(plant.team_leader, "approve")
    made = ask(plant, story, plant.admin, "team_review")
    beside.take_back(actor=plant.team_leader, case_id=story.case.pk)
    assert story.at() == "team_review"
    confirm(plant, plant.publisher, made)
    made.refresh_from_db()
    assert made.state == "waiting" and not Decision.objects.filter(case=story.case, verb="correct").exists()


def test_the_password_is_asked_again(plant: Plant, story: Story) -> None:
    made = ask(plant, story, plant.admin, "section_review")
    for wrong in ("", "not-the-password"):
        answer = confirm(plant, plant.publisher, made, wrong)
        assert answer.status_code == 422
        assert 'id="id_password_error"' in answer.content.decode()
    assert story.at() == "team_review"
    assert confirm(plant, plant.publisher, made).status_code == 302
    assert story.at() == "section_review"


def test_nobody_confirms_their_own(plant: Plant, story: Story) -> None:
    plant.hold(plant.admin, Role.RULE_PUBLISHER, plant.workshop)
    made = ask(plant, story, plant.admin, "section_review")
    answer = confirm(plant, plant.admin, made)
    assert answer.status_code == 422
    assert story.at() == "team_review"


def test_nobody_concerned_takes_part(plant: Plant, story: Story) -> None:
    plant.hold(plant.author, Role.ADMINISTRATOR, plant.workshop)
    sent = {"number": story.case.number, "to": "section_review", "reason": "x", "token": uuid4()}
    assert plant.client(plant.author).post(reverse("correction_new"), sent).status_code == 422
    assert not Correction.objects.exists()
    made = ask(plant, story, plant.admin, "section_review")
    plant.hold(plant.coauthor, Role.RULE_PUBLISHER, plant.workshop)
    assert confirm(plant, plant.coauthor, made).status_code == 422
    assert story.at() == "team_review"


def test_strangers_may_neither_ask_nor_confirm(plant: Plant, story: Story) -> None:
    sent = {"number": story.case.number, "to": "section_review", "reason": "x", "token": uuid4()}
    assert plant.client(plant.team_leader).post(reverse("correction_new"), sent).status_code == 403
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    assert plant.client(plant.stranger).post(reverse("correction_new"), sent).status_code == 422
    assert not Correction.objects.exists()
    made = ask(plant, story, plant.admin, "section_review")
    assert confirm(plant, plant.reviewers[0], made).status_code == 403  # may ask, not confirm
    assert plant.client(plant.stranger).get(reverse("correction", args=[made.pk])).status_code == 404
    assert confirm(plant, plant.stranger, made).status_code == 404
    assert story.at() == "team_review"


def test_what_the_machine_did_since_is_undone(plant: Plant, story: Story) -> None:
    story.accept_to_the_top()
    assert story.at() == "arrangement"
    made = ask(plant, story, plant.reviewers[4], "workshop_review")
    confirm(plant, plant.publisher, made)
    assert story.at() == "workshop_review"
    proposal = Proposal.objects.get(case=story.case)
    assert (proposal.status, proposal.case.standing, proposal.case.shared_under) == ("filed", "", None)
    for reviewer in plant.reviewers[:4]:
        story.act(reviewer, "approve")
    assert story.at() == "arrangement"


def test_where_it_cannot_stand_it_is_not_offered(plant: Plant, story: Story) -> None:
    shown = plant.client(plant.admin).get(reverse("correction_new"), {"number": story.case.number}).content.decode()
    assert 'value="section_review"' in shown
    for node in ("implementation", "finance_check", "rejection", "team_review"):
        assert f'value="{node}"' not in shown
    sent = {"number": story.case.number, "to": "finance_check", "reason": "x", "token": uuid4()}
    assert plant.client(plant.admin).post(reverse("correction_new"), sent).status_code == 422
    assert not Correction.objects.exists()
    assert not Decision.objects.filter(verb="ask_correction").exists()


def test_looking_where_it_could_go_changes_nothing(plant: Plant, story: Story) -> None:
    story.accept_to_the_top()
    before = list(Case.objects.values()), list(Proposal.objects.values())
    plant.client(plant.admin).get(reverse("correction_new"), {"number": story.case.number})
    assert (list(Case.objects.values()), list(Proposal.objects.values())) == before


def test_a_case_is_closed(plant: Plant, story: Story) -> None:
    made = ask(plant, story, plant.admin, "close", "重复提交")
    confirm(plant, plant.publisher, made)
    assert story.at() == "closed:withdrawn"
    assert Proposal.objects.get(case=story.case).status == "withdrawn"
    assert "结束" in plant.client(plant.author).get(reverse("case", args=[story.case.number])).content.decode()


def test_what_was_accepted_stays_accepted_when_closed(plant: Plant, story: Story) -> None:
    story.accept_to_the_top()
    confirm(plant, plant.publisher, ask(plant, story, plant.admin, "close", "设备已报废"))
    assert story.at() == "closed:accepted"
    assert Proposal.objects.get(case=story.case).status == "accepted"


def test_a_held_case_moves(plant: Plant, story: Story) -> None:
    story.act(plant.team_leader, "hold", "等停机")
    confirm(plant, plant.publisher, ask(plant, story, plant.admin, "section_review", "挂起的人已离厂"))
    case = Case.objects.get(pk=story.case.pk)
    assert (case.state, case.held_at, story.at()) == ("open", None, "section_review")


def test_once_the_case_has_moved_it_is_too_late(plant: Plant, story: Story) -> None:
    made = ask(plant, story, plant.admin, "section_review")
    story.act(plant.team_leader, "reject", "理由不足")
    assert confirm(plant, plant.publisher, made).status_code == 422
    assert story.at() == "rejection"
    sent = {"answer_is": "decline", "answer": "已经办了"}
    plant.client(plant.publisher).post(reverse("correction", args=[made.pk]), sent)
    made.refresh_from_db()
    assert (made.state, made.answer) == ("dropped", "已经办了")
    assert Outbox.objects.filter(event="operations.correction.dropped", recipient=plant.admin).exists()
    assert confirm(plant, plant.publisher, made).status_code == 409


def test_a_form_sent_twice_asks_once(plant: Plant, story: Story) -> None:
    sent = {"number": story.case.number, "to": "section_review", "reason": "x", "token": uuid4()}
    client = plant.client(plant.admin)
    assert client.post(reverse("correction_new"), sent).status_code == 302
    assert client.post(reverse("correction_new"), sent).status_code == 302
    assert client.post(reverse("correction_new"), sent | {"token": uuid4()}).status_code == 422
    assert Correction.objects.count() == 1
    made = Correction.objects.get()
    assert client.post(reverse("correction", args=[made.pk]), {"answer_is": "decline"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "dropped"


def test_a_reason_is_needed(plant: Plant, story: Story) -> None:
    sent = {"number": story.case.number, "to": "section_review", "reason": " ", "token": uuid4()}
    answer = plant.client(plant.admin).post(reverse("correction_new"), sent)
    assert answer.status_code == 422
    assert 'id="why-e"' in answer.content.decode()


def test_in_english(plant: Plant, story: Story) -> None:
    plant.publisher.language = "en"
    plant.publisher.save()
    made = ask(plant, story, plant.admin, "section_review")
    page = plant.client(plant.publisher).get(reverse("correction", args=[made.pk])).content.decode()
    assert "Confirm, and move the case" in page
    assert "Team review → Section review" in page
    listed = plant.client(plant.publisher).get(reverse("corrections")).content.decode()
    assert "To be confirmed" in listed


def test_the_case_leads_those_who_may_ask_to_it(plant: Plant, story: Story) -> None:
    page = reverse("case", args=[story.case.number])
    link = f"{reverse('correction_new')}?number={story.case.number}"
    assert link in plant.client(plant.reviewers[0]).get(page).content.decode()
    for other in (plant.author, plant.team_leader, plant.observer):
        assert link not in plant.client(other).get(page).content.decode()
