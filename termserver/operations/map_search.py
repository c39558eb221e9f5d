"""One translation under way: finding rows by code, and the limits that a request sets."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from termserver.canonical import parse_canonical, version_matches
from termserver.conceptmap import ConceptMap
from termserver.conceptmap_index import MapIndexes, MapRow, MapRows, known_as
from termserver.errors import NotSupported
from termserver.model import Coding
from termserver.operations.translation import (
    ImplicitMaps,
    MapSource,
    Match,
    TranslateRequest,
    ValueSetMembers,
)


@dataclass(slots=True)
class MapSearch:
    """A request, its surroundings and what was found so far.

    `backward` asks from target to source. `wanted_system` and `wanted_scope` limit what may be
    found in the direction asked. `faults` tell of maps left out: worth saying where none answers.
    """

    source: MapSource
    request: TranslateRequest
    indexes: MapIndexes
    value_sets: ValueSetMembers | None
    implicit: ImplicitMaps | None
    backward: bool
    wanted_system: str | None
    wanted_scope: str | None
    matches: dict[Hashable, Match] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    used_maps: dict[str, None] = field(default_factory=dict)
    used_systems: dict[str, None] = field(default_factory=dict)
    spellings: dict[Coding, Coding] = field(default_factory=dict)

    def find(self, rows: MapRows, coding: Coding) -> list[MapRow]:
        """Return the rows of a code, as it is spelt or else as its code system defines it."""
        found = self._find_exactly(rows, coding)
        if not found and coding.system is not None:
            other = self._as_defined(coding)
            found = self._find_exactly(rows, other) if other != coding else []
        return [*found, *self._in_value_sets(rows, coding)]

    def _find_exactly(self, rows: MapRows, coding: Coding) -> list[MapRow]:
        find = rows.find_back if self.backward else rows.find
        return [
            row
            for row in find(coding.system, coding.code or "")
            if _versions_agree(row, coding.version, backward=self.backward)
        ]

    def _as_defined(self, coding: Coding) -> Coding:
        """Return the coding as its system writes it: canonical url, code in the defined case."""
        known = self.spellings.get(coding)
        if known is None:
            known = self.spellings[coding] = self._spell(coding)
        return known

    def _spell(self, coding: Coding) -> Coding:
        provider = self.source.find_system(coding.system) if coding.system else None
        if provider is None:
            return coding
        member = provider.find(coding.code or "")
        code = coding.code if member is None else provider.code_of(member)
        return Coding(
            system=provider.system.url, version=coding.version, code=code, display=coding.display
        )

    def _in_value_sets(self, rows: MapRows, coding: Coding) -> Iterator[MapRow]:
        """Yield the rows that name the code by a value set (R5 element.valueSet and target)."""
        for row in rows.sets():
            if self.backward:
                value_set = row.target.value_set if row.target else None
                system = row.group.target
            else:
                value_set, system = row.element.value_set, row.group.source
            if value_set is None or known_as(system) not in {None, known_as(coding.system)}:
                continue
            if self.sets(value_set).contains(value_set, coding):
                yield row

    def sets(self, canonical: str) -> ValueSetMembers:
        """Return what answers for value sets. Raises: NotSupported, naming the one needed."""
        if self.value_sets is None:
            raise NotSupported(
                f"The concept map uses the value set '{canonical}', which cannot be evaluated here"
            )
        return self.value_sets

    def is_of(self, coding: Coding, system: str | None) -> bool:
        """Tell whether the coding's system is `system`, under whatever name; None fits any."""
        if coding.system is None or known_as(system) == known_as(coding.system):
            return True
        return self._as_defined(coding).system == known_as(system)

    def is_wanted(self, system: str | None) -> bool:
        """Tell whether a system is the one looked for (`targetSystem`, its version apart)."""
        if self.wanted_system is None:
            return True
        wanted = parse_canonical(self.wanted_system)[0]
        return self.is_of(Coding(system=wanted, code=""), system)

    def as_asked(self, system: str | None) -> str | None:
        """Return the system of what was found under the name that the request sought it by."""
        if self.wanted_system is None or system is None:
            return system
        wanted = parse_canonical(self.wanted_system)[0]
        return wanted if known_as(wanted) == known_as(system) else system

    def in_scope(self, stated: str | None, found: Coding) -> bool:
        """Tell whether what was found is in the value set sought (R4 target, R5 targetScope).

        A map whose own scope is that value set vouches for it; otherwise the value set is asked,
        and where nothing can evaluate it, only a map of another stated scope is ruled out.
        """
        if self.wanted_scope is None or (stated and same_scope(self.wanted_scope, stated)):
            return True
        if self.value_sets is not None:
            return self.value_sets.contains(self.wanted_scope, found)
        return stated is None

    def keep(self, match: Match, concept_map: ConceptMap) -> None:
        """Enter a match once, and the versions used where the map is an implicit one."""
        conditions = repr((match.depends_on, match.products, match.properties))
        key = (match.concept, match.source, match.equivalence, match.origin_map, conditions)
        self.matches.setdefault(key, match)
        maps, systems = versions_used(concept_map)
        self.used_maps.update(dict.fromkeys(maps))
        self.used_systems.update(dict.fromkeys(systems))

    def note(self, text: str) -> None:
        """Add a clause to the message, once."""
        self.notes[text] = None


def versions_used(concept_map: ConceptMap) -> tuple[list[str], list[str]]:
    """Return canonicals of map and source systems where the map is an implicit one."""
    if "?fhir_cm=" not in (concept_map.url or "") or not concept_map.canonical:
        return [], []
    groups = [one for one in concept_map.groups if one.source_version]
    return [concept_map.canonical], [f"{one.source}|{one.source_version}" for one in groups]


def same_scope(asked: str | None, stated: str | None) -> bool:
    """Tell whether two value set canonicals name the same one (versions apart); None fits any."""
    return (
        asked is None or stated is None or parse_canonical(asked)[0] == parse_canonical(stated)[0]
    )


def _versions_agree(row: MapRow, given: str | None, *, backward: bool) -> bool:
    """Tell whether a version given with the code is one that the group speaks of."""
    stated = row.group.target_version if backward else row.group.source_version
    return (
        stated is None
        or given is None
        or version_matches(given, stated)
        or version_matches(stated, given)
    )
