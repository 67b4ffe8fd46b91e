"""The fourfold picture: what each form saw, as areas. Lengths in units of the drawing; words beside it."""

from __future__ import annotations

from dataclasses import dataclass

from maintenance_audit.inspections.figures import Told

LEFT, TOP, WIDE, HIGH, GAP, LEAST = 56, 38, 237, 184, 3, 24


@dataclass(frozen=True)
class Cell:
    x: float
    y: float
    width: float
    height: float
    count: int
    name: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def baseline(self) -> float:
        return round(self.y + self.height / 2 + 5, 1)


def of(told: Told) -> list[Cell]:
    """Columns by the records form, rows by the site form: pass first. Empty without pairs."""
    passed_records = told.both_pass + told.only_site
    failed_records = told.both_fail + told.only_records
    passed_site = told.both_pass + told.only_records
    failed_site = told.both_fail + told.only_site
    if not passed_records + failed_records:
        return []
    left = _share(passed_records, failed_records, WIDE)
    top = _share(passed_site, failed_site, HIGH)
    right, below = WIDE - left, HIGH - top
    x, y = LEFT + left + GAP, TOP + top + GAP
    return [
        Cell(LEFT, TOP, left, top, told.both_pass, "both_pass"),
        Cell(x, TOP, right, top, told.only_records, "only_records"),
        Cell(LEFT, y, left, below, told.only_site, "only_site"),
        Cell(x, y, right, below, told.both_fail, "both_fail"),
    ]


def _share(one: int, other: int, whole: int) -> float:
    """Wide enough for its number."""
    return round(min(whole - LEAST, max(LEAST, whole * one / (one + other))), 1)
