"""What people read when something is wrong: plain, in their language, nothing typed lost."""

from __future__ import annotations

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory
from django.utils.translation import override

from tests.plant import Plant
from workflows.engine.errors import BadMove, Late, NoSuchThing, NotYours, Recused, RoleEnded
from workflows.ledger.clock import now
from workflows.site import errors, refusals


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有这个网址"), ("en", "No page has this address")])
def test_a_stranger_with_a_wrong_address_reads_it_in_the_browsers_language(language: str, words: str) -> None:
    answer = Client(headers={"accept-language": language}).get("/no/such/page/")
    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_somebody_signed_in_keeps_the_shell_around_a_wrong_address(plant: Plant) -> None:
    answer = plant.client(plant.author).get("/no/such/page/")
    assert answer.status_code == 404
    assert 'class="tabbar"' in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_keeps_what_was_typed() -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "zh-hans"})
    answer = client.post("/", {"reason": "请补三个班的停机记录。", "password": "secret words"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "请补三个班的停机记录。" in text
    assert "secret words" not in text


def request(rf: RequestFactory, person: object, **data: str) -> object:
    made = rf.post("/cases/1/", data, headers={"accept-language": "zh-hans"})
    made.user = person
    return made


def test_who_comes_too_late_reads_who_what_and_when(plant: Plant, rf: RequestFactory) -> None:
    late = Late("return", plant.section_chiefs[2], now())
    with override("zh-hans"):
        answer = refusals.answer(request(rf, plant.author, reason="同意，建议 先试一个班。"), late)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "来晚一步。" in text
    assert "白锐 已在今天" in text
    assert "退回这一件" in text
    assert "您写的内容没有提交，已留在下面。" in text
    assert "先试一个班" in text


def test_a_second_click_is_told_that_the_first_one_counted(plant: Plant, rf: RequestFactory) -> None:
    with override("zh-hans"):
        answer = refusals.answer(request(rf, plant.author), Late("approve", plant.author, now(), by_oneself=True))
    assert "您已经同意过了，只记一次。" in answer.content.decode()


def test_a_role_that_ended_says_who_has_it_now(plant: Plant, rf: RequestFactory) -> None:
    ended = RoleEnded("section_chief", now(), [plant.section_chiefs[1]])
    with override("zh-hans"):
        answer = refusals.answer(request(rf, plant.author), ended)
    assert answer.status_code == 409
    assert "这一件已转给 沈淬" in answer.content.decode()


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (Recused("co_author"), 403, "您是本件合作人，不能评审。"),
        (NotYours(), 403, "要有相应职务才能办"),
        (NoSuchThing(), 404, "没有这一件，或您看不到它。"),
        (BadMove("写明要补什么。"), 400, "写明要补什么。"),
    ],
)
def test_each_refusal_has_one_plain_answer(
    plant: Plant, rf: RequestFactory, refusal: Exception, status: int, words: str
) -> None:
    with override("zh-hans"):
        answer = refusals.answer(request(rf, plant.author), refusal)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_program_gets_json(plant: Plant, rf: RequestFactory) -> None:
    made = rf.get("/api/cases/1", headers={"accept": "application/json"})
    assert refusals.answer(made, NoSuchThing()).headers["Content-Type"] == "application/json"


def test_too_much_at_once_is_413(plant: Plant, rf: RequestFactory) -> None:
    made = rf.get("/")
    made.user = plant.author
    assert errors.bad_request(made, RequestDataTooBig("x")).status_code == 413


def test_our_own_fault_stands_alone_with_a_number(rf: RequestFactory, django_assert_num_queries) -> None:
    with override("zh-hans"):
        answer = errors.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "编号 E-" in answer.content.decode()


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "409", "413", "429"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_answer_renders_for_a_stranger(db: None, rf: RequestFactory, template: str, language: str) -> None:
    with override(language):
        answer = errors.problem(rf.get("/"), 400, f"{template}.html")
    assert "<h1" in answer.content.decode()


def test_the_way_back_never_leads_to_another_site(plant: Plant, rf: RequestFactory) -> None:
    made = rf.post("/cases/1/", headers={"referer": "https://elsewhere.example/"})
    made.user = plant.author
    assert "elsewhere" not in refusals.answer(made, Late("approve", plant.author, now())).content.decode()
