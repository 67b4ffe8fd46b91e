"""Robots' messages: at least once, and as near to once as this gets.

Posts are leased in one transaction and marked in another after the vendor's answer. A worker that dies in between, or
an answer lost on the way, leaves a lease that runs out, and the group reads the message again; the vendors offer
nothing to tell a repetition by. What is due for a robot goes as one message of several lines, and each robot rests
after it, so that twenty a minute are never reached.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from workflows.ledger import clock
from workflows.notices import mail, wording
from workflows.notices.backoff import LONGEST_REASON, pause_after, put_off
from workflows.notices.models import HeldFor, Robot, RobotPost, State
from workflows.notices.robots import credentials, relay
from workflows.notices.robots.vendors import VENDORS, Line, Message, Verdict
from workflows.notices.wishes import quiet_end

logger = logging.getLogger(__name__)

BUNDLE = 30
REST = timedelta(seconds=4)  # fifteen messages a minute
LEASE = timedelta(minutes=1)


def drain() -> int:
    """Let each robot that has something to say speak once; return how many posts went out. A relay that does not
    answer ends the round: it is the same for all."""
    sent = 0
    while relay.is_set() and (leased := _lease()):
        robot, posts = leased
        try:
            sent += _speak(robot, posts) if posts else 0
        except relay.Away as away:
            _failed(robot, posts, str(away))
            break
        except Exception as error:  # a credential that does not open, words that do not fit: no other robot's fault
            logger.exception("robot %s could not speak", robot.pk)
            _failed(robot, posts, type(error).__name__)
    return sent


@transaction.atomic
def _lease() -> tuple[Robot, list[RobotPost]] | None:
    robots = Robot.objects.with_something_to_say().select_related("unit")
    robot = robots.select_for_update(of=("self",), skip_locked=True).first()
    if robot is None:
        return None
    posts = list(RobotPost.objects.due(robot).select_for_update()[:BUNDLE])
    going = _not_quiet(robot, posts)
    until = clock.now() + LEASE
    for post in going:
        post.tries, post.next_try_at, post.held_for = post.tries + 1, until, ""
    RobotPost.objects.bulk_update(posts, ["tries", "next_try_at", "held_for"])
    if going:
        Robot.objects.filter(pk=robot.pk).update(next_send_at=clock.now() + REST)
    return robot, going


def _not_quiet(robot: Robot, posts: list[RobotPost]) -> list[RobotPost]:
    """Those that may go now; the others are held until the group's quiet hours end."""
    if robot.quiet_from is None or robot.quiet_to is None:
        return posts
    end = quiet_end(timezone.make_naive(clock.now()), (robot.quiet_from, robot.quiet_to))
    if end is None:
        return posts
    for post in posts:
        post.held_for, post.next_try_at = HeldFor.QUIET, timezone.make_aware(end)
    return [post for post in posts if wording.of(post.event).urgent]


def _speak(robot: Robot, posts: list[RobotPost]) -> int:
    verdict = tell(robot, compose(robot, posts))
    if verdict.ok:
        _sent(robot, posts)
        return len(posts)
    if verdict.wait is not None:
        _rest(robot, posts, verdict)
    else:
        _failed(robot, posts, verdict.reason)
    return 0


def tell(robot: Robot, message: Message) -> Verdict:
    """Send one message now. Raises `relay.Away`."""
    known = credentials.open_for(robot)
    # The vendor compares with its own clock: this is the one place that wants the machine's.
    call = VENDORS[robot.kind].compose(known.token, known.secret, message, time.time())
    return relay.send(robot.kind, call)


def compose(robot: Robot, posts: list[RobotPost]) -> Message:
    with translation.override(robot.language):
        lines = [
            Line(wording.render_for_group(p.event, p.context, titled="title" in p.context), mail.link_to(p.url))
            for p in posts
        ]
        return message(robot, lines)


def message(robot: Robot, lines: list[Line]) -> Message:
    """Begins with our name, which vendors may be told to look for as a keyword."""
    title = _("Assay · %(unit)s") % {"unit": robot.unit.name}
    return Message(title, tuple(lines), more=_("… and %s more"), language=robot.language)


def _sent(robot: Robot, posts: list[RobotPost]) -> None:
    moment = clock.now()
    RobotPost.objects.filter(pk__in=[post.pk for post in posts]).update(
        state=State.SENT, sent_at=moment, last_error="", held_for=""
    )
    Robot.objects.filter(pk=robot.pk).update(failures=0, last_error="", last_sent_at=moment)


def _rest(robot: Robot, posts: list[RobotPost], verdict: Verdict) -> None:
    """The vendor is busy, or has heard too much of us: no try is counted, nothing is lost."""
    logger.info("robot %s has to rest: %s", robot.pk, verdict.reason)
    until = clock.now() + (verdict.wait or REST)
    for post in posts:
        RobotPost.objects.filter(pk=post.pk).update(
            next_try_at=until, tries=max(post.tries - 1, 0), last_error=verdict.reason[:LONGEST_REASON]
        )
    Robot.objects.filter(pk=robot.pk).update(next_send_at=until, last_error=verdict.reason[:LONGEST_REASON])


def _failed(robot: Robot, posts: list[RobotPost], reason: str) -> None:
    logger.warning("robot %s was not heard: %s", robot.pk, reason)
    for post in posts:
        put_off(post, reason)
    failures = min(robot.failures + 1, 1000)
    Robot.objects.filter(pk=robot.pk).update(
        failures=failures, last_error=reason[:LONGEST_REASON], next_send_at=clock.now() + pause_after(failures)
    )
