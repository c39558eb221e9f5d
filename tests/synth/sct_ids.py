"""SNOMED CT identifiers by the million: item numbers of a partition with their check digits.

Written apart from `termserver.sctid` so that the two check each other (tests/unit/test_synth.py).
"""

from __future__ import annotations

import numpy as np

from tests.synth.draw import Ints

FIRST_ITEM = 10_000_000
"""Above every short item number that was ever given out, so that no real identifier comes up."""

_STEP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_INVERSE = np.array((0, 4, 3, 2, 1, 5, 6, 7, 8, 9), dtype=np.int64)


def _dihedral() -> Ints:
    """Return the multiplication table of the symmetries of a pentagon (turns 0-4, flips 5-9)."""
    table = np.zeros((10, 10), dtype=np.int64)
    for left in range(10):
        for right in range(10):
            turn = (left - right) if left >= 5 else (left + right)
            table[left, right] = turn % 5 + 5 * ((left >= 5) != (right >= 5))
    return table


def _permutations() -> Ints:
    rows = [list(range(10))]
    for _ in range(7):
        rows.append([_STEP[digit] for digit in rows[-1]])
    return np.array(rows, dtype=np.int64)


_MULTIPLY, _PERMUTE = _dihedral(), _permutations()


def sct_ids(items: Ints, partition: int) -> Ints:
    """Return the identifiers of item numbers in a short partition (0 concept, 1 description …)."""
    bodies = items * 100 + partition
    state = np.zeros(len(bodies), dtype=np.int64)
    rest, place = bodies.copy(), 1
    while rest.any():
        turned = _MULTIPLY[state, _PERMUTE[place % 8, rest % 10]]
        state = np.where(rest > 0, turned, state)
        rest //= 10
        place += 1
    return bodies * 10 + _INVERSE[state]


class Counter:
    """Hands out identifiers of one partition, each once, in order."""

    def __init__(self, partition: int) -> None:
        """Begin at the first item number."""
        self._partition = partition
        self._next = FIRST_ITEM

    def take(self, count: int) -> list[int]:
        """Return the next `count` identifiers."""
        items = np.arange(self._next, self._next + count, dtype=np.int64)
        self._next += count
        found: list[int] = sct_ids(items, self._partition).tolist()
        return found
