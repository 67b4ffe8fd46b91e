"""Which robots tell of what, worked out when it is delivered in the product: the decision itself never waits for it."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.notices import wording
from workflows.notices.models import Outbox, Robot, RobotPost
from workflows.notices.robots import reach, relay
from workflows.notices.robots.reach import Reach


def spread(rows: Iterable[Outbox]) -> None:
    """Give each occurrence once to each robot that asked for it and whose group may hear of it."""
    heard = {row.key: row for row in rows if wording.of(row.event).group}
    if not heard or not relay.is_set():
        return
    events = {row.event for row in heard.values()}
    robots = list(Robot.objects.filter(is_active=True, events__overlap=sorted(events)).select_related("unit"))
    if not robots:
        return
    known = reach.of({row.subject for row in heard.values()})
    posts = [
        _post(robot, row, known[row.subject])
        for row in heard.values()
        for robot in robots
        if row.event in robot.events and row.subject in known and known[row.subject].includes(robot.unit)
    ]
    RobotPost.objects.bulk_create(posts, ignore_conflicts=True)


def _post(robot: Robot, row: Outbox, known: Reach) -> RobotPost:
    """With what a group may know and no more: what was not copied cannot leak."""
    names = ("number", "title", "step") if known.shows_title_to(robot.unit) else ("number", "step")
    context = {name: row.context[name] for name in names if name in row.context}
    return RobotPost(
        robot=robot, event=row.event, key=row.key, subject=row.subject, context=context, url=row.url,
        created_at=row.created_at,
    )  # fmt: skip
