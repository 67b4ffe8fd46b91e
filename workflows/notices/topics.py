"""What notices are about, in the few kinds that people choose by. Apps register theirs beside their words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    name: str
    label: str | Promise
    about: str | Promise = ""
    # Work that waits for somebody is always on their list, whatever they choose.
    compulsory: bool = False
    order: int = 50


WAITING = Topic(
    "waiting", _("What waits for you"), _("Tasks, nudges, and what becomes late."), compulsory=True, order=0
)
PROGRESS = Topic("progress", _("How yours moves"), _("Decisions on what you filed or take part in."), order=10)
SECURITY = Topic(
    "security", _("Sign-in and devices"), _("Somebody changed how you sign in."), compulsory=True, order=40
)
COPIES = Topic("copies", _("Copies"), _("What a colleague has sent you to read."), order=20)
UPKEEP = Topic("upkeep", _("Upkeep"), _("For those who keep accounts, roles and rules."), order=30)
OTHER = Topic("other", _("Everything else"), order=90)

_topics: dict[str, Topic] = {topic.name: topic for topic in (WAITING, PROGRESS, COPIES, UPKEEP, SECURITY, OTHER)}


def add(topic: Topic) -> None:
    _topics[topic.name] = topic


def named(name: str) -> Topic:
    return _topics.get(name, OTHER)


def all_topics() -> list[Topic]:
    return sorted(_topics.values(), key=lambda topic: topic.order)
