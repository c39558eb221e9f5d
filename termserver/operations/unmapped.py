"""What a concept map says of a code that none of its elements has (ConceptMap.group.unmapped).

Source: FHIR R4 conceptmap 4.10.8 and R5 group.unmapped: only for a code of the group's own system,
and not where an element says that there is no target.
"""

from __future__ import annotations

from collections.abc import Iterator

from termserver.conceptmap import ConceptMap, Group, Target, Unmapped
from termserver.conceptmap_index import MapRows
from termserver.errors import UnknownConceptMap
from termserver.model import Coding
from termserver.operations.map_search import MapSearch
from termserver.operations.translation import Match


def enter_unmapped(search: MapSearch, rows: MapRows, coding: Coding) -> list[str]:
    """Enter the matches of the map's unmapped rules; return the canonicals of maps to go on with.

    Raises: UnknownConceptMap for a rule `other-map` that names none.
    """
    others: list[str] = []
    for group in rows.concept_map.groups:
        rule = group.unmapped
        if rule is None or not search.is_of(coding, group.source):
            continue
        if _has(search, rows, group, coding):
            continue
        if rule.mode == "other-map":
            others.append(_other(rows.concept_map, rule))
        elif search.is_wanted(group.target):
            _enter(search, rows.concept_map, group, coding)
    return others


def _has(search: MapSearch, rows: MapRows, group: Group, coding: Coding) -> bool:
    """Tell whether an element between the same two systems has the code, with a target or without.

    Groups have no meaning of their own (FHIR R4 conceptmap 4.10.6), so they answer together. A row
    whose target is a value set does not count: it came to nothing, or this rule were not asked.
    """
    return any(
        row.group.target == group.target and (row.target is None or row.target.value_set is None)
        for row in search.find(rows, coding)
    )


def _other(concept_map: ConceptMap, rule: Unmapped) -> str:
    if not rule.other_map:
        raise UnknownConceptMap(
            f"The concept map '{concept_map.canonical}' continues with another map and names none"
        )
    return rule.other_map


def _enter(search: MapSearch, concept_map: ConceptMap, group: Group, coding: Coding) -> None:
    assert group.unmapped is not None
    target = Target(word=group.unmapped.word)
    for found in _codings(search, group, group.unmapped, coding):
        if search.in_scope(concept_map.target_scope, found):
            match = Match(
                concept=found,
                relationship=target.relationship,
                equivalence=target.equivalence,
                origin_map=concept_map.canonical,
            )
            search.keep(match, concept_map)


def _codings(search: MapSearch, group: Group, rule: Unmapped, coding: Coding) -> Iterator[Coding]:
    if rule.mode == "fixed" and rule.value_set is not None:
        yield from search.sets(rule.value_set).members(rule.value_set)
        return
    provided = rule.mode == "use-source-code"
    yield Coding(
        system=group.target,
        version=group.target_version,
        code=coding.code if provided else rule.code,
        display=coding.display if provided else rule.display,
    )
