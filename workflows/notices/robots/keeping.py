"""An administrator gives a unit's group a robot, changes it, stops it, tries it. Each but the trial is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from workflows.ledger import clock
from workflows.ledger.entries import append
from workflows.notices import wording
from workflows.notices.models import Robot, RobotPost, State
from workflows.notices.robots import credentials, relay, sending
from workflows.notices.robots.credentials import Credential
from workflows.notices.robots.vendors import VENDORS, Line, Verdict, token_in
from workflows.organisation.authority import require_administrator
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Unit


@dataclass(frozen=True)
class Terms:
    """What may be changed of a robot at any time."""

    name: str
    language: str
    events: list[str]
    quiet: tuple[time, time] | None = None
    summary_at: time | None = None

    def fields(self) -> dict[str, Any]:
        begins, ends = self.quiet or (None, None)
        return {
            "name": self.name,
            "language": self.language,
            "events": [event for event in wording.for_groups() if event in self.events],
            "quiet_from": begins,
            "quiet_to": ends,
            "summary_at": self.summary_at,
        }


@transaction.atomic
def add(*, actor: Person, unit: Unit, kind: str, webhook: str, secret: str, terms: Terms) -> Robot:
    require_administrator(actor, unit)
    _require_sense(terms)
    uuid, credential = uuid4(), _credential(kind, webhook, secret)
    robot = Robot(
        uuid=uuid, unit=unit, kind=kind, credential=credentials.seal(uuid, credential), signed=bool(credential.secret),
        made_by=actor, **terms.fields(),
    )  # fmt: skip
    _save(robot)
    _record(robot, "added", actor, kind=kind, **_told(terms))
    return robot


@transaction.atomic
def change(*, actor: Person, robot: Robot, webhook: str, secret: str, terms: Terms) -> Robot:
    """An empty webhook keeps the one that is kept; a new one brings its own secret."""
    robot = _locked(robot, actor)
    _require_sense(terms)
    for name, value in terms.fields().items():
        setattr(robot, name, value)
    if webhook or secret:
        token = webhook or credentials.open_for(robot).token
        credential = _credential(robot.kind, token, secret)
        robot.credential, robot.signed = credentials.seal(robot.uuid, credential), bool(credential.secret)
    _wake(robot)
    _save(robot)
    _record(robot, "changed", actor, credential_replaced=bool(webhook or secret), **_told(terms))
    return robot


@transaction.atomic
def stop(*, actor: Person, robot: Robot) -> Robot:
    """What it has not told yet is told to nobody; its posts say so."""
    robot = _locked(robot, actor)
    if robot.is_active:
        robot.is_active = False
        _save(robot)
        RobotPost.objects.filter(robot=robot, state=State.WAITING).update(state=State.SKIPPED)
        _record(robot, "stopped", actor)
    return robot


@transaction.atomic
def start(*, actor: Person, robot: Robot) -> Robot:
    robot = _locked(robot, actor)
    if not robot.is_active:
        robot.is_active = True
        _wake(robot)
        _save(robot)
        _record(robot, "started", actor)
    return robot


def send_trial(*, actor: Person, robot: Robot) -> Verdict:
    """Say one harmless sentence in the group, now, and tell what the vendor answered."""
    require_administrator(actor, robot.unit)
    if not relay.is_set():
        raise Refused(_("No relay is set, so nothing leaves the plant. Set ROBOT_RELAY first."))
    if not _takes_turn(robot):
        raise Refused(_("It has just spoken, or the vendor lets it rest. Wait a moment, then try again."))
    with translation.override(robot.language):
        message = sending.message(robot, [Line(_("A trial: this group will be told here what moves."))])
    try:
        verdict = sending.tell(robot, message)
    except relay.Away as away:
        verdict = Verdict(False, _("Nobody answered: %(error)s") % {"error": away})
    _note(robot, verdict)
    return verdict


def _takes_turn(robot: Robot) -> bool:
    """One of several at once. Our own pause after a failure holds nobody up who wants to see it mended."""
    moment = clock.now()
    mine = Robot.objects.filter(pk=robot.pk, next_send_at=robot.next_send_at)
    if not robot.failures:
        mine = mine.filter(next_send_at__lte=moment)
    return bool(mine.update(next_send_at=moment + sending.REST))


def _note(robot: Robot, verdict: Verdict) -> None:
    if verdict.ok:
        Robot.objects.filter(pk=robot.pk).update(failures=0, last_error="", last_sent_at=clock.now())
    else:
        rest = verdict.wait or timedelta(0)
        Robot.objects.filter(pk=robot.pk).update(
            last_error=verdict.reason[:500], next_send_at=clock.now() + max(rest, sending.REST)
        )


def _credential(kind: str, webhook: str, secret: str) -> Credential:
    token = token_in(kind, webhook)
    if token is None:
        raise Refused(_("This is no address of such a robot. Paste it as the group's settings show it."), "webhook")
    if secret and not VENDORS[kind].signs:
        raise Refused(_("Robots of this kind have no secret; their key is in the address."), "secret")
    return Credential(token, secret)


def _require_sense(terms: Terms) -> None:
    if terms.quiet is not None and terms.quiet[0] == terms.quiet[1]:
        raise Refused(_("Quiet hours end at another time than they begin."), "quiet_to")


def _wake(robot: Robot) -> None:
    """Whatever was wrong may be mended: what waits is tried again now."""
    robot.failures, robot.last_error, robot.next_send_at = 0, "", clock.now()
    RobotPost.objects.filter(robot=robot, state=State.WAITING).update(next_try_at=clock.now(), held_for="")


def _locked(robot: Robot, actor: Person) -> Robot:
    found = Robot.objects.select_for_update(of=("self",)).select_related("unit").get(pk=robot.pk)
    require_administrator(actor, found.unit)
    return found


def _save(robot: Robot) -> None:
    try:
        with transaction.atomic():
            robot.save()
    except IntegrityError:
        raise Refused(_("Another robot of this unit has this name."), "name") from None


def _told(terms: Terms) -> dict[str, Any]:
    return {"name": terms.name, "events": list(terms.fields()["events"])}


def _record(robot: Robot, event: str, actor: Person, **facts: Any) -> None:
    """On the unit's chain; never with what the vendor gave."""
    append(
        subject=f"unit:{robot.unit_id}", event=f"notices.robot.{event}",
        payload={"actor": actor.pk, "robot": robot.pk, **facts},
    )  # fmt: skip
