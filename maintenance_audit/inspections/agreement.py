"""How far two inspectors agree who looked at the same claims without knowing of each other, in exact arithmetic.

Raw agreement, Cohen's κ (chance by each one's own rates), Gwet's AC1 (chance by their common rate: it does not fall
when faults are few), and Chapman's estimate of how many faults there are from how many both found. Pairs with "cannot
verify" are left out before anything is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

FEWEST = 30  # pairs; below, too few to say
RETRAIN_BELOW = Fraction(3, 4)


@dataclass(frozen=True)
class Agreement:
    """Shares are fractions of 1. `kappa`, `ac1` and `raw` are None where nothing divides them."""

    pairs: int
    raw: Fraction | None
    kappa: Fraction | None
    ac1: Fraction | None
    found: int  # by either
    estimate: Fraction  # of how many there are, by Chapman; it takes the inspectors to be independent
    too_few: bool

    @property
    def retraining(self) -> bool:
        """Both have to be low: κ alone also falls where there is hardly a fault to find."""
        if self.too_few or self.kappa is None or self.ac1 is None:
            return False
        return self.kappa < RETRAIN_BELOW and self.ac1 < RETRAIN_BELOW


def agreement(both_pass: int, both_fail: int, only_site: int, only_records: int) -> Agreement:
    """`only_site`: the site form found it nonconforming and the records form did not; `only_records` the other way."""
    if min(both_pass, both_fail, only_site, only_records) < 0:
        raise ValueError("Counts are not negative.")
    pairs = both_pass + both_fail + only_site + only_records
    site, records = both_fail + only_site, both_fail + only_records
    raw = Fraction(both_pass + both_fail, pairs) if pairs else None
    kappa = _beyond_chance(raw, _by_own_rates(pairs, site, records))
    return Agreement(
        pairs=pairs,
        raw=raw,
        kappa=kappa,
        ac1=_beyond_chance(raw, _by_common_rate(pairs, site + records)),
        found=both_fail + only_site + only_records,
        estimate=chapman(site, records, both_fail),
        too_few=pairs < FEWEST or kappa is None,
    )


def chapman(site: int, records: int, both: int) -> Fraction:
    """Chapman's form of the capture-recapture estimate: defined, and hardly biased, for small counts too."""
    if not 0 <= both <= min(site, records):
        raise ValueError("What both found, each of them found.")
    return Fraction((site + 1) * (records + 1), both + 1) - 1


def _by_own_rates(pairs: int, site: int, records: int) -> Fraction | None:
    if not pairs:
        return None
    return Fraction(site * records + (pairs - site) * (pairs - records), pairs * pairs)


def _by_common_rate(pairs: int, fails: int) -> Fraction | None:
    if not pairs:
        return None
    rate = Fraction(fails, 2 * pairs)
    return 2 * rate * (1 - rate)


def _beyond_chance(raw: Fraction | None, chance: Fraction | None) -> Fraction | None:
    if raw is None or chance is None or chance == 1:
        return None
    return (raw - chance) / (1 - chance)
