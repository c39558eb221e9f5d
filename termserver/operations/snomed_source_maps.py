"""Simple maps to SNOMED CT: reference sets whose rows name a code of another system (`mapSource`).

Source: Release File Specification, simple map to SNOMED CT (1187636009): the referenced component
is the target. Rows are indexed by their source once, as other maps are by their target.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from termserver.conceptmap import ConceptMap, Element, Group, Target
from termserver.conceptmap_index import MapIndexes, MapRow, known_as
from termserver.operations.snomed_refsets import TARGET_SYSTEMS, RefsetColumns, RefsetProvider
from termserver.sctid import number_of
from termserver.systems import SNOMED_CT

MAP_SOURCE = "mapSource"


@dataclass(frozen=True, slots=True)
class SnomedSourceMap:
    """MapRows over a reference set that leads to SNOMED CT."""

    indexes: MapIndexes
    provider: RefsetProvider
    refset: RefsetColumns
    url: str

    @property
    def concept_map(self) -> ConceptMap:
        """Return the map: url, version (the edition's) and its one group, without elements."""
        return ConceptMap(url=self.url, version=self.provider.system.version, groups=(self.group,))

    @property
    def group(self) -> Group:
        """Return the group: from the system of the map's codes, if it is known, to SNOMED CT."""
        version = self.provider.system.version
        source = TARGET_SYSTEMS.get(self.refset.id)
        return Group(source=source, target=SNOMED_CT, target_version=version)

    def find(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the active rows of a code of the other system."""
        source = self.group.source
        if source is not None and known_as(system) not in {None, source}:
            return ()
        components = self.indexes.keep(
            ("refset", self.provider.system.version, self.refset.id),
            weakref.ref(self.provider),
            self._sources,
        )
        return tuple(
            row
            for component in components.get(code, ())
            for row in self._rows(component)
            if row.element.code == code
        )

    def find_back(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the active rows that lead to a concept."""
        number = number_of(code)
        if known_as(system) not in {None, SNOMED_CT} or number is None:
            return ()
        return tuple(self._rows(number))

    def sets(self) -> Sequence[MapRow]:
        """Return nothing: no value sets in a reference set."""
        return ()

    def _sources(self) -> tuple[dict[str, list[int]], int]:
        """Return code -> components of active rows, and the number of codes."""
        at = self.refset.columns.index(MAP_SOURCE)
        found: dict[str, dict[int, None]] = {}
        for row in self.provider.refset_rows(self.refset.id):
            if row.active:
                found.setdefault(row.fields[at], {})[row.component] = None
        return {code: list(components) for code, components in found.items()}, len(found)

    def _rows(self, component: int) -> Iterator[MapRow]:
        code = str(component)
        member = self.provider.find(code)
        display = None if member is None else self.provider.display_of(member)
        at = self.refset.columns.index(MAP_SOURCE)
        for row in self.provider.refset_rows_of(component):
            if row.active and row.refset == self.refset.id:
                target = Target(code=code, display=display, word="relatedto")
                yield MapRow(group=self.group, element=Element(code=row.fields[at]), target=target)
