"""A flow's picture: every way of the flow is drawn once, and two ways never share a lane where they touch."""

from __future__ import annotations

import re

from workflows.engine import kinds
from workflows.engine.flow_layout import Layout, lay_out
from workflows.engine.views.flow import _told, _ways


def drawn(layout: Layout) -> int:
    """Straight arrows, and one tap for each source of a lane."""
    return sum(len(way.taps) or 1 for way in layout.ways)


def test_a_straight_line_needs_no_lane() -> None:
    layout = lay_out(["a", "b", "c"], {("a", "b"): False, ("b", "c"): True})
    assert [way.refusing for way in layout.ways] == [False, True] and not any(way.taps for way in layout.ways)


def test_ways_to_one_place_share_a_lane_and_others_keep_apart() -> None:
    layout = lay_out(["a", "b", "c", "d"], {("a", "c"): False, ("a", "d"): True, ("b", "d"): True, ("d", "a"): False})
    lanes = [way.taps[0][0] for way in layout.ways]
    assert len(set(lanes)) == 3 and [len(way.taps) for way in layout.ways] == [1, 2, 1]
    assert [way.refusing for way in layout.ways] == [False, True, False]


def test_every_way_of_every_kind_is_drawn_within_the_picture() -> None:
    for kind in kinds.all_kinds():
        told = _told(kind.flow)
        ways = _ways(told)
        layout = lay_out([node.name for node in told], ways)
        assert drawn(layout) == len(ways), kind.name
        assert layout.width <= 360, f"{kind.name} does not fit a phone"
        for way in layout.ways:
            across = [int(x) for x in re.findall(r"H(\d+)", way.path)]
            assert all(0 < x < layout.width for x in across), kind.name
