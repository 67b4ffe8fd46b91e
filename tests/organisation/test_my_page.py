"""What people see and set on their own page: place, roles, language, ties, tokens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.plant import Plant
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.organisation import ties, tokens
from workflows.organisation.models import ApiToken, Person, Tie


def page(answer) -> str:
    return answer.content.decode()


def test_my_page_says_where_i_am_and_what_i_hold(plant: Plant) -> None:
    seen = page(plant.client(plant.team_leader).get(reverse("profile")))
    for words in ("熔炼车间", "闪速炉工段", "闪速炉甲班", "班长", "有效", plant.team_leader.employee_no):
        assert words in seen


def test_language_and_theme_follow_the_person(plant: Plant) -> None:
    client = plant.client(plant.author)
    client.post(reverse("profile"), {"language": "en", "theme": "dark", "email": "han@plant.example"})
    seen = page(client.get(reverse("profile")))
    assert "Declared ties" in seen and 'data-bs-theme="dark"' in seen and "My roles" in seen


def test_a_bad_mail_address_stands_at_its_field_with_what_was_typed(plant: Plant) -> None:
    answer = plant.client(plant.author).post(reverse("profile"), {"language": "en", "theme": "auto", "email": "不是"})
    assert answer.status_code == 422 and 'value="不是"' in page(answer) and "id_email_error" in page(answer)


def test_a_tie_is_declared_by_number_or_name_and_binds_both(plant: Plant) -> None:
    client = plant.client(plant.author)
    client.post(reverse("declare_tie"), {"colleague": plant.team_leader.employee_no})
    client.post(reverse("declare_tie"), {"colleague": "高焰"})
    assert ties.tied_to(plant.author) == {plant.team_leader.pk, plant.section_chiefs[0].pk}
    assert ties.tied_to(plant.team_leader) == {plant.author.pk}
    assert "秦砺" in page(client.get(reverse("profile")))
    assert "韩铸" not in page(plant.client(plant.team_leader).get(reverse("profile"))).split('id="ties"')[1]


def test_a_tie_is_ended_and_may_be_declared_again(plant: Plant) -> None:
    tie = ties.declare_tie(actor=plant.author, other=plant.team_leader)
    client = plant.client(plant.author)
    client.post(reverse("end_tie", args=[tie.pk]))
    assert ties.tied_to(plant.team_leader) == set()
    assert client.post(reverse("declare_tie"), {"colleague": "秦砺"}).status_code == 302
    chain = Entry.objects.filter(chain__subject=f"person:{plant.author.pk}").order_by("seq")
    assert [e.event for e in chain] == [
        "organisation.tie.declared", "organisation.tie.ended", "organisation.tie.declared",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("没这人", "没有这个工号或姓名"), ("韩铸", "关系要申报与别人的"), ("", "这一项要填"), ("秦砺", "已经申报过")],
)
def test_a_tie_that_cannot_be_is_said_at_the_field(plant: Plant, typed: str, sentence: str) -> None:
    ties.declare_tie(actor=plant.author, other=plant.team_leader)
    answer = plant.client(plant.author).post(reverse("declare_tie"), {"colleague": typed})
    assert answer.status_code == 422 and sentence in page(answer)


def test_nobody_ends_or_reads_another_ones_tie(plant: Plant) -> None:
    tie = ties.declare_tie(actor=plant.author, other=plant.team_leader)
    for person in (plant.stranger, plant.team_leader, plant.admin, plant.observer):
        assert plant.client(person).post(reverse("end_tie", args=[tie.pk])).status_code == 404
        assert not Tie.objects.visible_to(person).exists()
    assert ties.tied_to(plant.author)


def test_a_token_is_shown_once_and_works_until_revoked(plant: Plant) -> None:
    client = plant.client(plant.author)
    assert (
        client.post(reverse("issue_token"), {"label": "检修管理软件"})["Location"]
        == "/me/sign-in/confirm/?next=%2Fme%2F"
    )
    client.post(reverse("confirm_identity"), {"password": plant.password, "next": "/me/"})
    answer = client.post(reverse("issue_token"), {"label": "检修管理软件"})
    raw = re.search(r"assay_[\w-]{43}", page(answer))[0]
    assert "no-store" in answer["Cache-Control"]
    assert tokens.person_of(raw) == plant.author
    seen = page(client.get(reverse("profile")))
    assert raw not in seen and "检修管理软件" in seen
    token = ApiToken.objects.get()
    assert token.digest != raw and token.last_used_at is not None
    client.post(reverse("revoke_token", args=[token.pk]))
    assert tokens.person_of(raw) is None


def test_a_token_ends_by_itself(plant: Plant) -> None:
    raw = tokens.issue(plant.author, "脚本")
    ApiToken.objects.update(expires_at=now() - timedelta(seconds=1))
    assert tokens.person_of(raw) is None


@pytest.mark.parametrize("raw", ["", "assay_", "assay_" + "x" * 43, "x" * 10000, "assay_\0"])
def test_what_is_no_token_is_nobody(plant: Plant, raw: str) -> None:
    assert tokens.person_of(raw) is None


def test_a_token_does_not_pass_the_first_password_by(plant: Plant) -> None:
    raw = tokens.issue(plant.author, "脚本")
    Person.objects.filter(pk=plant.author.pk).update(must_change_password=True)
    assert tokens.person_of(raw) is None


def test_nobody_revokes_another_ones_token(plant: Plant) -> None:
    raw = tokens.issue(plant.author, "脚本")
    address = reverse("revoke_token", args=[ApiToken.objects.get().pk])
    assert plant.client(plant.admin).post(address).status_code == 404
    assert tokens.person_of(raw) == plant.author


def test_colleagues_are_found_by_two_characters_or_a_number(plant: Plant) -> None:
    client = plant.client(plant.author)
    found = client.get(reverse("colleagues"), {"q": "陆锍"}).json()["colleagues"]
    assert found == [{"employee_no": plant.coauthor.employee_no, "name": "陆锍", "unit": "闪速炉甲班"}]
    assert client.get(reverse("colleagues"), {"q": ""}).json() == {"colleagues": []}
    assert len(client.get(reverse("colleagues"), {"q": "1"}).json()["colleagues"]) == 10


def test_contractors_and_the_plant_do_not_find_each_other(plant: Plant) -> None:
    outside = plant.client(plant.contractor_person)
    assert outside.get(reverse("colleagues"), {"q": "韩铸"}).json() == {"colleagues": []}
    inside = plant.client(plant.author)
    assert inside.get(reverse("colleagues"), {"q": "杜工"}).json() == {"colleagues": []}
