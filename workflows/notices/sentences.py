"""Sentences that the product itself writes where a person would have written a reason: "Critical finding WT-2611-0007".

A row keeps one language, the plant's, so that a record does not depend on who pressed; whoever reads it gets their own.
That is found by the sentence's shape, so it holds for rows of before, too, whichever language they were written in.
"""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.utils.translation import gettext, override

_sources: list[str] = []
PLACE = re.compile(r"%\((\w+)\)s|%%")


def register(*sources: str) -> None:
    """The English of each, as `gettext_noop` marks it; placeholders are named: "The lot %(number)s was accepted."."""
    _sources.extend(sources)
    _shapes.cache_clear()


def written(source: str, **given: object) -> str:
    """As a row keeps it."""
    with override(settings.LANGUAGE_CODE):
        return gettext(source) % given


def read(text: str) -> str:
    """In the language that is active now; what a person wrote comes back as it is."""
    for source, shape in _shapes():
        if found := shape.fullmatch(text):
            return gettext(source) % {name: read(value) for name, value in found.groupdict().items()}
    return text


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence in each language, as what it can be told by."""
    shapes = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            shapes += [(source, _shape(gettext(source))) for source in _sources]
    return shapes


def _shape(words: str) -> re.Pattern[str]:
    made, end = "", 0
    for place in PLACE.finditer(words):
        made += re.escape(words[end : place.start()])
        made += f"(?P<{place[1]}>.+)" if place[1] else "%"
        end = place.end()
    return re.compile(made + re.escape(words[end:]), re.DOTALL)


__all__ = ["read", "register", "written"]
