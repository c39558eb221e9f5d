"""Concept maps indexed by code, so that a translation looks up and never scans."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol, TypeVar

from termserver.conceptmap import ConceptMap, Element, Group, Target
from termserver.conceptmap_json import concept_map_of
from termserver.model import Json
from termserver.systems import ALIASES

_Key = tuple[str | None, str]
T = TypeVar("T")
_ENTRY = 100
"""Rows that an entry weighs beside its own, so that small ones are bounded too."""


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
    """Rows of all kept indexes together, each with a hundred more; the least recently used goes."""
    _kept: OrderedDict[Hashable, tuple[object, Any, int]] = field(default_factory=OrderedDict)
    _rows: int = 0
    _lock: Lock = field(default_factory=Lock)

    def indexed(self, resource: Json) -> IndexedMap:
        """Return the indexed map of a ConceptMap resource. Raises: InvalidRequest if unreadable."""

        def make() -> tuple[IndexedMap, int]:
            made = IndexedMap(concept_map_of(resource))
            return made, made.size

        return self.keep((resource.get("url"), resource.get("version")), resource, make)

    def keep(self, key: Hashable, content: object, make: Callable[[], tuple[T, int]]) -> T:
        """Return what is kept under `key` for this `content`, or what `make` gives, then kept.

        `make` gives the index and its number of rows. Contents are compared, so that equal ones
        that were read twice share an index; whoever uses a key always makes the same type.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and (kept[0] is content or kept[0] == content):
                self._kept.move_to_end(key)
                found: T = kept[1]
                return found
        made, rows = make()
        with self._lock:
            self._enter(key, content, made, rows + _ENTRY)
        return made

    def _enter(self, key: Hashable, content: object, made: object, rows: int) -> None:
        before = self._kept.pop(key, None)
        self._rows += rows - (before[2] if before else 0)
        self._kept[key] = (content, made, rows)
        while self._rows > self.capacity and len(self._kept) > 1:
            _, (_, _, dropped) = self._kept.popitem(last=False)
            self._rows -= dropped
