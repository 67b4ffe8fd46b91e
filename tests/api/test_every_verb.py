"""The other verbs, called by programs: the same acts and the same refusals as on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.api.caller import Caller
from tests.proposal_story import Story
from workflows.engine.models import Decision, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.absences import declare_absence


def beside(caller: Caller, story: Story, act: str, **body: Any) -> Any:
    return caller.post(f"/api/cases/{story.case.number}/acts/{act}", **({"token": str(uuid4())} | body))


def test_an_opinion_goes_out_and_comes_back(story: Story) -> None:
    plant, case = story.plant, story.file()
    leader, member = Caller.of(plant.team_leader), Caller.of(plant.section_member)
    item = leader.first()["item"]
    nobody = leader.act(case.number, item, "consult", person="无此人", reason="？")
    assert (nobody.status_code, nobody.json()["field"]) == (400, "person")
    assert leader.act(case.number, item, "consult", person="顾澄").json()["field"] == "reason"
    token = str(uuid4())
    for _ in range(2):
        asked = leader.act(case.number, item, "consult", person="顾澄", reason="氧枪？", token=token)
        assert asked.status_code == 200, asked.json()
    assert leader.act(case.number, item, "approve").json()["code"] == "bad_move"
    yours = member.get(f"/api/cases/{case.number}").json()["yours"]
    assert yours["verbs"] == ["advise"]
    assert member.act(case.number, yours["item"], "advise", reason="不干涉").status_code == 200
    assert leader.act(case.number, item, "approve").status_code == 200
    assert Decision.objects.filter(case=case, verb="consult").count() == 1


def test_signers_are_added_and_removed_and_a_task_is_transferred(story: Story) -> None:
    plant, case = story.plant, story.file()
    leader = Caller.of(plant.team_leader)
    item = leader.first()["item"]
    assert leader.act(case.number, item, "add_signer", person="纪炉", where="x").json()["field"] == "where"
    assert leader.act(case.number, item, "add_signer", person="陆锍", where="before").json()["field"] == "person"
    assert leader.act(case.number, item, "add_signer", person="纪炉", where="beside").status_code == 200
    assert "remove_signer" in leader.get(f"/api/cases/{case.number}").json()["yours"]["verbs"]
    assert leader.act(case.number, item, "remove_signer", signer=item).json()["field"] == "signer"
    added = WorkItem.objects.get(case=case, person=plant.teammate)
    assert leader.act(case.number, item, "remove_signer", signer=added.pk).status_code == 200
    assert leader.act(case.number, item, "transfer", person="10004").status_code == 200
    assert leader.act(case.number, item, "approve").json()["code"] == "not_yours"
    assert Caller.of(plant.section_member).first()["item"] == item


def test_a_case_is_held_urged_copied_and_a_decision_taken_back(story: Story) -> None:
    plant, case = story.plant, story.file()
    leader, author, stranger = Caller.of(plant.team_leader), Caller.of(plant.author), Caller.of(plant.stranger)
    item = leader.first()["item"]
    assert leader.act(case.number, item, "hold").json()["field"] == "reason"
    assert leader.act(case.number, item, "hold", reason="等图纸").json()["state"] == "held"
    assert leader.get(f"/api/cases/{case.number}").json()["yours"] is None
    assert beside(author, story, "resume").json()["code"] == "not_yours"
    assert beside(leader, story, "resume").json()["state"] == "open"
    assert beside(author, story, "urge").status_code == 200
    early = beside(author, story, "urge")
    assert (early.status_code, early.json()["who"]["name"]) == (409, plant.author.name)
    assert beside(stranger, story, "copy", person="10001").status_code == 404
    assert beside(author, story, "copy", person=plant.stranger.employee_no).status_code == 200
    assert stranger.get(f"/api/cases/{case.number}").status_code == 200
    leader.act(case.number, item, "approve")
    assert beside(leader, story, "take_back").json()["decision"]["verb"] == "take_back"
    assert story.at() == "team_review"


def test_a_substitute_finds_and_does_what_waits_for_the_absent(story: Story) -> None:
    plant, case = story.plant, story.file()
    declare_absence(
        actor=plant.team_leader, substitute=plant.stranger, starts_at=None, ends_at=now() + timedelta(days=3)
    )
    caller = Caller.of(plant.stranger)
    page = caller.get("/api/queue").json()
    assert page["items"] == [] and [row["number"] for row in page["standing_in"]] == [case.number]
    yours = caller.get(f"/api/cases/{case.number}").json()["yours"]
    done = caller.act(case.number, yours["item"], "approve").json()["decision"]
    assert (done["actor"]["name"], done["on_behalf_of"]["name"]) == ("莫识", "秦砺")
