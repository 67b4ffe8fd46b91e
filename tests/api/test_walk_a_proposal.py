"""A proposal filed, decided and read by programs alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from tests.api.caller import Caller
from tests.plant import Plant
from tests.proposal_story import Story


def test_a_small_improvement_is_filed_and_accepted(ruled: Plant) -> None:
    author, leader = Caller.signed_in(ruled.author), Caller.signed_in(ruled.team_leader)
    filed = author.file()
    assert filed.status_code == 201, filed.json()
    number = filed.json()["number"]

    page = leader.get("/api/queue", kind="proposal").json()
    assert (page["open"], page["late"], page["next"]) == (1, 0, "")
    row = page["items"][0]
    assert (row["number"], row["amount"], row["author"], row["claimed"]) == (number, "4800.00", "韩铸", False)
    seen = leader.get(f"/api/cases/{number}").json()
    assert seen["yours"] == {
        "item": row["item"],
        "verbs": ["claim", "approve", "reject", "return", "transfer", "consult", "hold", "add_signer"],
        "return_to": ["revision"],
        "form": {},
    }
    assert leader.act(number, row["item"], "claim").json()["decision"]["verb"] == "claim"
    done = leader.act(number, row["item"], "approve", reason="好办法")
    assert done.status_code == 200, done.json()
    assert (done.json()["standing"], done.json()["decision"]["reason"]) == ("accepted", "好办法")

    told = author.get(f"/api/cases/{number}").json()
    assert (told["state"], told["standing"], told["rules"]) == ("open", "accepted", "v1")
    assert told["present"]["step"] == "arrangement"
    assert [p["name"] for p in told["present"]["holders"]] == ["高焰", "沈淬", "白锐"]
    assert [(d["verb"], d["ledger_seq"]) for d in told["decisions"]] == [("approve", 3), ("file", 1)]
    assert told["visits"][0]["decisions"][0]["at"].endswith("+08:00")
    assert author.get(f"/api/proposals/{number}").json()["forecast_benefit"] == "4800.00"


def test_it_is_implemented_and_its_effect_confirmed(story: Story) -> None:
    """Work at a step takes the page's own form; what it refuses it says at the field."""
    case = story.file(benefit="4800.00", cost="300.00", category="small_improvement", coauthors=())
    story.act(story.plant.team_leader, "approve")
    chief, author = Caller.of(story.plant.section_chiefs[0]), Caller.of(story.plant.author)
    yours = chief.get(f"/api/cases/{case.number}").json()["yours"]
    assert "complete" in yours["verbs"]
    assert set(yours["form"]) == {"implementer", "due"}
    bad = chief.act(case.number, yours["item"], "complete", form={"implementer": "99999", "due": "someday"})
    assert (bad.status_code, set(bad.json()["fields"])) == (400, {"form.implementer", "form.due"})

    due, token = f"{timezone.localdate() + timedelta(days=9)}", str(uuid4())
    form = {"implementer": story.plant.author.employee_no, "due": due}
    for _ in range(2):
        done = chief.act(case.number, yours["item"], "complete", token=token, form=form)
        assert (done.status_code, done.json()["standing"]) == (200, "implementing"), done.json()
    for form in ({"note": "衬板已装，运行正常"}, {"note": "工时台账", "saving": "4,600.00", "investment": 300}):
        done = author.act(case.number, author.first()["item"], "complete", form=form)
        assert done.status_code == 200, done.json()
    checker = Caller.of(story.plant.section_chiefs[1])
    assert checker.act(case.number, checker.first()["item"], "approve").json()["standing"] == "verified"
    shown = author.get(f"/api/proposals/{case.number}").json()
    assert (shown["forecast_benefit"], shown["verified_benefit"]) == ("4800.00", "4500.00")


def test_the_ledger_of_a_case_is_read_by_the_verifier(story: Story) -> None:
    from workflows.ledger import verify

    case = story.file()
    story.act(story.plant.team_leader, "approve", "好")
    chain = Caller.of(story.plant.author).get(f"/api/cases/{case.number}/ledger").json()
    assert [e["event"] for e in chain["chains"][0]["entries"]] == ["engine.case.filed", "engine.case.approved"]
    assert chain["format"] == verify.FORMAT
    assert "好" in chain["chains"][0]["entries"][1]["payload"]["body"]


def test_the_queue_pages_by_key(story: Story) -> None:
    for n in range(5):
        story.file(title=f"衬板改造 {n}")
    leader, cursor, seen = Caller.of(story.plant.team_leader), "", []
    for _ in range(3):
        page = leader.get("/api/queue", size=2, cursor=cursor).json()
        seen += [row["title"] for row in page["items"]]
        cursor = page["next"]
    assert seen == [f"衬板改造 {n}" for n in range(5)]
    assert cursor == ""
    assert leader.get("/api/queue", late=True).json()["items"] == []
    assert leader.get("/api/queue", kind="bill").json()["items"] == []


def test_two_characters_find_it(story: Story) -> None:
    number = story.file(title="衬板改造").number
    story.file(title="烟道清理")
    leader = Caller.of(story.plant.team_leader)
    for path in ("/api/queue", "/api/cases", "/api/proposals"):
        for text in ("衬板", number):
            found = leader.get(path, text=text).json()["items"]
            assert [row["title"] for row in found] == ["衬板改造"], (path, text)
        assert leader.get(path, text="衬板 烟道").json()["items"] == []


def test_cases_and_proposals_page_last_first(story: Story) -> None:
    for n in range(3):
        story.file(title=f"衬板改造 {n}")
    author = Caller.of(story.plant.author)
    for path in ("/api/cases", "/api/proposals"):
        first = author.get(path, size=2).json()
        second = author.get(path, size=2, cursor=first["next"]).json()
        titles = [row["title"] for row in first["items"] + second["items"]]
        assert titles == [f"衬板改造 {n}" for n in (2, 1, 0)], path
        assert second["next"] == ""
    assert len(author.get("/api/cases", mine=True).json()["items"]) == 3
    assert author.get("/api/cases", standing="accepted").json()["items"] == []


def test_the_same_call_twice_is_one_act(story: Story) -> None:
    case = story.file()
    leader, token = Caller.of(story.plant.team_leader), str(uuid4())
    item = leader.first()["item"]
    first = leader.act(case.number, item, "approve", token=token)
    second = leader.act(case.number, item, "approve", token=token)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["decision"]["ledger_seq"] == second.json()["decision"]["ledger_seq"]
    author = Caller.of(story.plant.author)
    filing = str(uuid4())
    answers = [author.file(token=filing) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 200]
    assert answers[0].json()["number"] == answers[1].json()["number"]


def test_a_token_of_another_act_is_refused(story: Story) -> None:
    first, token = story.file(), str(uuid4())
    leader = Caller.of(story.plant.team_leader)
    leader.act(first.number, leader.first()["item"], "approve", token=token)
    second = story.file()
    answer = leader.act(second.number, leader.first()["item"], "approve", token=token)
    assert (answer.status_code, answer.json()["field"]) == (400, "token")


def test_it_is_returned_and_withdrawn(story: Story) -> None:
    case = story.file()
    leader, author = Caller.of(story.plant.team_leader), Caller.of(story.plant.author)
    item = leader.first()["item"]
    missing = leader.act(case.number, item, "return", to="revision")
    assert (missing.status_code, missing.json()["field"]) == (400, "reason")
    wrong = leader.act(case.number, item, "return", to="nowhere", reason="补数据")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "to")
    returned = leader.act(case.number, item, "return", to="revision", reason="补三个班的数据")
    assert returned.json()["decision"]["reason"] == "补三个班的数据"
    token = str(uuid4())
    for _ in range(2):
        gone = author.post(f"/api/cases/{case.number}/withdraw", token=token, reason="另案提出")
        assert (gone.status_code, gone.json()["standing"]) == (200, "withdrawn"), gone.json()
