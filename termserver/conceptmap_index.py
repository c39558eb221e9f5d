"""Concept maps indexed by code, so that a translation looks up and never scans."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from termserver.conceptmap import ConceptMap, Element, Group, Target
from termserver.conceptmap_json import concept_map_of
from termserver.model import Json
from termserver.systems import ALIASES

_Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """One mapping: an element of a group and one of its targets (None: an element without any)."""

    group: Group
    element: Element
    target: Target | None


class MapRows(Protocol):
    """What a translation needs of a map, a resource or an implicit one (`?fhir_cm=`)."""

    @property
    def concept_map(self) -> ConceptMap:
        """Return the map; an implicit one has no elements in its groups."""

    def find(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the rows whose element has `code`, in map order; empty where no element has it.

        `system` None asks in every source system of the map.
        """

    def find_back(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the rows whose target is `code`, in map order; `system` None asks in every one."""

    def sets(self) -> Sequence[MapRow]:
        """Return the rows whose element or target is a value set (R5), in map order."""


class IndexedMap:
    """MapRows over a ConceptMap resource. Cost of building: linear in its targets, once."""

    __slots__ = ("_back", "_forward", "_map", "_sets", "size")

    def __init__(self, concept_map: ConceptMap) -> None:
        """Index every row; elements with the same code are merged by sharing a key."""
        self._map = concept_map
        self._forward: dict[_Key, list[MapRow]] = {}
        self._back: dict[_Key, list[MapRow]] = {}
        self._sets: list[MapRow] = []
        self.size = 0
        for row in _rows(concept_map):
            self._enter(row)
            self.size += 1

    def _enter(self, row: MapRow) -> None:
        element, target = row.element, row.target
        if element.code is not None:
            _enter(self._forward, known_as(row.group.source), element.code, row)
        if target is not None and target.code is not None:
            _enter(self._back, known_as(row.group.target), target.code, row)
        if element.value_set is not None or (target is not None and target.value_set is not None):
            self._sets.append(row)

    @property
    def concept_map(self) -> ConceptMap:
        """Return the map."""
        return self._map

    def find(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the rows whose element has `code`."""
        return self._forward.get((known_as(system), code), ())

    def find_back(self, system: str | None, code: str) -> Sequence[MapRow]:
        """Return the rows whose target is `code`."""
        return self._back.get((known_as(system), code), ())

    def sets(self) -> Sequence[MapRow]:
        """Return the rows whose element or target is a value set."""
        return self._sets


def known_as(system: str | None) -> str | None:
    """Return the canonical of a code system's alias (`termserver.systems.ALIASES`)."""
    return ALIASES.get(system, system) if system else system


def _enter(index: dict[_Key, list[MapRow]], system: str | None, code: str, row: MapRow) -> None:
    index.setdefault((system, code), []).append(row)
    if system is not None:
        index.setdefault((None, code), []).append(row)


def _rows(concept_map: ConceptMap) -> Iterator[MapRow]:
    for group in concept_map.groups:
        for element in group.elements:
            for target in element.targets or (None,):
                yield MapRow(group=group, element=element, target=target)


@dataclass(slots=True)
class MapIndexes:
    """The indexes of maps already met, bounded by rows; the composition root owns one.

    An entry is used only for the very content it was made from, so a newer pack or another map sent
    with a request under the same url can never be answered from an old index. Safe to share.
    """

    capacity: int = 1_000_000
    """Rows of all kept maps together; the map used least recently goes first."""
    _kept: OrderedDict[tuple[str | None, str | None], tuple[Json, IndexedMap]] = field(
        default_factory=OrderedDict
    )
    _rows: int = 0
    _lock: Lock = field(default_factory=Lock)

    def indexed(self, resource: Json) -> IndexedMap:
        """Return the indexed map of a ConceptMap resource. Raises: InvalidRequest if unreadable."""
        key = (resource.get("url"), resource.get("version"))
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and (kept[0] is resource or kept[0] == resource):
                self._kept.move_to_end(key)
                return kept[1]
        made = IndexedMap(concept_map_of(resource))
        with self._lock:
            self._keep(key, resource, made)
        return made

    def _keep(self, key: tuple[str | None, str | None], resource: Json, made: IndexedMap) -> None:
        before = self._kept.pop(key, None)
        self._rows += made.size + 1 - (before[1].size + 1 if before else 0)
        self._kept[key] = (resource, made)
        while self._rows > self.capacity and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._rows -= dropped.size + 1
