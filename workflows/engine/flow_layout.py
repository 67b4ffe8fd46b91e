"""A flow laid out as one column, as a phone can show it. Pure: no Django.

Places stand in story order, top to bottom. The way to the next place is a straight arrow. Every other way leads along
a lane: on the right those that go forward, on the left those that go back. All ways to one place share its lane, so
that there are no more lanes than places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

BOX, PITCH, HEIGHT, GAP, MARGIN = 172, 64, 44, 11, 4
SHIFT = 10  # ways out leave below the middle of a box, ways in arrive above it


@dataclass(frozen=True)
class Way:
    """All the ways to one place on one side: a lane, the taps of its sources, and the arrow in."""

    path: str
    taps: tuple[tuple[int, int], ...]
    refusing: bool  # nothing but rejections


@dataclass(frozen=True)
class Layout:
    left: int  # where the boxes begin
    width: int
    height: int
    ways: tuple[Way, ...]

    def top(self, place: int) -> int:
        return MARGIN + place * PITCH


@dataclass(frozen=True)
class Bundle:
    target: int
    sources: tuple[int, ...]
    refusing: bool

    @property
    def span(self) -> tuple[int, int]:
        return min(self.target, *self.sources), max(self.target, *self.sources)


def lay_out(names: Sequence[str], ways: Mapping[tuple[str, str], bool]) -> Layout:
    """`ways`: from and to, and whether it is a rejection."""
    place = {name: n for n, name in enumerate(names)}
    forward = _bundles((place[a], place[b], no) for (a, b), no in ways.items() if place[b] > place[a] + 1)
    back = _bundles((place[a], place[b], no) for (a, b), no in ways.items() if place[b] < place[a])
    straight = [(place[a], no) for (a, b), no in ways.items() if place[b] == place[a] + 1]
    right, left = _lanes(forward), _lanes(back)
    start = MARGIN + (max(left.values(), default=-1) + 2) * GAP
    end = start + BOX
    drawn = [_straight(n, start + BOX // 2, no) for n, no in straight]
    drawn += [_along(bundle, end, end + (right[bundle] + 1) * GAP) for bundle in forward]
    drawn += [_along(bundle, start, start - (left[bundle] + 1) * GAP) for bundle in back]
    width = end + (max(right.values(), default=-1) + 2) * GAP + MARGIN
    return Layout(start, width, 2 * MARGIN + (len(names) - 1) * PITCH + HEIGHT, tuple(drawn))


def _bundles(ways: Iterable[tuple[int, int, bool]]) -> list[Bundle]:
    by_target: dict[int, list[tuple[int, bool]]] = {}
    for source, target, no in ways:
        by_target.setdefault(target, []).append((source, no))
    return [
        Bundle(t, tuple(sorted(s for s, _no in found)), all(no for _s, no in found)) for t, found in by_target.items()
    ]


def _lanes(bundles: list[Bundle]) -> dict[Bundle, int]:
    """Short ones next to the boxes; two that touch never share a lane."""
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[Bundle, int] = {}
    for bundle in sorted(bundles, key=lambda b: (b.span[1] - b.span[0], b.target)):
        low, high = bundle.span
        free = (n for n, spans in enumerate(taken) if all(high < a or b < low for a, b in spans))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[bundle] = lane
    return lanes


def _middle(place: int) -> int:
    return MARGIN + place * PITCH + HEIGHT // 2


def _straight(place: int, x: int, refusing: bool) -> Way:
    return Way(f"M{x} {MARGIN + place * PITCH + HEIGHT}V{MARGIN + (place + 1) * PITCH}", (), refusing)


def _along(bundle: Bundle, edge: int, lane: int) -> Way:
    """From each source to the lane, along it, and in at the target."""
    into = _middle(bundle.target) - SHIFT
    outs = [_middle(source) + SHIFT for source in bundle.sources]
    far = max(outs, key=lambda y: abs(y - into))
    taps = "".join(f"M{edge} {y}H{lane}" for y in outs if y != far)
    return Way(f"{taps}M{edge} {far}H{lane}V{into}H{edge}", tuple((lane, y) for y in outs), bundle.refusing)
