"""Which words an event gets. Apps register theirs from `AppConfig.ready`; the texts are lazy translations."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

LONGEST_TITLE = 200


@dataclass(frozen=True)
class Wording:
    title: str | Promise
    body: str | Promise


@dataclass(frozen=True)
class Words:
    """Plain text, never HTML: templates escape it, mails send it as it is."""

    title: str
    body: str


_registry: dict[str, Wording] = {}


def register(event: str, *, title: str | Promise, body: str | Promise = "") -> None:
    """Give `event` its words. Placeholders are named: gettext_lazy("%(case)s is waiting for you")."""
    _registry[event] = Wording(title, body)


def registered(event: str) -> bool:
    return event in _registry


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
    wording = _registry.get(event)
    if wording is None:
        return Words(_("Something of yours has moved"), "")
    title = " ".join(_fill(wording.title, context).split())
    return Words(title[:LONGEST_TITLE], _fill(wording.body, context))


class _Lenient(dict[str, object]):
    """A placeholder nobody filled shows a dash: one badly filled notice must not stop the hundred behind it."""

    def __missing__(self, key: str) -> str:
        logger.error("a notice lacks %s", key)
        return "—"


def _fill(text: str | Promise, context: Mapping[str, object]) -> str:
    try:
        return str(text) % _Lenient(context)
    except (TypeError, ValueError):  # a translation with a stray per cent sign
        logger.exception("badly written wording: %s", text)
        return str(text)
