"""A named map prepared for many translations of plain codes, forward.

Plain is a code that the map has as it is written, and whose targets hold without conditions: what
they are is decided by a look-up. All else is for `termserver.operations.translate`.
"""

from __future__ import annotations

import weakref
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from termserver.conceptmap import ConceptMap, Group, Target
from termserver.conceptmap_index import IndexedMap, MapIndexes, MapRows, known_as
from termserver.operations.map_choice import named_map
from termserver.operations.map_search import MapSearch
from termserver.operations.snomed_maps import SnomedMap
from termserver.operations.translation import MapSource, RuledRows, TranslateRequest
from termserver.providers.snomed import SnomedProvider
from termserver.sctid import number_of
from termserver.store.pack import Pack
from termserver.systems import SNOMED_CT

Targets = Callable[[str], Sequence[tuple[Group, Target]]]
_ENTRY = 10
_KEPT_ROWS = 60_000
"""Of a reference set: some 6 MB, and a fifth of a second to read them once."""


@dataclass(frozen=True, slots=True)
class MapPlan:
    """The targets of a code of one system in one map; `targets` gives none where it is not plain.

    `weight` is what it holds in memory, in hundreds of rows.
    """

    concept_map: ConceptMap
    targets: Targets
    weight: int


def find_map_plan(source: MapSource, indexes: MapIndexes, url: str, system: str) -> MapPlan | None:
    """Return the plan of a map, None for one that has rules or value sets.

    `url` may have a version. Raises: UnknownConceptMap, NotSupported, InvalidRequest.
    """
    search = MapSearch(
        source=source,
        request=TranslateRequest(url=url),
        indexes=indexes,
        value_sets=None,
        implicit=None,
        backward=False,
        wanted_system=None,
        wanted_scope=None,
    )
    rows = named_map(search, url)
    if isinstance(rows, RuledRows):
        is_plain = isinstance(rows, SnomedMap) and len(rows.refset.columns) == 1
        targets = _in_refset(rows, system) if is_plain and isinstance(rows, SnomedMap) else None
    else:
        targets = None if rows.sets() else _in_rows(rows, system)
    if targets is None:
        return None
    size = rows.size if isinstance(rows, IndexedMap) else 0
    return MapPlan(rows.concept_map, targets, _ENTRY + size // 100)


def _in_rows(rows: MapRows, system: str) -> Targets:
    find = rows.find

    def targets(code: str) -> Sequence[tuple[Group, Target]]:
        found = []
        for row in find(system, code):
            if row.target is None or not _is_plain(row.target):
                return ()
            found.append((row.group, row.target))
        return found

    return targets


def _is_plain(target: Target) -> bool:
    return target.code is not None and target.value_set is None and not target.depends_on


def _in_refset(rows: SnomedMap, system: str) -> Targets | None:
    """Return the targets of a reference set that has no column but theirs."""
    provider: Any = rows.provider
    if not isinstance(provider, SnomedProvider) or known_as(system) != SNOMED_CT:
        return None
    group, word = rows.group, rows.target_of(("",), None).word
    system_of_targets, display_of = group.target, rows.display_of
    codes_of = _targets_of(rows, provider.stored.pack)

    def targets(code: str) -> Sequence[tuple[Group, Target]]:
        number = number_of(code)
        if number is None:
            return ()
        found = codes_of(number)
        if "" in found:
            # a row that says that there is none
            return ()
        return [
            (group, Target(code=one, display=display_of(system_of_targets, one), word=word))
            for one in found
        ]

    return targets


def _targets_of(rows: SnomedMap, pack: Pack) -> Callable[[int], Sequence[str]]:
    """Return what gives the targets of a component's active rows, in source order.

    Those of a reference set of some size are kept in memory, once for all plans.
    """
    refset = rows.refset.id
    kept: tuple[array[int], list[str]] | None = rows.indexes.keep(
        ("targets", rows.provider.system.version, refset),
        weakref.ref(rows.provider),
        lambda: _read_targets(pack, refset),
    )
    if kept is None:
        return lambda component: [one for (one,) in pack.refset_fields_of(refset, component)]
    components, texts = kept

    def targets_of(component: int) -> Sequence[str]:
        first = last = bisect_left(components, component)
        while last < len(components) and components[last] == component:
            last += 1
        return texts[first:last]

    return targets_of


def _read_targets(pack: Pack, refset: int) -> tuple[tuple[array[int], list[str]] | None, int]:
    """Return components, ascending, with their targets, and how many; None for too many."""
    components, texts = array("q"), []
    for component, _, active, _, _, fields in pack.refset_facts(refset):
        if active:
            components.append(component)
            texts.append(fields[0])
        if len(texts) > _KEPT_ROWS:
            return None, 0
    return (components, texts), len(texts)
