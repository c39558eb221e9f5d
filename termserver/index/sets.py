"""Concept sets by number, in one file with offsets.

An empty set takes no bytes, one member its number (4 bytes), more members the roaring serialisation
(16 bytes and more).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from termserver.conceptset import ConceptSet
from termserver.index.files import open_array, open_bytes, write_array

_SINGLE = Struct("<I")
_EMPTY = ConceptSet.empty()


class Sets:
    """Concept sets numbered from 0, read one at a time (1.5 µs for a small one)."""

    __slots__ = ("_data", "_offsets")

    def __init__(self, offsets: memoryview, data: memoryview) -> None:
        """Take the mapped files; use `open`."""
        self._offsets = offsets
        self._data = data

    @staticmethod
    def build(folder: Path, name: str, sets: Iterable[ConceptSet | None]) -> None:
        """Write `name.off` and `name.set` into `folder`; None is the empty set."""
        offsets = array("Q", [0])
        end = 0
        with (folder / f"{name}.set").open("wb") as file:
            for one in sets:
                if one:
                    end += file.write(_SINGLE.pack(*one) if len(one) == 1 else one.to_bytes())
                offsets.append(end)
        write_array(folder / f"{name}.off", offsets, "Q")

    @staticmethod
    def build_groups(
        folder: Path, name: str, members: NDArray[np.uint32], bounds: Sequence[int]
    ) -> None:
        """Write sets that stand one after the other in `members`, cut at `bounds` (one more of
        them).
        """
        offsets = array("Q", [0])
        data = members.astype(np.uint32).tobytes()
        end = 0
        with (folder / f"{name}.set").open("wb") as file:
            for low, high in pairwise(bounds):
                part = data[4 * low : 4 * high]
                if high - low == 1:
                    part = _SINGLE.pack(members[low])
                elif part:
                    part = ConceptSet.of_packed(part).to_bytes()
                end += file.write(part)
                offsets.append(end)
        write_array(folder / f"{name}.off", offsets, "Q")

    @classmethod
    def open(cls, folder: Path, name: str) -> Sets:
        """Map what `build` wrote. Raises: StoreError where a file is missing."""
        return cls(open_array(folder / f"{name}.off", "Q"), open_bytes(folder / f"{name}.set"))

    def __len__(self) -> int:
        """Return the number of sets."""
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> ConceptSet:
        """Return one set. Raises: IndexError."""
        start, end = self._offsets[number], self._offsets[number + 1]
        if end - start > _SINGLE.size:
            return ConceptSet.from_bytes(self._data[start:end])
        return ConceptSet.of(_SINGLE.unpack(self._data[start:end])) if end > start else _EMPTY

    def union(self, low: int, high: int) -> ConceptSet:
        """Return the union of the sets from `low` up to but without `high`."""
        ends = self._offsets[low : high + 1].tolist()
        single, data = _SINGLE.size, self._data
        alone, sets = [], []
        for start, end in pairwise(ends):
            if end - start > single:
                sets.append(ConceptSet.from_bytes(data[start:end]))
            elif end > start:
                alone.append(data[start:end])
        if alone:
            sets.append(ConceptSet.of_packed(b"".join(alone)))
        return sets[0] if len(sets) == 1 else ConceptSet.union_all(sets)
