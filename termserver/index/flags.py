"""Sets of concepts of a pack that are asked for all the time: the inactive and the abstract
ones.
"""

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

    def build(self, folder: Path) -> None:
        """Write both sets into `folder`."""
        Sets.build(folder, "flags", (self.inactive, self.abstract))

    @classmethod
    def open(cls, folder: Path) -> Flags:
        """Read what `build` wrote. Raises: StoreError where a file is missing."""
        sets = Sets.open(folder, "flags")
        return cls(inactive=sets[0], abstract=sets[1])
