"""Who gives a group its robot, what is taken for one, and what becomes of what the vendor gave."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from django.urls import reverse

from tests.notices.group_robots import (
    ADDRESSES,
    KINDS,
    SECRETS,
    TOKENS,
    TROUBLES,
    WAITING,
    rested,
    robot_of,
    set_up,
    waits,
)
from workflows.ledger.models import Entry
from workflows.notices.models import Robot, RobotPost
from workflows.notices.robots import sending, vendors
from workflows.notices.tasks import deliver
from workflows.organisation.models import Role

pytestmark = pytest.mark.usefixtures("quiet_registry")


@pytest.mark.parametrize("kind", KINDS)
def test_a_trial_says_whether_the_group_hears(plant, groups, kind):
    robot = robot_of(plant, groups, kind)
    page = plant.client(plant.admin).post(reverse("admin_robot_trial", args=[robot.pk]), follow=True)
    assert "“甲班群”群已收到试发的消息" in page.content.decode()
    assert "试发一条" in groups.texts(kind)[0]
    page = plant.client(plant.admin).post(reverse("admin_robot_trial", args=[robot.pk]), follow=True)
    assert "刚发过一条" in page.content.decode()
    assert len(groups.heard) == 1


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_secret_is_named_on_the_page_and_mended_there(plant, groups, case, kind):
    robot = robot_of(plant, groups, kind, secret="another")
    page = plant.client(plant.admin).post(reverse("admin_robot_trial", args=[robot.pk]), follow=True)
    assert {"dingtalk": "sign not match", "feishu": "sign match fail"}[kind] in page.content.decode()
    rested()
    waits(plant, case=case)
    deliver()
    assert groups.heard == []
    assert RobotPost.objects.get().tries == 1

    edit = reverse("admin_robot_edit", args=[robot.pk])
    form = {"name": "甲班群", "language": "zh-hans", "events": [WAITING], "webhook": "", "secret": SECRETS[kind]}
    assert plant.client(plant.admin).post(edit, form).status_code == 302
    deliver()
    assert len(groups.heard) == 1


def test_what_the_vendor_gave_is_sealed_and_never_shown_again(plant, groups, case):
    robot = robot_of(plant, groups, "dingtalk")
    robot.refresh_from_db()
    kept = bytes(robot.credential)
    for secret in (TOKENS["dingtalk"], SECRETS["dingtalk"]):
        assert secret.encode() not in kept
        for name, args in (("admin_robots", []), ("admin_robot_edit", [robot.pk]), ("admin_unit", [plant.team.pk])):
            assert secret not in plant.client(plant.admin).get(reverse(name, args=args)).content.decode()
        for entry in Entry.objects.filter(event__startswith="notices.").select_related("payload"):
            assert secret not in (entry.payload.body or "")
    groups.trouble = lambda door: None
    waits(plant, case=case)
    deliver()
    assert TOKENS["dingtalk"] not in RobotPost.objects.get().last_error
    another = Robot.objects.create(unit=plant.team, kind="dingtalk", name="乙", credential=kept, made_by=plant.admin)
    with pytest.raises(InvalidTag):
        sending.tell(another, vendors.Message("x", ()))


def test_a_refused_form_does_not_give_the_secret_back(plant, groups):
    answer = set_up(plant, "dingtalk", name="")
    assert answer.status_code == 422
    assert SECRETS["dingtalk"] not in answer.content.decode()


@pytest.mark.parametrize(
    "webhook",
    [
        "http://127.0.0.1:9/cgi-bin/webhook/send?key=abcdefgh12345678",
        "file:///cgi-bin/webhook/send?key=abcdefgh12345678",
        "https://169.254.169.254/cgi-bin/webhook/send?key=abcdefgh12345678",
    ],
)
def test_what_is_typed_has_no_say_in_where_it_goes(plant, groups, case, webhook):
    """Of a pasted address only the token is taken; where it goes says the server's setting."""
    groups.robots["abcdefgh12345678"] = ""
    set_up(plant, "wecom", webhook=webhook)
    waits(plant, case=case)
    deliver()
    assert groups.knocks == ["/wecom/cgi-bin/webhook/send?key=abcdefgh12345678"]


@pytest.mark.parametrize(
    "webhook", ["", "x", "https://qyapi.weixin.qq.com/", "key=1&a=b", "a/../../b?key=ü", "http://["]
)
def test_what_is_no_robots_address_is_refused_at_its_field(plant, groups, webhook):
    answer = set_up(plant, "wecom", webhook=webhook)
    assert answer.status_code == 422
    assert 'id="id_webhook_error"' in answer.content.decode()


def test_an_address_of_another_vendor_is_refused(plant, groups):
    answer = set_up(plant, "dingtalk", webhook=ADDRESSES["wecom"])
    assert "这不是这种机器人的地址" in answer.content.decode()


def test_wecom_takes_no_secret(plant, groups):
    assert "没有签名密钥" in set_up(plant, "wecom", secret="SEC").content.decode()


def test_two_robots_of_one_name_are_refused(plant, groups):
    set_up(plant, "wecom")
    assert "已有同名的机器人" in set_up(plant, "wecom").content.decode()


def test_only_the_units_administrator_sets_robots_up(plant, groups):
    for person in (plant.author, plant.team_leader, plant.observer, plant.contractor_person):
        assert set_up(plant, "wecom", person=person).status_code == 403
    plant.hold(plant.stranger, Role.ADMINISTRATOR, plant.other_section)
    assert set_up(plant, "wecom", person=plant.stranger).status_code == 422
    robot = robot_of(plant, groups, "wecom")
    for name in ("edit", "trial", "stop", "start"):
        address = reverse(f"admin_robot_{name}", args=[robot.pk])
        assert plant.client(plant.stranger).post(address).status_code == 404
        assert plant.client(plant.observer).post(address).status_code == 403
    assert "甲班群" in plant.client(plant.observer).get(reverse("admin_robots")).content.decode()
    assert "甲班群" not in plant.client(plant.stranger).get(reverse("admin_robots")).content.decode()


def test_every_change_stands_on_the_units_chain(plant, groups):
    robot = robot_of(plant, groups, "wecom")
    client = plant.client(plant.admin)
    form = {"name": "甲班大群", "language": "en", "events": [WAITING]}
    client.post(reverse("admin_robot_edit", args=[robot.pk]), form)
    client.post(reverse("admin_robot_stop", args=[robot.pk]))
    client.post(reverse("admin_robot_stop", args=[robot.pk]))
    client.post(reverse("admin_robot_start", args=[robot.pk]))
    chain = Entry.objects.filter(chain__subject=f"unit:{plant.team.pk}", event__startswith="notices.").order_by("seq")
    events = [entry.event.rpartition(".")[2] for entry in chain]
    assert events == ["added", "changed", "stopped", "started"]
    assert "停用群机器人" in client.get(reverse("admin_unit", args=[plant.team.pk])).content.decode()


def test_a_stopped_robot_is_silent_about_what_it_had_not_told(plant, groups, case):
    robot = robot_of(plant, groups, "wecom")
    waits(plant, case=case)
    groups.trouble = TROUBLES["500"]
    deliver()
    plant.client(plant.admin).post(reverse("admin_robot_stop", args=[robot.pk]))
    groups.trouble = None
    waits(plant, "TA-2", case=case)
    plant.client(plant.admin).post(reverse("admin_robot_start", args=[robot.pk]))
    rested()
    deliver()
    assert ["TA-2" in text for text in groups.texts()] == [True]


def test_without_a_relay_no_trial_is_asked_for(plant, settings):
    settings.ROBOT_RELAY = ""
    sent = {"unit": plant.section.pk, "kind": "wecom", "name": "工段群", "webhook": ADDRESSES["wecom"]}
    given = sent | {"secret": SECRETS["wecom"], "language": "zh-hans", "events": [WAITING]}
    page = plant.client(plant.admin).post(reverse("admin_robot_new"), given, follow=True).content.decode()
    assert "眼下还不发消息" in page and "试发" not in page
