"""The sampling tables hold what the standard's structure says, entry by entry."""

from decimal import Decimal
from itertools import pairwise

import pytest

from maintenance_audit.lots.sampling import AQLS, CODES, TABLES, curve, letter, operating_characteristic, plan, tighter

CELLS = [(code, aql) for code in range(len(CODES)) for aql in range(len(AQLS))]
SHARES = [share / 1000 for share in range(1, 1000, 7)]


def accepted(table, code, aql, share):
    row, ac = table.cell(code, aql)
    return operating_characteristic(table.sizes[row], ac, share)


@pytest.mark.parametrize(
    "name, said, small",
    [
        ("normal", [0, 1, 2, 3, 5, 7, 10, 14, 21], [30, 44]),
        ("tightened", [0, 1, 2, 3, 5, 8, 12, 18], [27, 41]),
        ("reduced", [0, 1, 2, 3, 5, 6, 8, 10], [14, 21, 30]),
    ],
)
def test_along_a_diagonal_the_acceptance_number_is_constant(name, said, small):
    table = TABLES[name]
    diagonals = {}
    for code, aql in CELLS:
        ac = table.acceptance(code, aql)
        if ac is not None:
            diagonals.setdefault(code + aql, set()).add(ac)
            assert ac not in small, "they stand in A–E alone, at AQLs above 10"
    assert all(len(found) == 1 for found in diagonals.values())
    assert [diagonals[diagonal].copy().pop() for diagonal in sorted(diagonals)] == said


@pytest.mark.parametrize("code, aql", CELLS)
def test_a_lot_at_its_aql_is_accepted_as_often_as_the_standard_means(code, aql):
    row, ac = TABLES["normal"].cell(code, aql)
    chance = operating_characteristic(TABLES["normal"].sizes[row], ac, float(AQLS[aql]) / 100)
    assert chance >= {0: 0.87, 1: 0.90}.get(ac, 0.95)


@pytest.mark.parametrize("code", range(len(CODES)))
def test_tightened_is_never_more_lenient_and_reduced_never_stricter(code):
    for aql in range(len(AQLS)):
        for share in SHARES:
            normal = accepted(TABLES["normal"], code, aql, share)
            assert accepted(TABLES["tightened"], code, aql, share) <= normal + 1e-12
            assert accepted(TABLES["reduced"], code, aql, share) >= normal - 1e-6


def test_an_arrow_leads_to_the_nearest_plan_its_way():
    for name, table in TABLES.items():
        for code, aql in CELLS:
            row, _ac = table.cell(code, aql)
            between = range(min(code, row) + 1, max(code, row))
            assert all(table.acceptance(other, aql) is None for other in between), (name, code, aql)


@pytest.mark.parametrize(
    "lot, aql, level, inspection, said",
    [
        (1000, "1.0", "II", "normal", ("J", 80, 2, 3)),
        (1000, 1.0, "II", "tightened", ("J", 80, 1, 2)),
        (1000, "1.0", "II", "reduced", ("J", 32, 2, 3)),
        (20, "4.0", "II", "normal", ("B", 3, 0, 1)),  # C at 4.0: the arrow up, and its n
        (120, "1.0", "II", "normal", ("E", 13, 0, 1)),  # F: up
        (200, "1.0", "II", "normal", ("H", 50, 1, 2)),  # G: down
        (200, "1.0", "II", "tightened", ("J", 80, 1, 2)),
        (600000, "10", "III", "normal", ("K", 125, 21, 22)),  # R at 10: up to the last of its column
        (600000, "0.010", "III", "normal", ("Q", 1250, 0, 1)),
        (600000, "0.025", "III", "tightened", ("S", 3150, 1, 2)),
        (5, "10", "II", "normal", ("C", 5, 1, 2)),
        (5, "10", "II", "tightened", ("D", 5, 1, 2)),  # n is the lot
        (1, "1.0", "II", "normal", ("E", 1, 0, 1)),  # a lot of one is checked
        (10000, "0.65", "S-4", "normal", ("F", 20, 0, 1)),
        (10000, "2.5", "I", "normal", ("J", 80, 5, 6)),
    ],
)
def test_known_plans(lot, aql, level, inspection, said):
    found = plan(lot, aql, level, inspection)
    assert (found.code, found.n, found.ac, found.re) == said


def test_more_than_the_lot_is_all_of_it():
    for size in (1, 2, 7, 40, 124):
        for aql in AQLS:
            assert plan(size, aql).n <= size
    assert plan(7, "0.010").n == 7


def test_a_larger_lot_never_has_an_earlier_letter():
    for level in ("S-1", "S-2", "S-3", "S-4", "I", "II", "III"):
        letters = [
            CODES.index(letter(size, level)) for size in (2, 9, 16, 26, 51, 91, 151, 281, 501, 1201, 3201, 10**6)
        ]
        assert letters == sorted(letters)
    assert [letter(281, level) for level in ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")] == list("BCDEFHJ")


@pytest.mark.parametrize(
    "lot, aql, level, inspection",
    [
        (0, "1.0", "II", "normal"),
        (10, "15", "II", "normal"),
        (10, "x", "II", "normal"),
        (10, "1.0", "IV", "normal"),
        (10, "1.0", "II", "gentle"),
    ],
)
def test_what_the_tables_do_not_have_is_refused(lot, aql, level, inspection):
    with pytest.raises(ValueError):
        plan(lot, aql, level, inspection)


def test_one_step_tighter():
    assert tighter("4.0") == Decimal("2.5") and tighter("0.010") == Decimal("0.010")


def test_the_curve_falls_from_certainty():
    points = curve(20, 1)
    assert points[0] == (0, 1) and points[-1][1] < 0.02
    assert all(later[1] <= earlier[1] for earlier, later in pairwise(points))
