"""SNOMED CT's implicit concept maps: `http://snomed.info/sct?fhir_cm=REFSET`.

An edition may stand before the `?`. Source: THO page "Using SNOMED CT with FHIR": the historical
associations with their relationships, and every simple map reference set (those to SNOMED CT:
`termserver.operations.snomed_source_maps`). Extended maps are answered too, one target for each
map group: `termserver.operations.map_rules` reads the rules.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from termserver.conceptmap import (
    ConceptMap,
    Element,
    Group,
    MapProperty,
    Target,
)
from termserver.conceptmap_index import MapIndexes, MapRow, MapRows, known_as
from termserver.errors import NotSupported, UnknownConceptMap
from termserver.model import Coding
from termserver.operations.map_rules import ALWAYS, choose_rows, condition_of, place_of
from termserver.operations.snomed_refsets import (
    CORRELATIONS,
    RELATIONSHIPS,
    TARGET_SYSTEMS,
    RefsetColumns,
    RefsetProvider,
)
from termserver.operations.snomed_source_maps import MAP_SOURCE, SnomedSourceMap
from termserver.operations.translation import Choice, Dependency, MapSource
from termserver.sctid import number_of
from termserver.systems import SNOMED_CT

_URL = re.compile(r"(http://snomed\.info/x?sct(?:/\d+(?:/version/\d+)?)?)\?fhir_cm=(\d+)")
_ASSOCIATION = "targetComponentId"
_MAP = "mapTarget"
_FIELD = "http://snomed.info/field/"


def find_snomed_map(
    source: MapSource, indexes: MapIndexes, url: str, version: str | None = None
) -> MapRows | None:
    """Return the implicit map of a url, None where the url is not of the form.

    Raises: UnknownConceptMap (edition or reference set not loaded), NotSupported (a reference set
    that maps nothing).
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        return None
    edition = version or (parts[1] if parts[1].count("/") > 3 else None)
    provider: object = source.find_system(SNOMED_CT, edition)
    if not isinstance(provider, RefsetProvider):
        asked = f"the SNOMED CT edition '{edition}'" if edition else "SNOMED CT"
        raise UnknownConceptMap(f"The concept map '{url}' needs {asked}, which is not loaded")
    refset = next((one for one in provider.refsets() if str(one.id) == parts[2]), None)
    if refset is None:
        known = [str(one.id) for one in provider.refsets() if _is_map(one)]
        raise UnknownConceptMap(
            f"'{provider.system.version}' has no reference set '{parts[2]}'; its maps: "
            f"{', '.join(known) or 'none'}"
        )
    if MAP_SOURCE in refset.columns:
        return SnomedSourceMap(indexes, provider, refset, url)
    column = _target_column(refset)
    if column is None:
        raise NotSupported(f"The reference set '{parts[2]}' is no map: it names no targets")
    return SnomedMap(source, indexes, provider, refset, column, url)


def snomed_maps_to(
    source: MapSource, indexes: MapIndexes, systems: Iterable[str | None]
) -> Iterator[MapRows]:
    """Yield the maps of the default edition whose targets are of one of the code systems named.

    Associations are not among them: what replaced a code is asked by its map's url.
    """
    wanted = {known_as(one) for one in systems if one is not None}
    ids = [one for one, system in TARGET_SYSTEMS.items() if system in wanted]
    provider: object = source.find_system(SNOMED_CT) if ids else None
    if not isinstance(provider, RefsetProvider):
        return
    for refset in provider.refsets():
        column = _target_column(refset)
        if refset.id in ids and column is not None:
            url = f"{SNOMED_CT}?fhir_cm={refset.id}"
            yield SnomedMap(source, indexes, provider, refset, column, url)


def _is_map(refset: RefsetColumns) -> bool:
    return MAP_SOURCE in refset.columns or _target_column(refset) is not None


def _target_column(refset: RefsetColumns) -> int | None:
    return next(
        (at for at, name in enumerate(refset.columns) if name in {_ASSOCIATION, _MAP}), None
    )


@dataclass(frozen=True, slots=True)
class SnomedMap:
    """MapRows over one reference set: rows of a component are read, those of a target indexed."""

    source: MapSource
    indexes: MapIndexes
    provider: RefsetProvider
    refset: RefsetColumns
    column: int
    url: str

    @property
    def concept_map(self) -> ConceptMap:
        """Return the map: url, version (the edition's) and its one group, without elements."""
        return ConceptMap(url=self.url, version=self.provider.system.version, groups=(self.group,))

    @property
    def group(self) -> Group:
        """Return the group: SNOMED CT to SNOMED CT, or to the system of the map's targets."""
        version = self.provider.system.version
        inside = self.refset.columns[self.column] == _ASSOCIATION
        return Group(
            source=SNOMED_CT,
            source_version=version,
            target=SNOMED_CT if inside else TARGET_SYSTEMS.get(self.refset.id),
            target_version=version if inside else None,
        )

    def find(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the active rows of a concept: by map group and priority, or as released."""
        number = number_of(code)
        if known_as(system) not in {None, SNOMED_CT} or number is None:
            return ()
        return tuple(sorted(self._rows(number, None), key=_place))

    def choose(self, rows: Sequence[MapRow], dependencies: Sequence[Dependency]) -> Choice:
        """Return what the rules leave of a concept's rows; all of them in a map without rules."""
        if "mapRule" not in self.refset.columns:
            return Choice(rows=tuple(rows))
        return choose_rows(rows, dependencies, self._is_a)

    def _is_a(self, code: str, above: str) -> bool:
        if code == above:
            return True
        member, ancestor = self.provider.find(code), self.provider.find(above)
        known = member is not None and ancestor is not None
        return known and self.provider.subsumes(ancestor, member)  # type: ignore[arg-type]

    def find_back(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the active rows that lead to a target."""
        if known_as(system) not in {None, self.group.target}:
            return ()
        components = self.indexes.keep(
            ("refset", self.provider.system.version, self.refset.id),
            weakref.ref(self.provider),
            self._targets,
        )
        return tuple(
            row
            for component in components.get(code, ())
            for row in self._rows(component, self.display_of(SNOMED_CT, str(component)))
            if row.target is not None and row.target.code == code
        )

    def sets(self) -> Sequence[MapRow]:
        """Return nothing: no value sets in a reference set."""
        return ()

    def _targets(self) -> tuple[dict[str, list[int]], int]:
        """Return target -> components of active rows, and the number of rows."""
        found: dict[str, dict[int, None]] = {}
        for row in self.provider.refset_rows(self.refset.id):
            if row.active:
                found.setdefault(row.fields[self.column], {})[row.component] = None
        return {target: list(components) for target, components in found.items()}, len(found)

    def _rows(self, component: int, display: str | None) -> Iterator[MapRow]:
        """Yield a concept's active rows; its display is asked for where it is the answer."""
        group = self.group
        element = Element(code=str(component), display=display)
        for row in self.provider.refset_rows_of(component):
            if row.active and row.refset == self.refset.id:
                target = self.target_of(row.fields, group.target)
                yield MapRow(group=group, element=element, target=target)

    def target_of(self, values: Sequence[str], system: str | None) -> Target:
        """Return the target of a row by its fields, without code where it says there is none."""
        fields = dict(zip(self.refset.columns, values, strict=False))
        code, rule = values[self.column], fields.get("mapRule", "")
        word = CORRELATIONS.get(fields.get("correlationId", ""), "relatedto")
        return Target(
            code=code or None,
            display=self.display_of(system, code) if code else None,
            word=RELATIONSHIPS.get(self.refset.id, word),
            comment=fields.get("mapAdvice") or None,
            depends_on=() if rule in ALWAYS else (condition_of(rule),),
            properties=tuple(
                self._property(name, value)
                for name, value in fields.items()
                if name not in {_MAP, _ASSOCIATION} and value
            ),
        )

    def _property(self, name: str, value: str) -> MapProperty:
        """Return a column of the map as a property; a concept with its display."""
        table = "ExtendedMap" if "mapCategoryId" in self.refset.columns else "ComplexMap"
        if "mapRule" not in self.refset.columns:
            table = "SimpleMap"
        uri = f"{_FIELD}{table}.{name}"
        if not name.endswith("Id"):
            return MapProperty(code=name, uri=uri, type="string", value=value)
        concept = Coding(system=SNOMED_CT, code=value, display=self.display_of(SNOMED_CT, value))
        return MapProperty(code=name, uri=uri, type="Coding", value=concept)

    def display_of(self, system: str | None, code: str) -> str | None:
        """Return the display of a source or target, None where its system is not here."""
        provider = (
            self.provider
            if system == SNOMED_CT
            else self.source.find_system(system)
            if system
            else None
        )
        member = provider.find(code) if provider else None
        return provider.display_of(member) if provider and member is not None else None


def _place(row: MapRow) -> tuple[int, int]:
    return (0, 0) if row.target is None else place_of(row.target)
