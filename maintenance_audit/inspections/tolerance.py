"""How far a found value may lie from the claimed one. Exact: decimals in, decimals compared."""

from __future__ import annotations

from decimal import Decimal

HUNDRED = Decimal(100)


def within(claimed: Decimal | None, found: Decimal | None, tolerance: str, allowed: Decimal | None) -> bool | None:
    """None where nothing is measured: a claim without a tolerance is judged."""
    if claimed is None or found is None or tolerance == "judged":
        return None
    off = abs(found - claimed)
    if tolerance == "exact":
        return off == 0
    assert allowed is not None
    if tolerance == "absolute":
        return off <= allowed
    return off * HUNDRED <= allowed * abs(claimed)
