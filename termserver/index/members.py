"""The concepts that are active members of each reference set, as one set for each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path

from termserver.conceptset import ConceptSet
from termserver.index.files import open_array, write_array
from termserver.index.sets import Sets


def build_members(folder: Path, members: Mapping[int, array[int]]) -> None:
    """Write the files: `members` has the ordinals of each reference set, in any order."""
    refsets = sorted(members)
    write_array(folder / "refsets.id", refsets, "q")
    Sets.build(folder, "refsets", (ConceptSet.of(members[one]) for one in refsets))


class MemberIndex:
    """Members by reference set."""

    __slots__ = ("_ids", "_sets")

    def __init__(self, folder: Path) -> None:
        """Map what `build_members` wrote. Raises: StoreError where a file is missing."""
        self._ids = open_array(folder / "refsets.id", "q")
        self._sets = Sets.open(folder, "refsets")

    def concepts(self, refset: int) -> ConceptSet:
        """Return the concepts that are active members; empty for one that is not there."""
        at = bisect_left(self._ids, refset)
        there = at < len(self._ids) and self._ids[at] == refset
        return self._sets[at] if there else ConceptSet.empty()
