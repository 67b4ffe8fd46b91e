"""No template of ours carries what the content security policy forbids, or an icon that nobody drew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("workflows", "innovation", "maintenance_audit", "config")
SPRITE = (ROOT / "workflows/site/static/site/icons.svg").read_text()
DRAWN = set(re.findall(r'id="i-([\w-]+)"', SPRITE))

FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "event handler": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[\w:-]*)\s*=", re.I),
    "script link": re.compile(r"""(href|src|action)\s*=\s*["']?\s*javascript:""", re.I),
    "filter in hx-trigger": re.compile(r"""hx-trigger\s*=\s*["'][^"']*\["""),
    "foreign address": re.compile(r"""<(script|link|img)[^>]*\s(src|href)\s*=\s*["']?(https?:)?//""", re.I),
}


def files(*endings: str) -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in endings and path.is_file():
                yield path


def pages() -> list[Path]:
    return [path for path in files(".html") if "templates" in path.parts]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_stands_inline(path: Path) -> None:
    text = path.read_text()
    # JSON data islands are data, not script: the policy lets them be.
    text = re.sub(r'<script[^>]*type="application/json"[^>]*>', "", text)
    # What a template tag says between its signs is no attribute.
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text)
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def used_icons() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in files(".html", ".py"):
        text = path.read_text()
        for name in re.findall(r'{%\s*icon\s+"([\w-]+)"', text) + re.findall(r'{%\s*empty\s+"([\w-]+)"', text):
            found[name] = str(path)
        for name in re.findall(r'{%\s*chip\s+\S+\s+(?:_\("[^"]*"\)|\S+)\s+"([\w-]+)"', text):
            found[name] = str(path)
        for name in re.findall(r"icons\.svg[^#\n]*#i-([a-z-]+)", text):
            found[name] = str(path)
    return found


def test_every_icon_used_is_drawn() -> None:
    assert {name: where for name, where in used_icons().items() if name not in DRAWN} == {}


def test_icons_of_the_menu_and_of_the_states_are_drawn() -> None:
    from workflows.site import menu
    from workflows.site.templatetags.assay import ICON_OF

    assert {entry.icon for entry in [*menu._entries, menu.PROFILE]} | set(ICON_OF.values()) <= DRAWN


def test_scripts_build_no_code_and_no_markup_from_text() -> None:
    for path in files(".js"):
        text = path.read_text()
        assert not re.search(r"\beval\(|new Function|\.innerHTML\s*=|document\.write|outerHTML\s*=", text), path
