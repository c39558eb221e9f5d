"""ConceptMap/$translate: the concepts that maps give for codes, forward and in reverse.

Source: OperationDefinition ConceptMap-translate (R4 4.0.1, R5 5.0.0); FHIR R4 conceptmap 4.10.5 to
4.10.8; suite `translate`. One rule for both releases except where a rule says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from termserver.conceptmap import (
    NO_RELATION,
    ConceptMap,
    MapAttribute,
    MapValue,
    Target,
    invert,
)
from termserver.conceptmap_index import MapIndexes, MapRow, MapRows, known_as
from termserver.errors import InvalidRequest, UnknownConceptMap
from termserver.model import Coding
from termserver.operations.map_choice import chosen_maps, is_open, named_map
from termserver.operations.map_search import MapSearch
from termserver.operations.translation import (
    Dependency,
    ImplicitMaps,
    MapSource,
    Match,
    RuledRows,
    TranslateRequest,
    Translation,
    ValueSetMembers,
)
from termserver.operations.unmapped import enter_unmapped

__all__ = [
    "Dependency",
    "ImplicitMaps",
    "MapSource",
    "Match",
    "TranslateRequest",
    "Translation",
    "ValueSetMembers",
    "translate",
]

NO_TRANSLATIONS = "No translations found"
"""Text fixed by the suite (omop, translate-loinc-implicit-bad)."""


def translate(
    source: MapSource,
    request: TranslateRequest,
    *,
    indexes: MapIndexes | None = None,
    value_sets: ValueSetMembers | None = None,
    implicit: ImplicitMaps | None = None,
) -> Translation:
    """Return the translations of the codings asked for.

    Nothing found is an answer: `result` false and a message. `indexes` keeps what was indexed for
    the next request; `value_sets` decides scopes and value sets inside R5 maps; `implicit` gives
    maps that are no resources, by default SNOMED CT's `?fhir_cm=`.
    Raises: InvalidRequest (no code, both directions, a code without system), UnknownConceptMap (the
    map asked for, or one that it continues with), NotSupported (a value set inside a map, without
    `value_sets`).
    """
    search = _begin(source, request, indexes or MapIndexes(), value_sets, implicit)
    maps = chosen_maps(search)
    for coding in request.target_codings or request.codings:
        _check_system(coding, None if is_open(request) else maps[0].concept_map)
        if search.backward:
            _backward(search, maps, coding)
        else:
            _forward(search, maps, coding)
    return _answer(search)


def _begin(
    source: MapSource,
    request: TranslateRequest,
    indexes: MapIndexes,
    value_sets: ValueSetMembers | None,
    implicit: ImplicitMaps | None,
) -> MapSearch:
    if bool(request.codings) == bool(request.target_codings):
        raise InvalidRequest(
            "Give either a code to translate (code, coding or codeableConcept; R5 source…) or a "
            "target code to find the sources of (R5 target…), and not both"
        )
    if request.reverse and request.target_codings:
        raise InvalidRequest(
            "A target code asks for the reverse already: leave out 'reverse', which turns a code"
        )
    by_target = bool(request.target_codings)
    return MapSearch(
        source=source,
        request=request,
        indexes=indexes,
        value_sets=value_sets,
        implicit=implicit,
        backward=by_target or request.reverse,
        # R4 reverse "swaps source and target": targetsystem and target are where to look
        wanted_system=request.source_system if by_target else request.target_system,
        wanted_scope=request.source_scope if by_target else request.target_scope,
    )


def _check_system(coding: Coding, named: ConceptMap | None) -> None:
    """Refuse a code without system, unless the map named has just one system it can be of."""
    if not coding.code:
        raise InvalidRequest("A coding to translate needs a code")
    certain = named is not None and len({group.source for group in named.groups}) == 1
    if coding.system is None and not certain:
        raise InvalidRequest(
            f"The code '{coding.code}' needs its system (R4 and R5: system; or a coding)"
        )


# -- forward ---------------------------------------------------------------------------------


def _forward(search: MapSearch, maps: Sequence[MapRows], coding: Coding) -> None:
    """Enter what stands in the maps; what maps say of codes they lack only where none has it."""
    without = [rows for rows in maps if not _enter_targets(search, rows, coding)]
    if len(without) == len(maps):
        for rows in without:
            _enter_chain(search, rows, coding)


def _enter_chain(search: MapSearch, rows: MapRows, coding: Coding) -> None:
    """Enter the map's rule for codes it lacks, going on to other maps; each map is asked once."""
    asked = [rows.concept_map.canonical]
    waiting = enter_unmapped(search, rows, coding)
    while waiting:
        canonical = waiting.pop(0)
        other = _other_map(search, canonical)
        if other is None:
            continue
        if other.concept_map.canonical in asked:
            names = " -> ".join(f"'{one}'" for one in (*asked, other.concept_map.canonical))
            search.note(f"the concept maps continue with each other: {names}")
            continue
        asked.append(other.concept_map.canonical)
        if not _enter_targets(search, other, coding):
            waiting.extend(enter_unmapped(search, other, coding))


def _other_map(search: MapSearch, canonical: str) -> MapRows | None:
    """Return the map that another continues with.

    It is missed only by a request that named the map; where the server chose the maps, the rest
    still answers and the message says what was not asked.
    """
    try:
        return named_map(search, canonical)
    except UnknownConceptMap:
        if not is_open(search.request):
            raise
        search.note(f"the concept map '{canonical}', with which another continues, is not known")
        return None


def _enter_targets(search: MapSearch, rows: MapRows, coding: Coding) -> bool:
    """Enter the targets of one code; tell whether the map has the code, even without a target.

    Targets that are value sets without members leave the code unmapped (R5 group.unmapped).
    """
    known = False
    for row in _chosen(search, rows, coding):
        if not search.is_wanted(row.group.target):
            if row.group.target is None:
                search.note("the map does not say of which system its targets are: leave it open")
            continue
        found = list(_targets(search, row))
        known = known or bool(found) or row.target is None or row.target.value_set is None
        if row.target is not None and found and _applies(search, rows, row.target):
            for one in found:
                if search.in_scope(rows.concept_map.target_scope, one):
                    search.keep(match_of(rows.concept_map, row.target, one), rows.concept_map)
    return known


def _chosen(search: MapSearch, rows: MapRows, coding: Coding) -> Sequence[MapRow]:
    """Return the rows of a code that its map's rules leave, all where the map has no rules."""
    found = search.find(rows, coding)
    if not isinstance(rows, RuledRows):
        return found
    choice = rows.choose(found, search.request.dependencies)
    for text in choice.notes:
        search.note(text)
    return choice.rows


def _targets(search: MapSearch, row: MapRow) -> Iterator[Coding]:
    target, group = row.target, row.group
    if target is None:
        return
    if target.value_set is not None:
        yield from search.sets(target.value_set).members(target.value_set)
    elif target.code is not None:
        yield Coding(
            system=search.as_asked(group.target),
            version=group.target_version,
            code=target.code,
            display=target.display,
        )


def match_of(concept_map: ConceptMap, target: Target, concept: Coding) -> Match:
    """Return a concept that was found by a target as a match."""
    return Match(
        concept=concept,
        relationship=target.relationship,
        equivalence=target.equivalence,
        origin_map=concept_map.canonical,
        comment=target.comment,
        depends_on=target.depends_on,
        products=target.products,
        properties=target.properties,
    )


def _applies(search: MapSearch, rows: MapRows, target: Target) -> bool:
    """Tell whether the conditions of a target hold as far as the request tells them.

    One that is contradicted rules the target out. One of which the request says nothing is left to
    the client at R5 (match.dependsOn); R4 has no place to say so, and a conditional answer must not
    look unconditional, so there the message names what is needed. Alternatives of a map with rules
    are answered in both releases: their conditions can be read nowhere else.
    """
    given = {one.attribute: one.values for one in search.request.dependencies}
    for condition in target.depends_on:
        values = given.get(condition.attribute)
        if values is not None and not any(_equals(search, condition, one) for one in values):
            return False
    missing = [one.attribute for one in target.depends_on if one.attribute not in given]
    if missing and search.source.release.startswith("4") and not isinstance(rows, RuledRows):
        names = ", ".join(f"'{one}'" for one in missing)
        search.note(f"a further translation depends on {names}: give its value as 'dependency'")
        return False
    return True


def _equals(search: MapSearch, condition: MapAttribute, value: MapValue) -> bool:
    if condition.value_set is not None:
        coding = value if isinstance(value, Coding) else Coding(code=str(value))
        return search.sets(condition.value_set).contains(condition.value_set, coding)
    wanted = condition.value
    if isinstance(wanted, Coding) and isinstance(value, Coding):
        systems = {known_as(one.system) for one in (wanted, value) if one.system}
        return wanted.code == value.code and len(systems) < 2
    if isinstance(wanted, Coding):
        return wanted.code == value
    return wanted == (value.code if isinstance(value, Coding) else value)


# -- reverse ---------------------------------------------------------------------------------


def _backward(search: MapSearch, maps: Sequence[MapRows], coding: Coding) -> None:
    for rows in maps:
        for row in search.find(rows, coding):
            if search.is_wanted(row.group.source):
                _enter_sources(search, rows.concept_map, row, coding)


def _enter_sources(search: MapSearch, concept_map: ConceptMap, row: MapRow, given: Coding) -> None:
    """Enter the sources of one target; the relationship is turned round with the direction.

    By target code (R5) the target given stays `concept` and what was found is `source`, as suite
    `translate` fixes it; with R4's `reverse` what was found is `concept`.
    """
    assert row.target is not None
    match = match_of(concept_map, row.target, given)
    match = replace(
        match,
        relationship=invert(match.relationship),
        equivalence=invert(match.equivalence),
    )
    asked = Coding(system=given.system or row.group.target, version=given.version, code=given.code)
    for found in _sources(search, row):
        if search.in_scope(concept_map.source_scope, found):
            by_target = bool(search.request.target_codings)
            turned = (
                replace(match, concept=asked, source=found)
                if by_target
                else replace(match, concept=found)
            )
            search.keep(turned, concept_map)


def _sources(search: MapSearch, row: MapRow) -> Iterator[Coding]:
    element, group = row.element, row.group
    if element.value_set is not None:
        yield from search.sets(element.value_set).members(element.value_set)
    elif element.code is not None:
        yield Coding(
            system=search.as_asked(group.source),
            version=group.source_version,
            code=element.code,
            display=element.display,
        )


# -- the answer ------------------------------------------------------------------------------


def _answer(search: MapSearch) -> Translation:
    """Return the matches; `result` only for one that is a relation (R4 and R5 $translate)."""
    matches = tuple(search.matches.values())
    result = any(
        one.equivalence not in NO_RELATION and one.relationship not in NO_RELATION
        for one in matches
    )
    texts = [] if matches else [NO_TRANSLATIONS, *search.faults]
    if matches and not result:
        texts = ["The maps say only that the concepts are not related"]
    return Translation(
        result=result,
        message="; ".join([*texts, *search.notes]) or None,
        matches=matches,
        used_maps=tuple(search.used_maps),
        used_systems=tuple(search.used_systems),
    )
