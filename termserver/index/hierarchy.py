"""The graph of a pack as mapped files: parents, children and ancestors as CSR, descendants as sets.

CSR: `name.off` holds n + 1 offsets into `name.idx`. Files are built once in topological order and
opened in milliseconds; nothing else knows their bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from termserver.conceptset import ConceptSet
from termserver.index.files import open_array, write_array
from termserver.index.sets import Sets
from termserver.model import Ordinal

U32 = np.uint32


class Csr:
    """For each number a short list of numbers, in two mapped arrays."""

    __slots__ = ("items", "offsets")

    def __init__(self, offsets: memoryview, items: memoryview) -> None:
        """Take the mapped files; use `open`."""
        self.offsets = offsets
        self.items = items

    @staticmethod
    def build(folder: Path, name: str, offsets: NDArray[Any], items: NDArray[Any]) -> None:
        """Write `name.off` and `name.idx`."""
        write_array(folder / f"{name}.off", offsets, "Q")
        write_array(folder / f"{name}.idx", items, "I")

    @classmethod
    def open(cls, folder: Path, name: str) -> Csr:
        """Map what `build` wrote. Raises: StoreError where a file is missing."""
        return cls(open_array(folder / f"{name}.off", "Q"), open_array(folder / f"{name}.idx", "I"))

    def __getitem__(self, number: int) -> list[Any]:
        """Return the list of one number, as it was written."""
        return self.items[self.offsets[number] : self.offsets[number + 1]].tolist()


class StoredHierarchy:
    """The `Hierarchy` protocol over the files of one pack (all its code systems)."""

    __slots__ = ("_ancestors", "_children", "_descendants", "_parents")

    def __init__(self, parents: Csr, children: Csr, ancestors: Csr, descendants: Sets) -> None:
        """Take the opened files; use `open_hierarchy`."""
        self._parents = parents
        self._children = children
        self._ancestors = ancestors
        self._descendants = descendants

    def parents(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct parents, in source order; empty at a root."""
        return self._parents[ordinal]

    def children(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct children, in source order; empty at a leaf."""
        return self._children[ordinal]

    def ancestors(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything above; empty at a root."""
        return ConceptSet.of(self._ancestors[ordinal])

    def descendants(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything below; empty at a leaf."""
        return self._descendants[ordinal]

    def is_below(self, ordinal: Ordinal, ancestor: Ordinal) -> bool:
        """Tell whether `ordinal` is a proper descendant of `ancestor` (a bisect, no set)."""
        above = self._ancestors
        start, end = above.offsets[ordinal], above.offsets[ordinal + 1]
        place = bisect_left(above.items, ancestor, start, end)
        return place < end and above.items[place] == ancestor


def open_hierarchy(folder: Path) -> StoredHierarchy:
    """Map the files that `build_hierarchy` wrote. Raises: StoreError where one is missing."""
    return StoredHierarchy(
        Csr.open(folder, "parents"),
        Csr.open(folder, "children"),
        Csr.open(folder, "ancestors"),
        Sets.open(folder, "descendants"),
    )


def build_hierarchy(folder: Path, n: int, child: NDArray[Any], parent: NDArray[Any]) -> None:
    """Write the files for `n` concepts and the edges `child[i]` below `parent[i]`.

    Edges are distinct and without a cycle; parents keep the order of the edges, children that of
    the ordinals. Raises: ValueError on a cycle (the caller has checked and named it before).
    """
    up = to_csr(n, child, parent)
    order = np.argsort(child, kind="stable")
    down = to_csr(n, parent[order], child[order])
    sequence = topological_order(n, up, down)
    if len(sequence) < n:
        raise ValueError("the hierarchy has a cycle")
    Csr.build(folder, "parents", *up)
    Csr.build(folder, "children", *down)
    Csr.build(folder, "ancestors", *_ancestors(n, up, sequence))
    Sets.build(folder, "descendants", _descendants(n, down, sequence))


def to_csr(
    n: int, keys: NDArray[Any], values: NDArray[Any]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Return (offsets, items): the values of each key 0..n-1, in the order in which they came."""
    counts = np.bincount(keys, minlength=n) if len(keys) else np.zeros(n, dtype=np.int64)
    offsets = np.zeros(n + 1, dtype=np.uint64)
    offsets[1:] = np.cumsum(counts)
    return offsets, values[np.argsort(keys, kind="stable")].astype(U32)


def topological_order(
    n: int,
    up: tuple[NDArray[Any], NDArray[Any]],
    down: tuple[NDArray[Any], NDArray[Any]],
) -> list[int]:
    """Return the numbers 0..n-1, parents before children; those on or below a cycle are missing."""
    waiting = np.diff(up[0].astype(np.int64)).tolist()
    starts, items = down[0].tolist(), down[1].tolist()
    ready = [one for one in range(n) if not waiting[one]]
    for one in ready:  # grows while it is read
        for below in items[starts[one] : starts[one + 1]]:
            waiting[below] -= 1
            if not waiting[below]:
                ready.append(below)
    return ready


def _ancestors(
    n: int, up: tuple[NDArray[Any], NDArray[Any]], sequence: Iterable[int]
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    # Sets of some 20 numbers each: Python's are faster here than roaring ones.
    starts, items = up[0].tolist(), up[1].tolist()
    above: list[tuple[int, ...]] = [()] * n
    total = 0
    for one in sequence:
        direct = items[starts[one] : starts[one + 1]]
        if direct:
            closure = above[one] = tuple(set(direct).union(*[above[it] for it in direct]))
            total += len(closure)
    offsets = np.zeros(n + 1, dtype=np.uint64)
    flat = np.empty(total, dtype=U32)
    end = 0
    for one, closure in enumerate(above):
        if closure:
            flat[end : end + len(closure)] = sorted(closure)
            end += len(closure)
        offsets[one + 1] = end
    return offsets, flat


def _descendants(
    n: int, down: tuple[NDArray[Any], NDArray[Any]], sequence: Sequence[int]
) -> Iterator[ConceptSet | None]:
    starts, items = down[0].tolist(), down[1].tolist()
    below: list[ConceptSet | None] = [None] * n
    for one in reversed(sequence):
        direct = items[starts[one] : starts[one + 1]]
        if direct:
            deeper = [below[it] for it in direct]
            parts = [ConceptSet.of(direct), *(it for it in deeper if it is not None)]
            below[one] = ConceptSet.union_all(parts) if len(parts) > 1 else parts[0]
    return iter(below)
