"""Somebody files an idea: by the phone's queue or by a plain form, once, and every refusal stands at its field."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection

from innovation.proposals.models import Draft, Problem, Proposal
from tests.plant import Plant
from tests.proposals.filing import picture, problem, send, typed
from workflows.documents.models import Document
from workflows.engine.models import Case, Step
from workflows.organisation.models import Role, RoleHolding


def test_an_idea_becomes_a_case_at_the_team(ruled: Plant) -> None:
    chosen = problem(ruled)
    fields = typed(chosen, coauthor=[ruled.coauthor.employee_no], coauthor_share=["2"])
    answer = send(ruled.client(ruled.author), fields)
    assert answer.status_code == 201
    proposal = Proposal.objects.get()
    assert answer.json() == {"number": proposal.case.number, "url": f"/cases/{proposal.case.number}/"}
    assert (proposal.forecast_benefit, proposal.cost) == (Decimal("45930.00"), Decimal("1200.00"))
    assert list(proposal.authorships.values_list("person__name", "share", "place")) == [("韩铸", 3, 1), ("陆锍", 2, 2)]
    assert proposal.problem == chosen
    assert proposal.case.unit == ruled.team
    assert Step.objects.get(case=proposal.case, closed_at=None).node == "team_review"
    assert set(proposal.case.parties.values_list("person__name", "relation")) == {
        ("韩铸", "author"),
        ("陆锍", "co_author"),
    }
    assert proposal.digest() == proposal.case.content_digest


def test_a_new_problem_enters_the_ledger(ruled: Plant) -> None:
    assert send(ruled.client(ruled.author), typed()).status_code == 201
    raised = Problem.objects.get()
    assert (raised.number, raised.title, raised.raised_by) == ("NT-0001", "溜槽更换一次要五十分钟", ruled.author)


def test_the_same_form_twice_is_one_case(ruled: Plant) -> None:
    client, token, fields = ruled.client(ruled.author), uuid4(), typed()
    first, second = send(client, fields, token), send(client, fields, token)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (Case.objects.count(), Problem.objects.count()) == (1, 1)


def test_the_token_of_another_is_refused(ruled: Plant) -> None:
    token = uuid4()
    send(ruled.client(ruled.author), typed(), token)
    assert send(ruled.client(ruled.teammate), typed(), token).status_code == 409
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_at_once_make_one_case(ruled: Plant) -> None:
    token, fields, answers = uuid4(), typed(), []

    def one_tab() -> None:
        try:
            answers.append(send(ruled.client(ruled.author), fields, token).status_code)
        finally:
            connection.close()

    tabs = [Thread(target=one_tab) for _ in range(8)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(answers) == [200] * 7 + [201]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"method": [" "]}, "method", "写出怎么改。只有问题、没有办法的，不能提交。"),
        ({"title": [""]}, "title", "题目"),
        ({"title": ["溜" * 121]}, "title", "121"),
        ({"method": ["改" * 10_001]}, "method", "10001"),
        ({"category": ["politics"]}, "category", "类别"),
        ({"problem": [""]}, "problem", "难题"),
        ({"problem": ["99999999999999999999"]}, "problem", "难题"),
        ({"problem_title": [""]}, "problem_title", "一句话"),
        ({"cost": ["-1"]}, "cost", "负"),
        ({"cost": ["两千"]}, "cost", "只写数字，例如 236000.00。"),
        ({"cost": ["100000000"]}, "cost", "99,999,999.99"),
        ({"cost": ["1.234"]}, "cost", "2"),
        ({"line_unit_value": ["x", "100"]}, "line_unit_value-0", "只写数字"),
        (
            {"line_quantity": ["99999999", "1"], "line_unit_value": ["99999999", "1"]},
            "line_unit_value-0",
            "99,999,999.99",
        ),
        ({"own_share": ["0"]}, "own_share", "整数"),
        ({"own_share": ["1.5"]}, "own_share", "整数"),
        ({"coauthor": ["10001"], "coauthor_share": ["1"]}, "coauthor-0", "第一"),
        ({"coauthor": ["77777"], "coauthor_share": ["1"]}, "coauthor-0", "77777"),
        ({"coauthor": ["10002", "10002"], "coauthor_share": ["1", "1"]}, "coauthor-1", "陆锍"),
        ({"coauthor": ["10002"], "coauthor_share": ["-2"]}, "coauthor_share-0", "整数"),
    ],
)
def test_each_refusal_stands_at_its_field(ruled: Plant, changes: dict, where: str, words: str) -> None:
    answer = send(ruled.client(ruled.author), typed(**changes))
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert list(errors) == [where]
    assert words in errors[where]
    assert not Case.objects.exists()
    assert not Problem.objects.exists()


def test_somebody_who_left_or_works_elsewhere_is_no_coauthor(ruled: Plant) -> None:
    ruled.coauthor.is_active = False
    ruled.coauthor.save()
    for number in (ruled.coauthor.employee_no, ruled.contractor_person.employee_no):
        answer = send(ruled.client(ruled.author), typed(coauthor=[number], coauthor_share=["1"]))
        assert "coauthor-0" in answer.json()["errors"]


def test_text_is_kept_as_typed(ruled: Plant) -> None:
    nasty = "<script>alert(1)</script>\n锍 铼 𠮷 🔥 '; DROP TABLE\x00"
    assert send(ruled.client(ruled.author), typed(method=[nasty])).status_code == 201
    assert Proposal.objects.get().method == nasty.replace("\x00", "")


def test_nonsense_is_no_form(ruled: Plant) -> None:
    client = ruled.client(ruled.author)
    for body in ("{", "[]", '{"token": 1}', '{"token": "x", "fields": {"title": "text"}}'):
        assert client.post("/proposals/send/", body, content_type="application/json").status_code == 400
    assert send(client, {"title": [{"a": 1}], "surprise": ["1"]}).status_code == 400  # type: ignore[list-item]


def test_a_stranger_is_sent_to_sign_in(ruled: Plant, client) -> None:
    assert send(client, typed()).status_code in (302, 401, 403)
    assert not Case.objects.exists()


def test_without_script_the_form_posts_as_any_form(ruled: Plant) -> None:
    client, fields = ruled.client(ruled.author), typed()
    page = client.get("/proposals/new/")
    token = str(page.context["token"])
    answer = client.post("/proposals/new/", {**fields, "token": token, "before": picture()})
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.number}/")
    assert list(Document.objects.values_list("holder", "purpose")) == [(f"case:{case.pk}", "before")]
    assert case.proposal.digest() == case.content_digest


def test_without_script_a_refusal_keeps_what_was_typed(ruled: Plant) -> None:
    client, fields = ruled.client(ruled.author), typed(method=[""], cost=["两千"])
    fields |= {"coauthor": [ruled.coauthor.employee_no], "coauthor_share": ["2"]}
    answer = client.post("/proposals/new/", fields)
    text = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("炉前铜锍溜槽快换卡具", "两千", "卡具维护", "陆锍", "写出怎么改。只有问题、没有办法的，不能提交。"):
        assert kept in text


def test_without_rules_the_plant_says_whom_to_ask(plant: Plant) -> None:
    answer = send(plant.client(plant.author), typed())
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["form"])
    assert not Problem.objects.exists()


def test_the_page_says_who_decides_and_by_when(ruled: Plant) -> None:
    context = ruled.client(ruled.author).get("/proposals/new/context/").json()
    assert context["person"]["name"] == "韩铸"
    assert context["outlook"]["why"] == "提交后给 秦砺 班长审，规则 v1，1 个工作日内答复"
    assert context["outlook"]["button"] == "提交给班长"
    assert context["outlook"]["authority"]["small_improvement"][0] == {
        "benefit": "50000.00",
        "cost": "5000.00",
        "words": "班组权限内（五小 ≤ ¥50,000.00，投入 ≤ ¥5,000.00），班长同意就能采纳。",
    }


def test_a_leader_files_to_the_section(ruled: Plant) -> None:
    outlook = ruled.client(ruled.team_leader).get("/proposals/new/context/").json()["outlook"]
    assert outlook["button"] == "提交给工段长"
    assert "高焰、沈淬、白锐" in outlook["why"]


def test_without_workshop_reviewers_the_person_above_is_named(ruled: Plant) -> None:
    RoleHolding.objects.filter(role=Role.WORKSHOP_REVIEWER).delete()
    page = "/proposals/new/context/"
    assert "上一级" in ruled.client(ruled.finance).get(page).json()["outlook"]["why"]
    ruled.company.fallback = ruled.publisher
    ruled.company.save()
    assert "章颁" in ruled.client(ruled.finance).get(page).json()["outlook"]["why"]


def test_the_kept_page_names_nobody(ruled: Plant) -> None:
    answer = ruled.client(ruled.author).get("/proposals/new/shell/")
    text = answer.content.decode()
    assert answer.status_code == 200 and "<form" in text
    for personal in (ruled.author.name, ruled.author.employee_no, ruled.team.name, 'name="csrfmiddlewaretoken" value'):
        assert personal not in text


def test_a_photo_sent_twice_is_one_and_goes_with_the_case(ruled: Plant) -> None:
    client, token, photo = ruled.client(ruled.author), uuid4(), str(uuid4())
    address = f"/proposals/drafts/{token}/photos/"
    sent = [client.post(address, {"token": photo, "purpose": "before", "file": picture()}) for _ in "12"]
    assert [answer.status_code for answer in sent] == [201, 200]
    assert Draft.objects.filter(token=token, person=ruled.author).exists()
    assert send(client, typed(), token).status_code == 201
    case = Case.objects.get()
    assert Document.objects.get().holder == f"case:{case.pk}"
    assert not Draft.objects.exists()
    late = client.post(address, {"token": photo, "purpose": "before", "file": picture()})
    assert late.status_code == 200
    assert client.post(address, {"token": str(uuid4()), "purpose": "after", "file": picture()}).status_code == 409


def test_a_photo_into_the_draft_of_another_is_refused(ruled: Plant) -> None:
    token = uuid4()
    ruled.client(ruled.author).post(f"/proposals/drafts/{token}/", {"fields": typed()}, content_type="application/json")
    body = {"token": str(uuid4()), "purpose": "before", "file": picture()}
    assert ruled.client(ruled.teammate).post(f"/proposals/drafts/{token}/photos/", body).status_code == 409
    assert not Document.objects.exists()


def test_a_file_that_is_no_picture_is_refused_with_a_reason(ruled: Plant) -> None:
    upload = picture("before.jpg")
    upload.file.seek(0)
    upload.file.truncate()
    upload.file.write(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    upload.file.seek(0)
    upload.size = 41
    body = {"token": str(uuid4()), "purpose": "before", "file": upload}
    answer = ruled.client(ruled.author).post(f"/proposals/drafts/{uuid4()}/photos/", body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_colleagues_are_found_by_name_or_number(ruled: Plant) -> None:
    client = ruled.client(ruled.author)
    assert "陆锍" in client.get("/proposals/colleagues/?who=陆").content.decode()
    assert "陆锍" in client.get(f"/proposals/colleagues/?who={ruled.coauthor.employee_no}").content.decode()
    assert "杜工" not in client.get("/proposals/colleagues/?who=杜").content.decode()
    assert "韩铸" not in client.get("/proposals/colleagues/?who=韩").content.decode()
