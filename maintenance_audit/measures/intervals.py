"""How sure a rate is that was seen in n. No Django.

Wilson's interval (E. B. Wilson, 1927) for a share k of n: it stays within 0 and 1 and is of use for small n and for
none at all found, where the plain normal interval says nothing.
"""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054  # the standard normal's 97.5th percentile


def wilson(k: int, n: int, z: float = Z95) -> tuple[float, float] | None:
    """Lower and upper bound of the share; None where nothing was looked at."""
    if not 0 <= k <= n:
        raise ValueError("0 <= k <= n")
    if n == 0:
        return None
    share, square = k / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return (0.0 if k == 0 else max(0.0, middle - half), 1.0 if k == n else min(1.0, middle + half))


def percent(value: float) -> str:
    """One place, half up."""
    tenths = int(value * 1000 + 0.5)
    return f"{tenths // 10}.{tenths % 10}"


def words(k: int, n: int) -> str:
    """1.4–11.5%; "" where nothing was looked at."""
    found = wilson(k, n)
    return f"{percent(found[0])}–{percent(found[1])}%" if found else ""
