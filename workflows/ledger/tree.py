"""The hash tree over all chains' heads that a checkpoint signs.

Leaves are sorted by the digest of the subject, so that a proof can also show that a subject was *not* there: its two
neighbours stand side by side. A proof is as long as the logarithm of the number of chains, so one chain's export stays
small however many others there are, and names none of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, NamedTuple

from workflows.ledger.verify import leaf_of, node_of, sha256, state_of


class Place(NamedTuple):
    """Where one chain stood."""

    subject: str
    length: int
    head: str


class Tree:
    def __init__(self, places: Iterable[Place]) -> None:
        self.places = {place.subject: place for place in places}
        keyed = sorted((sha256(p.subject), state_of(p.length, p.head)) for p in self.places.values())
        self.keys = [key for key, _state in keyed]
        self.states = [state for _key, state in keyed]
        self.levels = [[leaf_of(key, state) for key, state in keyed]]
        while len(self.levels[-1]) > 1:
            self.levels.append(_above(self.levels[-1]))

    @property
    def size(self) -> int:
        return len(self.keys)

    @property
    def root(self) -> str:
        return self.levels[-1][0]

    def proof(self, subject: str) -> dict[str, Any]:
        """What the tree says of the subject, without the checkpoint's number: its place, or its two neighbours."""
        index = bisect_left(self.keys, sha256(subject))
        if place := self.places.get(subject):
            return {**place._asdict(), "index": index, "path": self._path(index)}
        return {"subject": subject, "left": self._neighbour(index - 1), "right": self._neighbour(index)}

    def _neighbour(self, index: int) -> dict[str, Any] | None:
        if not 0 <= index < self.size:
            return None
        return {"key": self.keys[index], "state": self.states[index], "index": index, "path": self._path(index)}

    def _path(self, index: int) -> list[str]:
        path = []
        for level in self.levels[:-1]:
            if (index ^ 1) < len(level):
                path.append(level[index ^ 1])
            index //= 2
        return path


def _above(level: list[str]) -> list[str]:
    """One level up; an odd one out rises as it is (the shape of RFC 9162)."""
    pairs = [node_of(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]
