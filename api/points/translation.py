"""Point: $translate of a code by a named map, a resource or one of SNOMED CT's implicit ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.points.point import Point, Texts
from api.wire.matches import MatchWriter
from termserver.conceptmap import Group, Target
from termserver.conceptmap_index import MapIndexes
from termserver.operations.map_plan import MapPlan, find_map_plan
from termserver.operations.map_search import same_scope
from termserver.terminology import Terminology
from valuesets.plans import find_plan

_CODE = ("code", "sourceCode")
_CODING = ("coding", "sourceCoding")
_SCOPE = ("target", "targetScope")
_SYSTEM = ("targetsystem", "targetSystem")
"""Parameters that have a name in each release."""
_USUAL = frozenset({"url", "system", "code", "target"})


@dataclass(frozen=True, slots=True)
class _ReadyMap:
    """A map that is asked for codes of one system (`plan` None: the full way answers)."""

    plan: MapPlan | None
    writer: MatchWriter | None


def translate(terminology: Terminology, texts: Texts) -> bytes | None:
    """Return the body of $translate: of a url, and a code with its system or a Coding."""
    if _USUAL.issuperset(texts):
        url, system, code = texts.get("url"), texts.get("system"), texts.get("code")
        scope, wanted = texts.get("target"), None
    else:
        url, (system, code) = texts.get("url"), _asked(texts)
        scope, wanted = _one(texts, _SCOPE), _one(texts, _SYSTEM)
    if url is None or system is None or code is None or scope == "" or wanted == "":
        return None
    ready = terminology.remembered(
        ("translate", url, system), lambda: _prepare_map(terminology, url, system), _weight
    )
    if ready is None or ready.plan is None or ready.writer is None:
        return None
    found = ready.plan.targets(code)
    if wanted is not None and any(group.target != wanted for group, _ in found):
        return None
    if scope is not None and not _vouches(ready.plan, scope):
        inside = _in_scope(terminology, scope, found)
        if inside is None:
            return None
        found = inside
    return ready.writer.write(found)


def _one(texts: Texts, names: Sequence[str]) -> str | None:
    """Return a parameter by one of its names; empty where both are given."""
    given = [texts[name] for name in names if name in texts]
    return None if not given else given[0] if len(given) == 1 else ""


def _asked(texts: Texts) -> tuple[str | None, str | None]:
    """Return system and code, None where they are missing or not plain."""
    code, system = _one(texts, _CODE), texts.get("system")
    for name in _CODING:
        if f"{name}.code" in texts:
            if code is not None or f"{name}.version" in texts:
                return None, None
            code, system = texts[f"{name}.code"], texts.get(f"{name}.system")
        elif any(f"{name}.{part}" in texts for part in ("system", "version", "display")):
            return None, None
    return system, code or None


def _prepare_map(terminology: Terminology, url: str, system: str) -> _ReadyMap:
    """Prepare a map. Raises: UnknownConceptMap and others, as the full way does."""
    indexes = terminology.remembered(("map indexes",), MapIndexes, lambda _: 1)
    plan = find_map_plan(terminology, indexes or MapIndexes(), url, system)
    if plan is None:
        return _ReadyMap(None, None)
    return _ReadyMap(plan, MatchWriter(plan.concept_map, terminology.release))


def _weight(ready: _ReadyMap) -> int:
    return 1 if ready.plan is None else ready.plan.weight


def _vouches(plan: MapPlan, scope: str) -> bool:
    stated = plan.concept_map.target_scope
    return bool(stated) and same_scope(scope, stated)


def _in_scope(
    terminology: Terminology, scope: str, found: Sequence[tuple[Group, Target]]
) -> list[tuple[Group, Target]] | None:
    """Return the targets that are in a value set, None where that takes a closer look."""
    plan = find_plan(terminology, scope)
    kept = []
    for group, target in found:
        if plan is None or group.target != plan.system or target.code is None:
            return None
        at = plan.find(target.code) if group.target_version in {None, plan.version} else None
        inside = None if at is None else plan.decide(target.code, at[0])
        if inside is None:
            return None
        if inside:
            kept.append((group, target))
    return kept


POINTS = (
    Point(
        path="ConceptMap/$translate",
        texts=frozenset({"url", "system", *_CODE, *_SCOPE, *_SYSTEM}),
        codings=frozenset(_CODING),
        answer=translate,
    ),
)
