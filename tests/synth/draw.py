"""Chance that is the same on every machine: one stream for each purpose, of one generator.

Only the doubles of the stream are used, with operations that IEEE 754 rounds exactly (no powers, no
logarithms), so that no library version moves a bucket's edge.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Draw:
    """A stream of chance for one purpose; other purposes never move it."""

    def __init__(self, seed: int, purpose: str) -> None:
        """Begin the stream that belongs to `seed` and `purpose`."""
        digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
        self._bits = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))

    def unit(self, count: int) -> NDArray[np.float64]:
        """Return `count` numbers in [0, 1)."""
        return self._bits.random(count)

    def below(self, count: int, high: int | Ints) -> Ints:
        """Return `count` whole numbers from 0 up to but without `high` (one, or one for each)."""
        return (self.unit(count) * high).astype(np.int64)

    def early(self, count: int, high: int | Ints) -> Ints:
        """Return as `below`, but early numbers more often (density x to the power of -1/2)."""
        unit = self.unit(count)
        return (unit * unit * high).astype(np.int64)

    def happens(self, count: int, chance: float) -> NDArray[np.bool_]:
        """Return `count` truths, each with that chance."""
        return self.unit(count) < chance

    def one_of(self, count: int, chances: list[float]) -> Ints:
        """Return `count` indexes into `chances` (weights that need not add up to one)."""
        edges = np.cumsum(np.array(chances, dtype=np.float64))
        found = np.searchsorted(edges, self.unit(count) * edges[-1], side="right")
        return np.asarray(found, dtype=np.int64)

    def shuffled(self, count: int) -> Ints:
        """Return 0 .. count-1 in an order of chance."""
        return np.argsort(self.unit(count), kind="stable").astype(np.int64)

    def zipf(self, count: int, ranks: int) -> Ints:
        """Return `count` ranks (0-based) by Zipf's law: the r-th word 1/r as often as the first."""
        edges = np.cumsum(1.0 / np.arange(1, ranks + 1))
        found = np.searchsorted(edges, self.unit(count) * edges[-1], side="right")
        return np.asarray(found, dtype=np.int64)
