"""How much of a file we take, and how its size is said."""

from __future__ import annotations

from math import ceil

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
MOST_PIXELS = 50_000_000
# What the bytes that lie in memory at once may come to: pixels × channels, for a photo and its turned copy.
MOST_UNPACKED = 200 * MEGABYTE
MOST_PARTS = 5_000


def megabytes(size: int) -> str:
    """Round up to one decimal, so that what is over the limit never reads as the limit: 52 MB, 20.1 MB."""
    return f"{ceil(size * 10 / MEGABYTE) / 10:g} MB"
