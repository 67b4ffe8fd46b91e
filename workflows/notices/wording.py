"""Which words an event gets. Apps register theirs from `AppConfig.ready`; the texts are lazy translations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workflows.notices import topics
from workflows.notices.topics import Topic

logger = logging.getLogger(__name__)

LONGEST_TITLE = 200


@dataclass(frozen=True)
class Wording:
    title: str | Promise
    body: str | Promise = ""
    topic: Topic = topics.OTHER
    urgent: bool = False
    group: str | Promise = ""
    label: str | Promise = ""


@dataclass(frozen=True)
class Words:
    """Plain text, never HTML: templates escape it, mails send it as it is."""

    title: str
    body: str


_registry: dict[str, Wording] = {}
_readers: dict[str, Callable[[str], str]] = {}


def register(
    event: str,
    *,
    title: str | Promise,
    body: str | Promise = "",
    topic: Topic = topics.OTHER,
    urgent: bool = False,
    group: str | Promise = "",
    label: str | Promise = "",
) -> None:
    """Give `event` its words. Placeholders are named: gettext_lazy("%(case)s is waiting for you").

    `topic` is what people choose by; what is `urgent` waits neither for the end of quiet hours nor for a digest.
    `group` is what a robot may say of it to a whole group, from `%(what)s` and `%(step)s` alone; without it no robot
    ever hears of the event. `label` names the event where an administrator picks what a robot tells.
    """
    _registry[event] = Wording(title, body, topic, urgent, group, label)


def register_reader(name: str, read: Callable[[str], str]) -> None:
    """What is written as a code under `name` is read by `read`, in the language of whoever is told."""
    _readers[name] = read


def registered(event: str) -> bool:
    return event in _registry


def of(event: str) -> Wording:
    """The event's wording; a bare one for an event whose app is no longer there."""
    return _registry.get(event) or Wording(_("Something of yours has moved"))


def for_groups() -> dict[str, str]:
    """What a robot can be asked to tell: event → its name."""
    found = {event: str(wording.label) for event, wording in _registry.items() if wording.group and wording.label}
    return dict(sorted(found.items(), key=lambda item: _registry[item[0]].topic.order))


class UnknownEventError(LookupError):
    """Somebody posts an event that no app has given words to."""


def require(event: str) -> None:
    """Fail loudly where we develop and test; in a plant a notice without fine words beats a lost decision."""
    if event in _registry:
        return
    if settings.TESTING or settings.DEBUG:
        raise UnknownEventError(event)
    logger.error("no wording registered for %s", event)


def render(event: str, context: Mapping[str, object]) -> Words:
    """Return the words for `event` in the language that is active now."""
    wording = of(event)
    title = " ".join(_fill(wording.title, context).split())
    return Words(title[:LONGEST_TITLE], _fill(wording.body, context))


def render_for_group(event: str, context: Mapping[str, object], *, titled: bool) -> str:
    """One line for a group: the number, the title only where the group may read it, nothing else of the case."""
    parts = [str(context.get("number", "")), str(context.get("title", "")) if titled else ""]
    numbers = {name: context[name] for name in ("open", "late") if name in context}
    shown = {"what": " ".join(part for part in parts if part), "step": context.get("step", ""), **numbers}
    return " ".join(_fill(of(event).group, shown).split())[:LONGEST_TITLE]


class _Lenient(dict[str, object]):
    """A placeholder nobody filled shows a dash: one badly filled notice must not stop the hundred behind it."""

    def __missing__(self, key: str) -> str:
        logger.error("a notice lacks %s", key)
        return "—"


def _fill(text: str | Promise, context: Mapping[str, object]) -> str:
    read = {name: _readers[name](str(value)) if name in _readers else value for name, value in context.items()}
    try:
        return str(text) % _Lenient(read)
    except (TypeError, ValueError):  # a translation with a stray per cent sign
        logger.exception("badly written wording: %s", text)
        return str(text)
