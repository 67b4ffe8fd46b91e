"""People set up an authenticator app, sign in with it, lose the phone, and are helped."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.organisation.factors import Phone, add_app, code_at, sign_in, with_app
from tests.plant import PASSWORD, Plant
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation import tokens
from workflows.organisation.models import Person, Role
from workflows.organisation.signin import onetime, policy

SECOND = "/sign-in/second/"


def page(answer) -> str:
    return answer.content.decode()


def events(subject: str) -> list[str]:
    chain = Entry.objects.filter(chain__subject=subject).order_by("seq")
    return [entry.event.removeprefix("organisation.") for entry in chain]


def is_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


# RFC 6238, appendix B, SHA-1, cut to six digits.
@pytest.mark.parametrize(
    ("moment", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert onetime.code_of(secret, onetime.counter_at(moment)) == code == code_at(secret, moment)


def test_a_clock_half_a_minute_off_is_forgiven_and_no_code_counts_twice() -> None:
    secret, here = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1234567890
    for ahead, found in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = code_at(secret, here + 30 * ahead)
        assert (onetime.matching(secret, code, here) is not None) is found
    used = onetime.matching(secret, code_at(secret, here), here)
    assert onetime.matching(secret, code_at(secret, here), here, after=used) is None


def test_an_app_is_added_and_asked_for_from_then_on(plant: Plant) -> None:
    client = Client()
    assert sign_in(client, plant.author)["Location"] == reverse("home")
    phone, codes = add_app(client)
    assert len(set(codes)) == 10
    assert "已开两步验证" in page(client.get(reverse("security")))
    again = Client()
    assert sign_in(again, plant.author, next="/me/")["Location"] == SECOND
    assert not is_in(again)
    assert again.post(SECOND, {"code": phone.code()})["Location"] == "/me/"
    assert is_in(again)
    assert events(f"person:{plant.author.pk}") == ["factor.added", "factor.codes_drawn"]


def test_a_code_opens_once(plant: Plant) -> None:
    phone, _codes = with_app(plant.author)
    code = phone.code()
    for client, status in ((Client(), 302), (Client(), 422)):
        sign_in(client, plant.author)
        assert client.post(SECOND, {"code": code}).status_code == status


def test_a_recovery_code_opens_once_as_typed_from_paper(plant: Plant) -> None:
    _phone, codes = with_app(plant.author)
    first, second = Client(), Client()
    sign_in(first, plant.author)
    assert first.post(SECOND, {"code": codes[3].replace(" ", "-")}).status_code == 302
    assert "还剩 9 个码" in page(first.get(reverse("security")))
    sign_in(second, plant.author)
    assert second.post(SECOND, {"code": codes[3]}).status_code == 422
    assert "factor.recovery_code_used" in events(f"person:{plant.author.pk}")


def test_the_secret_lies_in_the_database_only_under_the_key(plant: Plant) -> None:
    phone, codes = with_app(plant.author)
    rows = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert phone.secret not in rows and not any(code.replace(" ", "") in rows for code in codes)


def test_the_fifth_wrong_code_shuts_the_door(plant: Plant) -> None:
    phone, _codes = with_app(plant.author)
    client = Client()
    sign_in(client, plant.author)
    answers = [client.post(SECOND, {"code": phone.wrong()}) for _n in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert "验证码" in page(answers[0]) and "这个码不对" in page(answers[0])
    assert client.post(SECOND, {"code": phone.code()}).status_code == 429
    assert sign_in(Client(), plant.author).status_code == 429
    assert phone.wrong() not in AccessAttempt.objects.get().post_data


def test_wrong_passwords_and_wrong_codes_are_counted_together(plant: Plant) -> None:
    phone, _codes = with_app(plant.author)
    for _n in range(3):
        Client().post(reverse("sign_in"), {"username": plant.author.employee_no, "password": "guess-guess"})
    client = Client()
    sign_in(client, plant.author)
    assert client.post(SECOND, {"code": phone.wrong()}).status_code == 422
    assert client.post(SECOND, {"code": phone.wrong()}).status_code == 429


def test_the_second_step_without_the_first_is_the_first(plant: Plant) -> None:
    phone, _codes = with_app(plant.author)
    assert Client().get(SECOND)["Location"] == reverse("sign_in")
    assert Client().post(SECOND, {"code": phone.code()})["Location"] == reverse("sign_in")


def test_the_second_step_ends_when_the_password_changes_meanwhile(plant: Plant) -> None:
    phone, _codes = with_app(plant.author)
    client = Client()
    sign_in(client, plant.author)
    person = Person.objects.get(pk=plant.author.pk)
    person.set_password("another-furnace-7")
    person.save()
    assert client.post(SECOND, {"code": phone.code()})["Location"] == reverse("sign_in")


def test_a_token_over_the_api_is_no_way_around(plant: Plant) -> None:
    phone, _codes = with_app(plant.author)

    def ask(**more: str):
        body = {"employee_no": plant.author.employee_no, "password": PASSWORD, **more}
        return Client().post("/api/token", body, content_type="application/json")

    refused = ask()
    assert refused.status_code == 401 and refused.json()["code"] == "second_factor"
    assert ask(code=phone.wrong()).status_code == 401
    assert AccessAttempt.objects.get().failures_since_start == 1
    assert ask(code=phone.code()).status_code == 201


def test_adding_and_removing_asks_again_who_it_is_once_some_time_has_passed(plant: Plant) -> None:
    client = plant.client(plant.author)  # a session that never said when it confirmed
    asked = client.get(reverse("factor_app"))
    assert asked["Location"] == f"{reverse('confirm_identity')}?next=%2Fme%2Fsign-in%2Fapp%2F"
    wrong = client.post(reverse("confirm_identity"), {"password": "guess-guess", "next": "/me/sign-in/app/"})
    assert wrong.status_code == 422 and "现在的密码不对" in page(wrong)
    assert AccessAttempt.objects.get().failures_since_start == 1
    right = client.post(reverse("confirm_identity"), {"password": PASSWORD, "next": "//evil.example/"})
    assert right["Location"] == reverse("security")
    assert client.get(reverse("factor_app")).status_code == 200


def test_a_wrong_first_code_adds_nothing_and_keeps_the_same_picture(plant: Plant) -> None:
    client = Client()
    sign_in(client, plant.author)
    before = page(client.get(reverse("factor_app"))).split('id="app-secret">')[1][:39]
    answer = client.post(reverse("factor_app"), {"code": Phone(before.replace(" ", "")).wrong()})
    assert answer.status_code == 422 and before in page(answer) and "这个码不对" in page(answer)
    assert not Authenticator.objects.exists()


def test_the_app_is_removed_and_the_codes_with_it(plant: Plant) -> None:
    client = Client()
    sign_in(client, plant.author)
    add_app(client)
    factor = Authenticator.objects.get(type="totp")
    client.post(reverse("factor_remove", args=[factor.pk]))
    assert not Authenticator.objects.exists()
    assert sign_in(Client(), plant.author)["Location"] == reverse("home")


def test_nobody_removes_another_ones_factor(plant: Plant) -> None:
    with_app(plant.author)
    factor = Authenticator.objects.get(type="totp")
    client = Client()
    sign_in(client, plant.stranger)
    assert client.post(reverse("factor_remove", args=[factor.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def require(plant: Plant) -> Person:
    """The company's administrator switches it on; returned for what else such a person does."""
    plant.hold(plant.publisher, Role.ADMINISTRATOR, plant.company)
    client = plant.client(plant.publisher)
    assert client.post(reverse("admin_sign_in"), {"second_factor": "required"}).status_code == 302
    return plant.publisher


def test_only_an_administrator_of_the_top_unit_makes_it_a_requirement(plant: Plant) -> None:
    lower = plant.client(plant.admin)
    seen = page(lower.get(reverse("admin_sign_in")))
    assert "只有 金冶铜业 的管理员能改" in seen and "沈砚" in seen
    plant.hold(plant.contractor_person, Role.OBSERVER, plant.company)  # not of the workshop that this one keeps
    assert "杜工" not in page(lower.get(reverse("admin_sign_in")))
    assert lower.post(reverse("admin_sign_in"), {"second_factor": "required"}).status_code == 403
    assert plant.client(plant.team_leader).get(reverse("admin_sign_in")).status_code == 403
    require(plant)
    assert policy.asks_for_second_factor(plant.team)
    assert events(f"unit:{plant.company.pk}") == ["sign_in.second_factor_required"]
    assert "要求两步验证" in page(plant.client(Person.objects.get(pk=plant.admin.pk)).get(reverse("admin_sign_in")))


def test_an_upper_role_sets_it_up_at_the_next_sign_in_before_anything_else(plant: Plant) -> None:
    reviewer = plant.reviewers[0]
    before = Client()
    sign_in(before, reviewer)
    require(plant)
    assert not is_in(before)  # what was open ends, so that nobody goes on without
    client = Client()
    sign_in(client, reviewer)
    for name in ("home", "profile", "queue"):
        assert client.get(reverse(name))["Location"] == reverse("security")
    assert client.get("/me/", headers={"Accept": "application/json"}).status_code == 403
    assert "您的职务要求这样" in page(client.get(reverse("security")))
    add_app(client)
    assert is_in(client)


def test_switching_it_on_ends_no_session_of_who_has_one_or_needs_none(plant: Plant) -> None:
    with_app(plant.finance)
    clients = [plant.client(person) for person in (plant.finance, plant.author)]
    require(plant)
    assert all(is_in(client) for client in clients)


def test_who_switches_it_on_sets_their_own_up_first(plant: Plant) -> None:
    plant.hold(plant.publisher, Role.ADMINISTRATOR, plant.company)
    client = plant.client(plant.publisher)
    client.post(reverse("admin_sign_in"), {"second_factor": "required"})
    assert client.get(reverse("home"))["Location"] == reverse("security")


def test_who_must_enrol_gets_no_token_first(plant: Plant) -> None:
    require(plant)
    body = {"employee_no": plant.reviewers[0].employee_no, "password": PASSWORD}
    answer = Client().post("/api/token", body, content_type="application/json")
    assert answer.status_code == 403 and answer.json()["code"] == "must_enrol"


def test_teams_and_sections_are_not_asked_but_every_administrator_is(plant: Plant) -> None:
    require(plant)
    plant.hold(plant.coauthor, Role.ADMINISTRATOR, plant.team)
    asked = {p.name for p in (plant.author, plant.team_leader, plant.section_chiefs[0]) if policy.requires_of(p)}
    assert asked == set()
    assert policy.requires_of(plant.coauthor) and policy.requires_of(plant.finance)


def test_switched_off_again_it_lets_everyone_through(plant: Plant) -> None:
    above = require(plant)
    client = Client()
    sign_in(client, plant.reviewers[0])
    plant.client(above).post(reverse("admin_sign_in"), {"second_factor": "optional"})
    assert not is_in(client)
    client.get(reverse("security"))
    assert is_in(client)


def test_the_last_factor_stays_where_a_role_asks_for_it(plant: Plant) -> None:
    require(plant)
    client = Client()
    sign_in(client, plant.finance)
    add_app(client)
    answer = client.post(reverse("factor_remove", args=[Authenticator.objects.get(type="totp").pk]), follow=True)
    assert "请先加另一种" in page(answer) and Authenticator.objects.filter(type="totp").exists()


def test_an_administrator_resets_it_and_the_person_is_told(plant: Plant) -> None:
    _phone, _codes = with_app(plant.author)
    client = Client()
    raw = tokens.issue(plant.author, "脚本")
    client.force_login(plant.author, backend="workflows.organisation.backends.EmployeeBackend")
    answer = plant.client(plant.admin).post(reverse("admin_factor_reset", args=[plant.author.pk]), follow=True)
    assert "两步验证已重置" in page(answer)
    assert not Authenticator.objects.filter(user=plant.author).exists()
    assert not is_in(client)
    assert tokens.person_of(raw) == plant.author  # tokens are the password's business
    assert sign_in(Client(), plant.author)["Location"] == reverse("home")
    assert events(f"person:{plant.author.pk}")[-1] == "factor.reset"
    told = Outbox.objects.filter(event="organisation.factor.reset")
    assert {row.recipient_id for row in told} == {plant.author.pk}
    assert told.first().context == {"actor": "管晓"}


def test_nobody_else_resets_it(plant: Plant) -> None:
    with_app(plant.author)
    address = reverse("admin_factor_reset", args=[plant.author.pk])
    for person, status in ((plant.team_leader, 403), (plant.observer, 403)):
        assert plant.client(person).post(address).status_code == status
    plant.hold(plant.other_chief, Role.ADMINISTRATOR, plant.other_section)
    assert plant.client(plant.other_chief).post(address).status_code == 404
    assert Authenticator.objects.filter(user=plant.author).count() == 2


def test_an_administrator_below_does_not_reset_who_holds_a_role_above(plant: Plant) -> None:
    plant.hold(plant.author, Role.OBSERVER, plant.company)
    with_app(plant.author)
    plant.client(plant.admin).post(reverse("admin_factor_reset", args=[plant.author.pk]))
    assert Authenticator.objects.filter(user=plant.author).count() == 2


def test_whoever_keeps_the_server_helps_the_last_administrator(plant: Plant) -> None:
    with_app(plant.admin)
    call_command("reset_second_factor", plant.admin.employee_no, stdout=StringIO())
    assert not Authenticator.objects.exists()
    last = Entry.objects.filter(chain__subject=f"person:{plant.admin.pk}").latest("seq")
    assert last.event == "organisation.factor.reset" and json.loads(last.payload.body) == {"actor": None}
    for number in (plant.admin.employee_no, "99999"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", number)


def confirm(client: Client, **sent: str):
    return client.post(reverse("confirm_identity"), sent)


def test_five_wrong_passwords_at_a_confirmation_shut_the_door(plant: Plant) -> None:
    client = plant.client(plant.author)
    answers = [confirm(client, password="guess-guess").status_code for _n in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    assert confirm(client, password=PASSWORD).status_code == 429


def test_nobody_confirms_with_another_ones_password_or_with_nothing(plant: Plant) -> None:
    Person.objects.filter(pk=plant.coauthor.pk).update(password=make_password("a-password-of-her-own"))
    client = plant.client(plant.author)
    assert "请输入密码" in page(confirm(client))
    assert confirm(client, password="a-password-of-her-own").status_code == 422
    assert confirm(client, passkey="{}").status_code == 422
    assert client.get(reverse("factor_app")).status_code == 302
