"""Which maps $translate asks: the one sent or named, or every one that is made for the scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

from termserver.canonical import format_canonical, parse_canonical
from termserver.conceptmap import ConceptMap
from termserver.conceptmap_index import IndexedMap, MapRows
from termserver.conceptmap_json import concept_map_of
from termserver.errors import InvalidRequest, UnknownConceptMap
from termserver.model import Json
from termserver.operations.map_search import MapSearch, same_scope
from termserver.operations.snomed_maps import find_snomed_map, snomed_maps_to
from termserver.operations.translation import MapSource, TranslateRequest

T = TypeVar("T")


def is_open(request: TranslateRequest) -> bool:
    """Tell whether the request leaves the choice of the map to the server."""
    return request.concept_map is None and request.url is None


def chosen_maps(search: MapSearch) -> list[MapRows]:
    """Return the one map that the request sends or names, or every map made for its scope.

    Raises: InvalidRequest (a map sent that cannot be read), UnknownConceptMap.
    """
    request = search.request
    if request.concept_map is not None:
        return [IndexedMap(concept_map_of(request.concept_map))]
    if request.url is not None:
        return [named_map(search, request.url, request.version)]
    maps, faults = _in_snapshot(search, ("maps",), lambda: _all_maps(search))
    search.faults.extend(faults)
    maps = (*maps, *_snomed_maps(search))
    return [rows for rows in maps if _scope_fits(search, rows.concept_map)]


def _snomed_maps(search: MapSearch) -> Iterator[MapRows]:
    """Yield SNOMED CT's own maps to the system that is sought, or that a target is of."""
    request = search.request
    if search.implicit is not None:
        return
    given = [one.system for one in (*request.target_codings, *request.codings)]
    sought = search.wanted_system and parse_canonical(search.wanted_system)[0]
    yield from snomed_maps_to(search.source, search.indexes, given if search.backward else [sought])


def _in_snapshot(search: MapSearch, key: tuple[str | None, ...], make: Callable[[], T]) -> T:
    """Return what `make` gives, kept until packs change; not with content of a request."""
    snapshot = search.source.snapshot
    if snapshot is None:
        return make()
    return search.indexes.keep((search.source.release, *key), snapshot, lambda: (make(), 0))


def named_map(search: MapSearch, canonical: str, version: str | None = None) -> MapRows:
    """Return a map by canonical, a resource or an implicit one. Raises: UnknownConceptMap."""
    url, own = parse_canonical(canonical)
    wanted = version or own
    key = ("map", url, wanted)
    return _in_snapshot(search, key, lambda: _find_map(search, url, wanted))


def _find_map(search: MapSearch, url: str, version: str | None) -> MapRows:
    found = search.source.find_document("ConceptMap", url, version)
    if found is not None:
        return search.indexes.indexed(found)
    implicit = _implicit(search, url, version)
    if implicit is None:
        asked = format_canonical(url, version)
        raise UnknownConceptMap(
            f"The concept map '{asked}' is not known; GET ConceptMap lists those that are"
        )
    return implicit


def _implicit(search: MapSearch, url: str, version: str | None) -> MapRows | None:
    if search.implicit is not None:
        return search.implicit(url, version)
    return find_snomed_map(search.source, search.indexes, url, version)


def _all_maps(search: MapSearch) -> tuple[tuple[MapRows, ...], tuple[str, ...]]:
    """Return every map, the default version of each url, retired ones left out, and faults found.

    A map that cannot be read is named and left out: the others still answer.
    """
    maps: list[MapRows] = []
    faults: list[str] = []
    for resource in _default_maps(search.source):
        try:
            maps.append(search.indexes.indexed(resource))
        except InvalidRequest as fault:
            name = resource.get("url") or resource.get("id")
            faults.append(f"the concept map '{name}' was left out: {fault.text}")
    return tuple(maps), tuple(faults)


def _default_maps(source: MapSource) -> Iterator[Json]:
    documents = source.documents("ConceptMap")
    times = Counter(one.get("url") for one in documents)
    seen: set[str] = set()
    for document in documents:
        url = document.get("url")
        if url in seen:
            continue
        chosen: Json | None = document
        if url and times[url] > 1:
            seen.add(url)
            chosen = source.find_document("ConceptMap", url)
        if chosen is not None and chosen.get("status") != "retired":
            yield chosen


def _scope_fits(search: MapSearch, concept_map: ConceptMap) -> bool:
    """Tell whether a map is made for the value set the code came from (R4 source, sourceScope)."""
    request = search.request
    if request.target_codings:
        return same_scope(request.target_scope, concept_map.target_scope)
    stated = concept_map.target_scope if request.reverse else concept_map.source_scope
    return same_scope(request.source_scope, stated)
