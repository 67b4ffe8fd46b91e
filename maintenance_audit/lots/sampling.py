"""Single sampling plans by attributes, ISO 2859-1 / GB/T 2828.1: how many of a lot to check, how many may be faulty.

The master tables are not typed in: they follow from the standard's structure. Sample sizes and AQLs are steps of one
geometric series (five a decade), so that n × AQL, and with it the acceptance number, is constant along a diagonal
`code + aql`. A cell between two diagonals has an arrow; its plan, **n included**, is the one that the arrow points at.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import comb

# I and O are no code letters. S stands in the tightened table alone, below R.
CODES = "ABCDEFGHJKLMNPQR"
_SERIES = "0.010 0.015 0.025 0.040 0.065 0.10 0.15 0.25 0.40 0.65 1.0 1.5 2.5 4.0 6.5 10"
AQLS = tuple(Decimal(aql) for aql in _SERIES.split(" "))
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
REDUCED_SIZES = (2, 2, *SIZES[:14])  # two steps smaller, and never below 2

LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
# The code letters by lot size: up to so many → one letter a level, in the order of LEVELS.
_LETTERS: tuple[tuple[float, str], ...] = (
    (8, "AAAAAAB"),
    (15, "AAAAABC"),
    (25, "AABBBCD"),
    (50, "ABBCCDE"),
    (90, "BBCCCEF"),
    (150, "BBCDDFG"),
    (280, "BCDEEGH"),
    (500, "BCDEFHJ"),
    (1200, "CCEFGJK"),
    (3200, "CDEGHKL"),
    (10000, "CDFGJLM"),
    (35000, "CDFHKMN"),
    (150000, "DEGJLNP"),
    (500000, "DEGJMPQ"),
    (float("inf"), "DEHKNQR"),
)


@dataclass(frozen=True)
class Table:
    """One master table. `zero` is the diagonal of Ac 0, `first` the one where `rising` begins."""

    sizes: tuple[int, ...]
    zero: int
    first: int
    rising: tuple[int, ...]
    few: int  # how many of `rising` stand in all codes; what is behind them only in A–E
    back: int  # the diagonal behind Ac 0 whose arrow points back up to it; -1: none, all point down
    codes: str = CODES

    def acceptance(self, code: int, aql: int) -> int | None:
        """Ac of a cell; None where it has an arrow."""
        diagonal = code + aql
        if diagonal == self.zero and (code > 0 or self.back >= 0):
            return 0
        step = diagonal - self.first
        within = len(self.rising) if code <= CODES.index("E") else self.few
        return self.rising[step] if 0 <= step < within else None

    def points_up(self, code: int, aql: int) -> bool:
        """Where an arrow leads. Upward from behind the last Ac, beside Ac 0, and where nothing stands below."""
        diagonal = code + aql
        if diagonal > self.first or (diagonal == self.back and code > 0):
            return True
        return diagonal > self.zero and self.first - aql >= len(self.codes)

    def cell(self, code: int, aql: int) -> tuple[int, int]:
        """Code and Ac of the plan that holds for a cell, arrows followed."""
        step = -1 if self.points_up(code, aql) else 1
        while (ac := self.acceptance(code, aql)) is None:
            code += step
        return code, ac


TABLES = {
    "normal": Table(SIZES[:16], 14, 17, (1, 2, 3, 5, 7, 10, 14, 21, 30, 44), 8, back=15),
    # One step to the right of normal. A at 10 has no Ac 0: 2/0 would be more lenient than normal's 5/1 for bad lots.
    "tightened": Table(SIZES, 15, 18, (1, 2, 3, 5, 8, 12, 18, 27, 41), 7, back=-1, codes=CODES + "S"),
    "reduced": Table(REDUCED_SIZES, 14, 17, (1, 2, 3, 5, 6, 8, 10, 14, 21, 30), 7, back=15),
}
INSPECTIONS = tuple(TABLES)


@dataclass(frozen=True)
class Plan:
    """Check `n` of the lot; at most `ac` nonconforming: accepted; `re` or more: not accepted."""

    code: str
    n: int
    ac: int
    re: int


def plan(lot_size: int, aql: str | float | Decimal, level: str = "II", inspection: str = "normal") -> Plan:
    """The plan of a lot. `code` is the letter whose plan holds, after the arrows; `n` is never more than the lot.

    Raises ValueError for an empty lot and for words or AQLs that the tables do not have.
    """
    if lot_size < 1:
        raise ValueError("an empty lot has no plan")
    if inspection not in TABLES:
        raise ValueError(f"inspection is one of {', '.join(TABLES)}, not {inspection!r}")
    table = TABLES[inspection]
    code, ac = table.cell(CODES.index(letter(lot_size, level)), _place_of(aql))
    return Plan(table.codes[code], min(table.sizes[code], lot_size), ac, ac + 1)


def letter(lot_size: int, level: str = "II") -> str:
    """The code letter of a lot size, before any arrow."""
    if level not in LEVELS:
        raise ValueError(f"level is one of {', '.join(LEVELS)}, not {level!r}")
    return next(letters for largest, letters in _LETTERS if lot_size <= largest)[LEVELS.index(level)]


def tighter(aql: str | float | Decimal) -> Decimal:
    """The AQL one step tighter; the tightest stays."""
    return AQLS[max(0, _place_of(aql) - 1)]


def _place_of(aql: str | float | Decimal) -> int:
    try:
        return AQLS.index(Decimal(str(aql)))
    except (ValueError, InvalidOperation):
        raise ValueError(f"AQL is one of {', '.join(map(str, AQLS))}, not {aql!r}") from None


def operating_characteristic(n: int, ac: int, share: float) -> float:
    """The probability that a lot is accepted of which this share is nonconforming (binomial: type B)."""
    return sum(comb(n, found) * share**found * (1 - share) ** (n - found) for found in range(min(n, ac) + 1))


def curve(n: int, ac: int, points: int = 60) -> list[tuple[float, float]]:
    """(share nonconforming, probability of acceptance), out to where it is seldom accepted."""
    end = next((share / 100 for share in range(1, 101) if operating_characteristic(n, ac, share / 100) < 0.02), 1.0)
    shares = [end * point / points for point in range(points + 1)]
    return [(share, operating_characteristic(n, ac, share)) for share in shares]
