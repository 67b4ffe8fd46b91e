"""The sheet's tokens, recomputed: every text pair at 4.5 : 1 or better, borders and charts at 3 : 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "workflows/site/static/site/assay.css").read_text()
STATES = ["waiting", "soon", "late", "returned", "accepted", "held", "sealed", "disputed", "critical", "none"]
GROUNDS = ("a-bg", "a-surface", "a-sunken")


def tokens(theme: str) -> dict[str, str]:
    opening = {"light": ":root, [data-bs-theme=light] {", "dark": "[data-bs-theme=dark] {"}[theme]
    block = SHEET.split(opening, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", block))


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_pairs() -> list[tuple[str, str]]:
    pairs = [(ink, ground) for ink in ("a-ink", "a-ink-2", "a-ink-3", "a-accent") for ground in GROUNDS]
    pairs += [(f"s-{state}", f"s-{state}-bg") for state in STATES]
    pairs += [("a-on-accent", "a-accent"), ("a-on-accent", "a-accent-hover"), ("a-accent", "a-accent-soft")]
    pairs += [(f"s-{state}", "a-surface") for state in STATES if state != "critical"]
    return pairs


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(theme: str) -> None:
    found = tokens(theme)
    weak = {pair: round(contrast(found[pair[0]], found[pair[1]]), 2) for pair in text_pairs()}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_control_borders_and_charts_stand_out(theme: str) -> None:
    found = tokens(theme)
    shapes = ["a-line-strong", *(f"a-chart-{n}" for n in range(1, 5))]
    assert {
        s: contrast(found[s], found["a-surface"]) for s in shapes if contrast(found[s], found["a-surface"]) < 3
    } == {}


def test_the_measure_itself_is_right() -> None:
    assert round(contrast("#fff", "#000"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
