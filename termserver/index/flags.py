"""Sets of concepts of a pack that are asked for all the time: inactive, abstract, marked ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from termserver.conceptset import ConceptSet
from termserver.index.sets import Sets


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Over all code systems of a pack."""

    inactive: ConceptSet
    abstract: ConceptSet
    marked: ConceptSet
    """Those with a status word or extensions, for which alone their row must be read."""

    def build(self, folder: Path) -> None:
        """Write both sets into `folder`."""
        Sets.build(folder, "flags", (self.inactive, self.abstract, self.marked))

    @classmethod
    def open(cls, folder: Path) -> Flags:
        """Read what `build` wrote. Raises: StoreError where a file is missing."""
        sets = Sets.open(folder, "flags")
        # packs of before have two sets: then every row is read
        marked = sets[2] if len(sets) > 2 else ConceptSet.range(0, 1 << 32)
        return cls(inactive=sets[0], abstract=sets[1], marked=marked)
