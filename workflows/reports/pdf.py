"""A sheet of paper as PDF: a typst source of the app's, and what it says as plain data.

The font comes with a package, so that a sheet looks the same on every machine. Typst leaves out a glyph that the font
lacks and says nothing; so what it lacks is printed as its number, [U+20BB7], and logged.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst
from django.http import HttpResponse
from fontTools.ttLib import TTFont

from workflows.ledger.clock import now

log = logging.getLogger(__name__)
FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
BASE = Path(__file__).parent / "typst" / "base.typ"


def printed(source: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF of a typst source, which begins behind base.typ and finds `data` there. Data is never executed."""
    said = json.dumps(legible(data), ensure_ascii=False, default=str)
    written = BASE.read_bytes() + b"\n" + source.read_bytes()
    made = typst.compile(written, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"data": said},
                         timestamp=int(now().timestamp()))  # fmt: skip
    assert isinstance(made, bytes)
    return made


def legible(value: Any) -> Any:
    """The same data with a number in brackets for every character that the font cannot draw."""
    if isinstance(value, str):
        return _legible(value)
    if isinstance(value, Mapping):
        return {key: legible(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [legible(inner) for inner in value]
    return value


def _legible(text: str) -> str:
    lacking = {c for c in text if ord(c) not in drawable() and c not in "\n\t"}
    if lacking:
        log.warning("no glyph for %s", " ".join(sorted(f"U+{ord(c):04X}" for c in lacking)))
    return "".join(f"[U+{ord(c):04X}]" if c in lacking else c for c in text)


@cache
def drawable() -> frozenset[int]:
    """Code points that the font has a glyph for."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT.parent)])


def code(text: str, error: str = "m") -> str:
    """A QR code as SVG that carries neither style nor script. `error`: l, m, q or h, how much of it may be spoilt."""
    target, look = io.BytesIO(), {"dark": "#182026", "light": "#fff", "border": 3, "omitsize": True}
    plain = {"xmldecl": False, "svgclass": None, "lineclass": None}
    segno.make(text, error=error, micro=False).save(target, kind="svg", **look, **plain)
    return target.getvalue().decode()


def shown(name: str, content: bytes) -> HttpResponse:
    """In the browser's own reader, under this name if it is kept."""
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}.pdf"'}
    )
