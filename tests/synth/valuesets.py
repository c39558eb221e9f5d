"""A made-up FHIR R4 package: value sets over the terminologies, code systems and their maps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.synth.draw import Draw
from tests.synth.lines import write_lines
from tests.synth.loinc_plan import LoincPlan
from tests.synth.packaged import write_code_systems, write_concept_maps
from tests.synth.rxnorm_plan import RxNormPlan, rxcui
from tests.synth.sizes import Size
from tests.synth.snomed_plan import Plan

BASE = "http://example.org/synth/ValueSet"
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_SIZES = (10, 20, 50, 100, 200, 500, 1000)
EXTENSIONAL = 0.6
"""Share of the value sets that list their codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The terminologies that value sets are made over."""

    snomed: Plan
    loinc: LoincPlan
    rxnorm: RxNormPlan


def write_value_sets(folder: Path, seed: int, size: Size, world: World) -> dict[str, int]:
    """Write the package (one file for each resource); return how many of which kind."""
    count = size.of(3_000, least=24)
    package = folder / "package"
    manifest = {
        "name": "synth.valuesets",
        "version": "1.0.0",
        "type": "fhir.ig",
        "title": "Made-up value sets",
        "canonical": "http://example.org/synth",
        "url": "http://example.org/synth",
        "fhirVersions": ["4.0.1"],
        "dependencies": {},
    }
    write_lines(package / "package.json", [json.dumps(manifest, indent=1)])
    listed = round(count * EXTENSIONAL)
    composes = [*_lists(seed, listed, size, world), *_rules(seed, count - listed, world)]
    for number, compose in enumerate(composes):
        kind = "list" if number < listed else "rule"
        resource = {
            "resourceType": "ValueSet",
            "id": f"{kind}-{number}",
            "url": f"{BASE}/{kind}-{number}",
            "version": "1.0.0",
            "name": f"{kind.capitalize()}{number}",
            "title": f"Made-up {kind} {number}",
            "status": "active",
            "experimental": True,
            "date": "2025-01-01",
            "publisher": "Nobody",
            "compose": compose,
        }
        write_lines(package / f"ValueSet-{kind}-{number}.json", [json.dumps(resource)])
    codes = [str(one) for one in world.snomed.ids[: world.snomed.active].tolist()]
    return {
        "extensional": listed,
        "intensional": count - listed,
        "code systems": write_code_systems(package, size),
        "concept maps": write_concept_maps(package, seed, size, codes),
    }


def _lists(seed: int, count: int, size: Size, world: World) -> Iterator[dict[str, Any]]:
    """Yield enumerations of 10 to 1000 codes, most of SNOMED CT, some of several systems."""
    draw = Draw(seed, "value set lists")
    codes = {
        SNOMED: [str(one) for one in world.snomed.ids[: world.snomed.active].tolist()],
        LOINC: list(world.loinc.terms),
        RXNORM: [str(rxcui(at)) for at in range(world.rxnorm.count)],
    }
    systems = ((SNOMED,), (SNOMED,), (LOINC,), (RXNORM,), (SNOMED, LOINC), (SNOMED, LOINC, RXNORM))
    largest = size.of(1_000, least=100)
    for number in range(count):
        wanted = min(_SIZES[number % len(_SIZES)], largest)
        chosen = systems[number % len(systems)]
        include = []
        for system in chosen:
            known = codes[system]
            picked = draw.below(max(1, wanted // len(chosen)), len(known)).tolist()
            concepts = [{"code": code} for code in dict.fromkeys(known[at] for at in picked)]
            include.append({"system": system, "concept": concepts})
        yield {"include": include}


def _rules(seed: int, count: int, world: World) -> Iterator[dict[str, Any]]:
    """Yield value sets by filter, in ten kinds that take turns."""
    draw = Draw(seed, "value set rules")
    makers = (
        _is_a,
        _descendents,
        _attribute,
        _is_a_and_attribute,
        _refset,
        _loinc,
        _rxnorm,
        _union,
        _import,
        _exclude,
    )
    for number in range(count):
        yield makers[number % len(makers)](draw, world, number)


def _filter(property_: str, op: str, value: str) -> dict[str, str]:
    return {"property": property_, "op": op, "value": value}


def _snomed(*filters: dict[str, str]) -> dict[str, Any]:
    return {"system": SNOMED, "filter": [*filters]}


def _concept(draw: Draw, world: World) -> str:
    """Return a concept that has others below it, early (so large) ones more often."""
    blocks = world.snomed.blocks
    start, stop = blocks[int(draw.below(1, len(blocks))[0])]
    at = int(draw.early(1, stop - start)[0]) // 3 * 3
    return str(world.snomed.ids[start + at])


def _attribute_filter(draw: Draw, world: World) -> dict[str, str]:
    """Return the filter that a row of chance satisfies."""
    rows = world.snomed.attributes
    at = int(draw.below(1, len(rows.source))[0])
    ids = world.snomed.ids
    return _filter(str(ids[rows.type[at]]), "=", str(ids[rows.target[at]]))


def _is_a(draw: Draw, world: World, number: int) -> dict[str, Any]:
    return {"include": [_snomed(_filter("concept", "is-a", _concept(draw, world)))]}


def _descendents(draw: Draw, world: World, number: int) -> dict[str, Any]:
    return {"include": [_snomed(_filter("concept", "descendent-of", _concept(draw, world)))]}


def _attribute(draw: Draw, world: World, number: int) -> dict[str, Any]:
    return {"include": [_snomed(_attribute_filter(draw, world))]}


def _is_a_and_attribute(draw: Draw, world: World, number: int) -> dict[str, Any]:
    """Return a filter pair that the same concept satisfies, so that it is not empty."""
    plan = world.snomed
    at = int(draw.below(1, len(plan.attributes.source))[0])
    source = int(plan.attributes.source[at])
    top = str(plan.ids[plan.blocks[int(plan.top[source])][0]])
    pair = (str(plan.ids[plan.attributes.type[at]]), str(plan.ids[plan.attributes.target[at]]))
    return {"include": [_snomed(_filter("concept", "is-a", top), _filter(pair[0], "=", pair[1]))]}


def _refset(draw: Draw, world: World, number: int) -> dict[str, Any]:
    refsets = world.snomed.simple_refsets
    refset = str(world.snomed.ids[refsets[number % len(refsets)]])
    return {"include": [_snomed(_filter("concept", "in", refset))]}


def _loinc(draw: Draw, world: World, number: int) -> dict[str, Any]:
    plan = world.loinc
    system = plan.axis_parts["SYSTEM"]
    part = system[int(draw.zipf(1, len(system))[0])]
    filters = [_filter("SYSTEM", "=", plan.parts[part])]
    if number % 2:
        filters.append(_filter("STATUS", "=", "ACTIVE"))
    return {"include": [{"system": LOINC, "filter": filters}]}


def _rxnorm(draw: Draw, world: World, number: int) -> dict[str, Any]:
    kinds = ("SCD", "SBD", "IN", "BN", "SCDF", "SBDC")
    filters = [_filter("TTY", "=", kinds[number % len(kinds)])]
    if number % 3 == 0:
        ingredient = rxcui(int(draw.early(1, len(world.rxnorm.kinds["IN"]))[0]))
        filters = [_filter("TTY", "=", "SCDC"), _filter("has_ingredient", "=", f"CUI:{ingredient}")]
    return {"include": [{"system": RXNORM, "filter": filters}]}


def _union(draw: Draw, world: World, number: int) -> dict[str, Any]:
    return {
        "include": [
            _snomed(_filter("concept", "is-a", _concept(draw, world))),
            _snomed(_filter("concept", "is-a", _concept(draw, world))),
            _snomed(_attribute_filter(draw, world)),
        ]
    }


def _import(draw: Draw, world: World, number: int) -> dict[str, Any]:
    """Return the union of two lists, which always exist."""
    return {
        "include": [
            {"valueSet": [f"{BASE}/list-{number % 6}"]},
            {"valueSet": [f"{BASE}/list-{number % 5}"]},
        ]
    }


def _exclude(draw: Draw, world: World, number: int) -> dict[str, Any]:
    plan = world.snomed
    top = str(plan.ids[plan.blocks[number % len(plan.blocks)][0]])
    return {
        "include": [_snomed(_filter("concept", "is-a", top))],
        "exclude": [_snomed(_filter("concept", "descendent-of", _concept(draw, world)))],
    }
