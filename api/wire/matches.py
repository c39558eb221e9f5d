"""$translate by one map: targets -> bytes, as `answers.translation_json` gives them.

What repeats stands ready; a property test compares both (tests/property/test_translate_agrees.py).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

from orjson import dumps

from api.points.form import Form, inner, mark
from api.wire.answers import match_parameter, translation_json
from termserver.conceptmap import NO_RELATION, ConceptMap, Group, Target
from termserver.model import Coding
from termserver.operations.map_search import versions_used
from termserver.operations.translate import match_of
from termserver.operations.translation import Translation

_CODE, _DISPLAY = mark(0), mark(1)


class _Kind(NamedTuple):
    """A match but for code and display, and whether it says that the two are related."""

    form: Form
    related: bool


class MatchWriter:
    """Writes the answers of one map at one release."""

    def __init__(self, concept_map: ConceptMap, release: str) -> None:
        """Take the map."""
        self._map = concept_map
        self._release = release
        self._kinds: dict[Hashable, _Kind] = {}
        match = match_of(concept_map, Target(word="equivalent"), Coding(code=_CODE))
        maps, systems = versions_used(concept_map)
        whole = Translation(
            result=True, matches=(match,), used_maps=tuple(maps), used_systems=tuple(systems)
        )
        self._before, _, self._after = dumps(translation_json(whole, release)).partition(
            dumps(match_parameter(match, release))
        )

    def write(self, found: Sequence[tuple[Group, Target]]) -> bytes | None:
        """Return the answer with these targets, each once; None where none says a relation."""
        if len(found) == 1:
            [(group, target)] = found
            match, related = self._match(group, target)
            return self._before + match + self._after if related else None
        matches: dict[Hashable, bytes] = {}
        any_related = False
        for group, target in found:
            match, related = self._match(group, target)
            matches.setdefault(_same(group, target), match)
            any_related = any_related or related
        if not any_related:
            return None
        return self._before + b",".join(matches.values()) + self._after

    def _match(self, group: Group, target: Target) -> tuple[bytes, bool]:
        if target.comment or target.products or target.properties:
            match = match_of(self._map, target, _concept(group, target))
            json = match_parameter(match, self._release)
            return dumps(json, default=dict), _is_related(target)
        code, display = target.code, target.display
        key = (group.target, group.target_version, target.word, display is None)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._kind(group, target)
        filled = kind.form.fill(inner(code or ""), b"" if display is None else inner(display))
        return filled, kind.related

    def _kind(self, group: Group, target: Target) -> _Kind:
        shown = None if target.display is None else _DISPLAY
        match = match_of(
            self._map, target, _concept(group, replace(target, code=_CODE, display=shown))
        )
        return _Kind(Form(match_parameter(match, self._release)), _is_related(target))


def _concept(group: Group, target: Target) -> Coding:
    return Coding(
        system=group.target,
        version=group.target_version,
        code=target.code,
        display=target.display,
    )


def _is_related(target: Target) -> bool:
    return target.equivalence not in NO_RELATION and target.relationship not in NO_RELATION


def _same(group: Group, target: Target) -> Hashable:
    """Return what makes two matches of one map the same (`MapSearch.keep`)."""
    concept = (group.target, group.target_version, target.code, target.display)
    conditions: Hashable = ()
    if target.depends_on or target.products or target.properties:
        conditions = repr((target.depends_on, target.products, target.properties))
    return concept, target.equivalence, conditions
