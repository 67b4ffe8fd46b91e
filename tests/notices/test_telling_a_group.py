"""A unit's group in WeCom, DingTalk or Feishu hears what it may know, once, through the plant's relay."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests import plant as plants
from tests.proposal_story import Story, publish_rules
from workflows.ledger import clock
from workflows.ledger.models import Entry
from workflows.notices import backoff
from workflows.notices.models import Outbox, Robot, RobotPost, State
from workflows.notices.outbox import oldest_waiting, post
from workflows.notices.robots import relay, sending, vendors
from workflows.notices.tasks import deliver
from workflows.organisation.models import Role

pytestmark = pytest.mark.usefixtures("quiet_registry")

TOKENS = {
    "wecom": "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "dingtalk": "566cc69da782ec0f0e5a1c2b3d4e5f60718293a4b5c6d7e8f901234567890abc",
    "feishu": "5b4f3c2a-1d0e-4f9a-8b7c-6d5e4f3a2b1c",
}
ADDRESSES = {
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={TOKENS['wecom']}",
    "dingtalk": f"https://oapi.dingtalk.com/robot/send?access_token={TOKENS['dingtalk']}",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{TOKENS['feishu']}",
}
SECRETS = {"wecom": "", "dingtalk": "SEC5f1d+/=秘", "feishu": "Zm9v+bar/="}
KINDS = sorted(TOKENS)
WAITING = "engine.task.waiting"


def set_up(plant, kind: str, unit=None, person=None, **changes):
    """As the administrator does it, on the page."""
    form = {
        "unit": (unit or plant.team).pk,
        "kind": kind,
        "name": "甲班群",
        "webhook": ADDRESSES[kind],
        "secret": SECRETS[kind],
        "language": "zh-hans",
        "events": [WAITING],
        "quiet_from": "",
        "quiet_to": "",
        **changes,
    }
    return plant.client(person or plant.admin).post(reverse("admin_robot_new"), form)


def robot_of(plant, groups, kind: str, **changes) -> Robot:
    groups.robots[TOKENS[kind]] = SECRETS[kind]
    answer = set_up(plant, kind, **changes)
    assert answer.status_code == 302, answer.content.decode()
    return Robot.objects.latest("pk")


def rested() -> None:
    """As if some seconds had gone by."""
    Robot.objects.update(next_send_at=clock.now())
    RobotPost.objects.filter(held_for="").update(next_try_at=clock.now())


def waits(plant, number: str = "TA-2611-0001", title: str = "换喷嘴", case=None, key: str = "") -> None:
    post(
        event=WAITING, key=key or f"step:{number}", recipients=[plant.team_leader.pk],
        subject=f"case:{case.pk}", context={"number": number, "title": title}, url=f"/cases/{number}/",
    )  # fmt: skip


@pytest.fixture
def case(plant):
    publish_rules(plant)
    case = Story(plant).file()
    Outbox.objects.update(state=State.SENT, sent_at=clock.now())
    return case


@pytest.mark.parametrize("kind", KINDS)
def test_a_filed_proposal_is_told_to_its_teams_group(plant, groups, kind):
    robot_of(plant, groups, kind)
    publish_rules(plant)
    case = Story(plant).file()
    deliver()
    (text,) = groups.texts(kind)
    assert "试金" in text
    assert "闪速炉甲班" in text
    assert f"等着办：{case.number}" in text
    assert case.title in text
    assert f"https://assay.plant.example/cases/{case.number}/" in text
    for person in (plant.author, plant.coauthor, plant.team_leader):
        assert person.name not in text
    assert RobotPost.objects.get().state == State.SENT


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_told_once_however_often_the_worker_runs(plant, groups, case, kind):
    robot_of(plant, groups, kind)
    waits(plant, case=case)
    for _ in range(3):
        deliver()
        rested()
    waits(plant, case=case)  # the same occurrence
    deliver()
    assert len(groups.heard) == 1


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


def test_a_group_above_hears_the_number_and_not_the_title(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.section)
    waits(plant, case=case, title="秘密的标题")
    deliver()
    (text,) = groups.texts()
    assert "TA-2611-0001" in text
    assert "秘密的标题" not in text
    assert "title" not in RobotPost.objects.get().context


def test_a_group_elsewhere_hears_nothing(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.other_team)
    waits(plant, case=case)
    deliver()
    assert not RobotPost.objects.exists()


def test_what_is_shared_with_the_workshop_has_its_title_in_every_group_there(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.other_team)
    case.shared_under = plant.workshop
    case.save(update_fields=["shared_under"])
    waits(plant, case=case)
    deliver()
    assert "换喷嘴" in groups.texts()[0]


@pytest.mark.parametrize("event", ["engine.case.reject", "engine.case.return", "engine.case.copy", "engine.case.urge"])
def test_refusals_and_what_is_between_two_people_are_no_groups_business(plant, groups, case, event):
    robot = robot_of(plant, groups, "wecom")
    Robot.objects.filter(pk=robot.pk).update(events=[event, WAITING])
    context = {"number": "TA-1", "title": "x", "who": "李", "reason": "不行", "step": "proposal/team_review"}
    post(event=event, key="d:1", recipients=[plant.author.pk], subject=f"case:{case.pk}", context=context, url="/")
    deliver()
    assert groups.heard == []


def test_a_robot_tells_what_was_chosen_and_nothing_else(plant, groups, case):
    robot_of(plant, groups, "wecom", events=["engine.case.pass_up"])
    waits(plant, case=case)
    deliver()
    assert groups.heard == []


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_markup_and_calls_in_a_title_do_nothing(plant, groups, case, kind):
    robot_of(plant, groups, kind)
    waits(plant, case=case, title="<@all> [点我](http://evil.example) **x** @13800000000")
    deliver()
    (text,) = groups.texts()
    assert "](http://evil.example)" not in text
    assert "<@" not in text
    assert "@13800000000" not in text


def test_many_at_once_are_one_message(plant, groups, case):
    robot_of(plant, groups, "wecom")
    for number in range(25):
        waits(plant, f"TA-2611-{number:04}", "很长的标题" * 20, case)
    deliver()
    (text,) = groups.texts()
    assert len(text.encode()) <= 4096
    assert "……还有" in text
    assert not RobotPost.objects.exclude(state=State.SENT).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_robot_rests_between_messages(plant, groups, case, kind):
    robot_of(plant, groups, kind)
    waits(plant, "TA-1", case=case)
    deliver()
    waits(plant, "TA-2", case=case)
    deliver()
    assert len(groups.heard) == 1
    rest = Robot.objects.get().next_send_at - clock.now()
    assert timedelta(minutes=1) / rest <= 20  # what the vendors allow
    with clock.injected(clock.now() + timedelta(seconds=5)):
        deliver()
    assert len(groups.heard) == 2


MINUTE = timedelta(minutes=1)
THROTTLED = {
    "wecom": (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, MINUTE),
    "dingtalk": (
        200,
        {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
        timedelta(minutes=10),
    ),
    "feishu": (400, {"code": 9499, "msg": "too many request", "data": {}}, MINUTE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_told_too_fast_it_waits_and_loses_nothing(plant, groups, case, kind):
    status, content, wait = THROTTLED[kind]
    robot_of(plant, groups, kind)
    groups.trouble = lambda door: (status, content)
    waits(plant, case=case)
    deliver()
    row = RobotPost.objects.get()
    assert (row.state, row.tries) == (State.WAITING, 0)
    assert wait - timedelta(seconds=20) < row.next_try_at - clock.now() <= wait
    deliver()
    assert len(groups.knocks) == 1
    groups.trouble = None
    with clock.injected(clock.now() + wait + timedelta(seconds=1)):
        deliver()
    assert len(groups.heard) == 1


def hang_up(door) -> None:
    return None


TROUBLES = {
    "500": lambda door: (500, b"<html>relay</html>"),
    "no json": lambda door: (200, b"<html>sign in first</html>"),
    "empty": lambda door: (200, b""),
    "no code": lambda door: (200, {"hello": 1}),
    "code as text": lambda door: (200, {"errcode": "0"}),
    "a list": lambda door: (200, []),
    "redirect": lambda door: (302, {"errcode": 0}),
    "hangs up": hang_up,
    "unknown code": lambda door: (200, {"errcode": 40035, "errmsg": "缺少参数", "code": 1}),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_goes_wrong_is_no_success_and_is_tried_again(plant, groups, case, trouble):
    robot_of(plant, groups, "wecom")
    groups.trouble = TROUBLES[trouble]
    waits(plant, case=case)
    deliver()
    row = RobotPost.objects.get()
    assert (row.state, row.tries) == (State.WAITING, 1)
    assert row.last_error
    assert row.next_try_at > clock.now()
    groups.trouble = None
    with clock.injected(clock.now() + timedelta(minutes=2)):
        deliver()
    assert len(groups.heard) == 1


def test_a_server_that_drips_keeps_no_worker(plant, groups, case, monkeypatch):
    monkeypatch.setattr(relay, "TIMEOUT", 0.5)

    def drip(door) -> None:
        door.send_response(200)
        door.end_headers()
        for _ in range(40):
            door.wfile.write(b" ")
            door.wfile.flush()
            time.sleep(0.1)

    robot_of(plant, groups, "wecom")
    groups.trouble = drip
    waits(plant, case=case)
    began = time.monotonic()
    deliver()
    assert time.monotonic() - began < 2.5
    assert RobotPost.objects.get().last_error == "TimeoutError"


def test_a_relay_that_is_away_ends_the_round_and_rests_longer_each_time(plant, groups, case, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.ROBOT_RELAY = f"http://127.0.0.1:{free.getsockname()[1]}"
    robot_of(plant, groups, "wecom")
    waits(plant, case=case)
    moment, pauses = clock.now(), []
    for _ in range(5):
        with clock.injected(moment):
            deliver()
            robot = Robot.objects.get()
            pauses.append(robot.next_send_at - clock.now())
            moment = max(robot.next_send_at, RobotPost.objects.get().next_try_at) + timedelta(seconds=1)
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 8 * pauses[0]
    assert RobotPost.objects.get().last_error == "ConnectionRefusedError"


def test_in_the_end_it_gives_up_and_stands_on_the_operators_page(plant, groups, case):
    robot_of(plant, groups, "wecom")
    groups.trouble = TROUBLES["500"]
    waits(plant, case=case, title="秘密的标题")
    RobotPost.objects.update(tries=0)
    deliver()
    RobotPost.objects.update(tries=backoff.GREATEST_TRIES - 1)
    rested()
    deliver()
    assert RobotPost.objects.get().state == State.FAILED
    page = plant.client(plant.admin).get(reverse("admin_stuck")).content.decode()
    assert "甲班群" in page
    assert "HTTP 500" in page
    assert "秘密的标题" not in page

    groups.trouble = None
    plant.client(plant.admin).post(reverse("admin_stuck_retry_all"))
    rested()
    deliver()
    assert len(groups.heard) == 1
    assert "都送到了" in plant.client(plant.admin).get(reverse("admin_stuck")).content.decode()


def test_without_a_relay_nothing_leaves_the_plant(plant, groups, case, settings):
    robot = robot_of(plant, groups, "wecom")
    settings.ROBOT_RELAY = ""
    waits(plant, case=case)
    deliver()
    page = plant.client(plant.admin).post(reverse("admin_robot_trial", args=[robot.pk]), follow=True)
    assert "什么都不会发出厂" in page.content.decode()
    assert groups.knocks == []
    assert not RobotPost.objects.exists()
    assert oldest_waiting() is None


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


def test_in_quiet_hours_only_what_is_urgent_is_told(plant, groups, case):
    events = [WAITING, "engine.task.escalated"]
    robot_of(plant, groups, "wecom", quiet_from="20:00", quiet_to="07:30", events=events)
    night = clock.now().replace(hour=15, minute=0)  # 23:00 in the plant
    Robot.objects.update(next_send_at=night)
    with clock.injected(night):
        waits(plant, "TA-1", case=case)
        post(
            event="engine.task.escalated", key="e", recipients=[plant.team_leader.pk], subject=f"case:{case.pk}",
            context={"number": "TA-9", "title": "急", "step": "proposal/team_review"}, url="/",
        )  # fmt: skip
        deliver()
        assert oldest_waiting() is None
    assert ["TA-9" in text for text in groups.texts()] == [True]
    assert "班组审" in groups.texts()[0]  # kept as a code, read in the group's language
    assert RobotPost.objects.get(state=State.WAITING).held_for == "quiet"
    with clock.injected(night + timedelta(hours=8)):
        deliver()
        assert len(groups.heard) == 1
    with clock.injected(night + timedelta(hours=8, minutes=31)):
        deliver()
    assert "TA-1" in groups.texts()[1]


def test_a_robot_speaks_the_language_chosen_for_it(plant, groups, case):
    robot_of(plant, groups, "feishu", language="en")
    waits(plant, case=case)
    deliver()
    (heard,) = groups.heard
    assert "Waits to be decided: TA-2611-0001" in heard.text
    assert list(heard.body["content"]["post"]) == ["en_us"]


def test_once_a_working_day_the_group_hears_how_much_is_late(plant, groups, case):
    robot_of(plant, groups, "dingtalk", unit=plant.workshop, events=[], summary_at="08:15")
    for hour, minute in ((8, 0), (8, 15), (9, 0)):
        with clock.injected(timezone.make_aware(datetime(2026, 12, 2, hour, minute))):
            deliver()
    (text,) = groups.texts()
    assert "在办 1 件，逾期 1 件" in text
    assert "https://assay.plant.example/queue/" in text
    assert case.number not in text
    with clock.injected(timezone.make_aware(datetime(2026, 12, 5, 9, 0))):  # Saturday
        deliver()
    assert len(groups.heard) == 1
    with clock.injected(timezone.make_aware(datetime(2026, 12, 7, 16, 0))):  # beat was away in the morning
        deliver()
    assert len(groups.heard) == 2


def test_where_nothing_is_open_the_group_is_left_in_peace(plant, groups, case):
    robot_of(plant, groups, "wecom", unit=plant.other_team, events=[], summary_at="08:15")
    with clock.injected(timezone.make_aware(datetime(2026, 12, 2, 9, 0))):
        deliver()
    assert groups.knocks == []


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_a_group_once(groups):
    plant = plants.build()
    publish_rules(plant)
    robot_of(plant, groups, "wecom")
    case = Story(plant).file()
    for number in range(12):
        waits(plant, f"TA-{number}", case=case)

    def work(_: int) -> None:
        try:
            deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with clock.injected(clock.now() + timedelta(seconds=5)):
        deliver()
    told = "\n".join(groups.texts())
    assert [told.count(f"TA-{number} ") for number in range(12)] == [1] * 12
    assert not RobotPost.objects.exclude(state=State.SENT).exists()


def test_robots_cost_the_decision_nothing(plant, groups, case, django_assert_num_queries):
    robot_of(plant, groups, "wecom")
    with django_assert_num_queries(1):
        waits(plant, case=case)
