"""ConceptSet: concepts of one code system version. The only module that knows pyroaring."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

from pyroaring import BitMap

from termserver.model import Ordinal


class ConceptSet:
    """An immutable set of ordinals with fast algebra, counting and paging in ascending order."""

    __slots__ = ("_bits",)

    def __init__(self, bits: BitMap) -> None:
        """Wrap `bits` without a copy; use `of`, `range` or `empty` instead."""
        self._bits = bits

    @classmethod
    def empty(cls) -> ConceptSet:
        """Return the set without members."""
        return cls(BitMap())

    @classmethod
    def of(cls, ordinals: Iterable[int]) -> ConceptSet:
        """Return the set of the given ordinals, in whatever order they come."""
        return cls(BitMap(array("I", ordinals)))

    @classmethod
    def of_packed(cls, ordinals: bytes) -> ConceptSet:
        """Return the set of ordinals given as the bytes of an array of unsigned 32-bit numbers."""
        return cls(BitMap(array("I", ordinals)))

    @classmethod
    def range(cls, start: int, stop: int) -> ConceptSet:
        """Return the ordinals from `start` up to but without `stop`."""
        return cls(BitMap(range(start, stop)) if stop > start else BitMap())

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> ConceptSet:
        """Return the set that `to_bytes` wrote."""
        return cls(BitMap.deserialize(bytes(data)))

    @classmethod
    def union_all(cls, sets: Sequence[ConceptSet]) -> ConceptSet:
        """Return the union of all `sets` (empty for none)."""
        return cls(BitMap.union(*(one._bits for one in sets))) if sets else cls.empty()

    def to_bytes(self) -> bytes:
        """Return the portable serialisation (roaring format)."""
        return self._bits.serialize()

    def to_array(self) -> array[int]:
        """Return all ordinals ascending as an unsigned 32-bit array."""
        return self._bits.to_array()

    def __or__(self, other: ConceptSet) -> ConceptSet:
        """Return the union."""
        return ConceptSet(self._bits | other._bits)

    def __and__(self, other: ConceptSet) -> ConceptSet:
        """Return the intersection."""
        return ConceptSet(self._bits & other._bits)

    def __sub__(self, other: ConceptSet) -> ConceptSet:
        """Return the difference."""
        return ConceptSet(self._bits - other._bits)

    def __len__(self) -> int:
        """Return the number of members (constant time)."""
        return len(self._bits)

    def __bool__(self) -> bool:
        """Tell whether there is any member."""
        return bool(self._bits)

    def __contains__(self, ordinal: object) -> bool:
        """Tell whether `ordinal` is a member; anything but a non-negative int is not."""
        return isinstance(ordinal, int) and 0 <= ordinal <= 0xFFFFFFFF and ordinal in self._bits

    def __iter__(self) -> Iterator[Ordinal]:
        """Yield the members ascending."""
        return cast("Iterator[Ordinal]", iter(self._bits))

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same members."""
        return isinstance(other, ConceptSet) and self._bits == other._bits

    def __hash__(self) -> int:
        """Return a hash of the members."""
        if not self._bits:
            return 0
        return hash((len(self._bits), self._bits.min(), self._bits.max()))

    def __repr__(self) -> str:
        """Return count and first members, for people."""
        head = ", ".join(str(one) for one in islice(self._bits, 5))
        return f"ConceptSet({len(self)}: {head}{', …' if len(self) > 5 else ''})"

    def as_run(self) -> tuple[int, int] | None:
        """Return [first, last) where the members are a run of ordinals, otherwise None."""
        bits = self._bits
        if not bits:
            return None
        first, last = bits.min(), bits.max() + 1
        return (first, last) if last - first == len(bits) else None

    def with_member(self, ordinal: int) -> ConceptSet:
        """Return the union with one ordinal."""
        bits = self._bits.copy()
        bits.add(ordinal)
        return ConceptSet(bits)

    def isdisjoint(self, other: ConceptSet) -> bool:
        """Tell whether no member is in both."""
        return not self._bits.intersect(other._bits)

    def issubset(self, other: ConceptSet) -> bool:
        """Tell whether every member is in `other`."""
        return self._bits.issubset(other._bits)

    def page(self, offset: int, count: int) -> list[Ordinal]:
        """Return up to `count` members from position `offset` on, ascending."""
        return list(self.stretch(offset, count))

    def stretch(self, offset: int, count: int) -> Sequence[Ordinal]:
        """Return the same as `page`, as a range where it is a run of ordinals."""
        bits = self._bits
        last = min(offset + count, len(bits)) - 1
        if last < offset:
            return ()
        low, high = bits[offset], bits[last]
        if high - low == last - offset:
            # as most pages of a hierarchy numbered in pre-order are
            return cast("Sequence[Ordinal]", range(low, high + 1))
        found = islice(bits.iter_equal_or_larger(low), last - offset + 1)
        return cast("list[Ordinal]", list(found))
