"""Service: what every handler needs beside the request: content, state of clients, settings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from api.settings import Settings
from api.shelf import Shelf
from termserver.conceptmap_index import MapIndexes
from termserver.model import Json
from termserver.operations.closure import ClosureStore
from termserver.terminology import Terminology

CONTEXTS_KEPT = 64
SHELVES_KEPT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The content at one moment: what one request is answered from, from its start to its end.

    `generation` is a text that changes whenever the content does, alike in all workers.
    """

    generation: str
    terminologies: Mapping[str, Terminology]
    """FHIR release -> the content as that base sees it."""


class ContentSource(Protocol):
    """The loaded content, as it is now."""

    def current(self) -> Loaded:
        """Return the content; a changed catalogue is noticed here. Costs microseconds."""


class ContextStore(Protocol):
    """Where resources of $cache-control are kept, shared by the workers."""

    def create(self, resources: Sequence[Json], *, id: str | None = None) -> str:
        """Keep resources and return their id."""

    def get(self, id: str) -> tuple[Json, ...] | None:
        """Return the resources of an id, None where it is unknown or expired."""

    def holds(self, id: str) -> bool:
        """Tell whether an id is known, and keep it alive."""

    def extend(self, id: str, resources: Sequence[Json]) -> bool:
        """Add resources; False where the id is unknown or expired."""

    def delete(self, id: str) -> bool:
        """Forget an id; False where it is not there."""


@dataclass(slots=True)
class Overlays:
    """Terminologies with a context's content in front, so that it is not indexed for each request.

    Bounded; the key holds all that the answer depends on, so nothing is ever stale.
    """

    _kept: OrderedDict[tuple[object, ...], Terminology] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, key: tuple[object, ...]) -> Terminology | None:
        """Return what is kept under `key`."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: tuple[object, ...], terminology: Terminology) -> Terminology:
        """Keep and return `terminology`; the one used longest ago goes."""
        with self._lock:
            self._kept[key] = terminology
            while len(self._kept) > CONTEXTS_KEPT:
                self._kept.popitem(last=False)
        return terminology


@dataclass(slots=True)
class Shelves:
    """Shelves by (type, release, state of the catalogue); a few states are kept."""

    _kept: OrderedDict[tuple[str, str, str], Shelf] = field(default_factory=OrderedDict)

    def get(self, key: tuple[str, str, str]) -> Shelf | None:
        """Return the shelf kept under `key`, None if there is none."""
        return self._kept.get(key)

    def keep(self, key: tuple[str, str, str], shelf: Shelf) -> None:
        """Keep a shelf; the oldest goes."""
        self._kept[key] = shelf
        while len(self._kept) > SHELVES_KEPT:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One worker's view of everything. Without `contexts` $cache-control is not offered."""

    settings: Settings
    content: ContentSource
    contexts: ContextStore | None = None
    closures: ClosureStore | None = None
    overlays: Overlays = field(default_factory=Overlays)
    shelves: Shelves = field(default_factory=Shelves)
    map_indexes: MapIndexes = field(default_factory=MapIndexes)
