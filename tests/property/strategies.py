"""Strategies: small code systems and value sets over them, as FHIR JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

ONE = "http://example.org/one"
TWO = "http://example.org/two"
SYSTEMS = (ONE, TWO)
CODES = ("a", "b", "c", "d", "e", "f")
NOT_THERE = "zz"
VALUE_SET = "http://example.org/ValueSet/"
HIERARCHICAL = ("is-a", "descendent-of", "is-not-a", "generalizes", "child-of", "descendent-leaf")


@st.composite
def code_systems(draw: st.DrawFn, url: str) -> dict[str, Any]:
    """Return a CodeSystem of every concept in CODES, nested at random, some with two parents."""
    below: dict[int, list[dict[str, Any]]] = {-1: []}
    for at, code in enumerate(CODES):
        concept: dict[str, Any] = {"code": code, "display": f"Display {code}"}
        concept["property"] = draw(properties(CODES[:at]))
        concept["concept"] = below[at] = []
        below[draw(st.integers(-1, at - 1))].append(concept)
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "version": "1",
        "content": "complete",
        "caseSensitive": draw(st.booleans()),
        "hierarchyMeaning": "is-a",
        "property": [
            {"code": "parent", "type": "code"},
            {"code": "weight", "type": "integer"},
            {"code": "inactive", "type": "boolean"},
        ],
        "concept": below[-1],
    }


def properties(earlier: Sequence[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return properties of a concept; a further parent is one of `earlier` (no cycle)."""
    one = st.one_of(
        st.builds(lambda it: {"code": "weight", "valueInteger": it}, st.integers(0, 2)),
        st.builds(lambda it: {"code": "inactive", "valueBoolean": it}, st.booleans()),
        st.builds(lambda it: {"code": "notSelectable", "valueBoolean": it}, st.booleans()),
    )
    if earlier:
        one |= st.builds(lambda it: {"code": "parent", "valueCode": it}, st.sampled_from(earlier))
    return st.lists(one, max_size=2, unique_by=lambda it: it["code"])


def filters() -> st.SearchStrategy[dict[str, str]]:
    """Return a filter that both systems can answer."""
    code = st.sampled_from(CODES)
    return st.one_of(
        st.builds(clause, st.just("concept"), st.sampled_from(HIERARCHICAL), code),
        st.builds(clause, st.just("concept"), st.just("regex"), st.sampled_from(["[a-c]", "d|e"])),
        st.builds(clause, st.just("concept"), st.sampled_from(["in", "not-in"]), st.just("a,d,f")),
        st.builds(clause, st.just("weight"), st.just("="), st.sampled_from(["0", "1"])),
        st.builds(clause, st.just("weight"), st.just("exists"), st.sampled_from(["true", "false"])),
    )


def clause(name: str, op: str, value: str) -> dict[str, str]:
    """Return a filter."""
    return {"property": name, "op": op, "value": value}


@st.composite
def includes(draw: st.DrawFn, imports: list[str] | None = None) -> dict[str, Any]:
    """Return an include: all of a system, some codes of it, filters, or what is imported."""
    if imports and draw(st.booleans()):
        named = draw(st.lists(st.sampled_from(imports), min_size=1, max_size=2, unique=True))
        if draw(st.booleans()):
            return {"valueSet": named}
        return {**draw(includes()), "valueSet": named}
    system = {"system": draw(st.sampled_from(SYSTEMS))}
    match draw(st.sampled_from(["all", "codes", "filters"])):
        case "codes":
            codes = st.lists(st.sampled_from((*CODES, NOT_THERE)), min_size=1, unique=True)
            return {**system, "concept": [{"code": one} for one in draw(codes)]}
        case "filters":
            return {**system, "filter": draw(st.lists(filters(), min_size=1, max_size=2))}
    return system


@st.composite
def value_sets(draw: st.DrawFn, name: str, imports: list[str] | None = None) -> dict[str, Any]:
    """Return a ValueSet over the two systems that imports only what `imports` names."""
    compose: dict[str, Any] = {
        "include": draw(st.lists(includes(imports), min_size=1, max_size=3)),
    }
    excluded = draw(st.lists(includes(imports), max_size=2))
    if excluded:
        compose["exclude"] = excluded
    inactive = draw(st.sampled_from([None, True, False]))
    if inactive is not None:
        compose["inactive"] = inactive
    return {
        "resourceType": "ValueSet",
        "url": VALUE_SET + name,
        "version": "1",
        "status": "active",
        "compose": compose,
    }


@st.composite
def worlds(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return both code systems, then three value sets: each may import those before it."""
    found = [draw(code_systems(url)) for url in SYSTEMS]
    names: list[str] = []
    for name in ("first", "second", "third"):
        found.append(draw(value_sets(name, names)))
        names.append(VALUE_SET + name)
    return found
