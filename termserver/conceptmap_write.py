"""ConceptMap -> FHIR JSON, releases R4 and R5 (pure): what $closure answers, and maps made here."""

from __future__ import annotations

from typing import Any

from termserver.canonical import format_canonical
from termserver.conceptmap import (
    ConceptMap,
    Element,
    Group,
    MapAttribute,
    MapProperty,
    Target,
    Unmapped,
)
from termserver.model import Coding


def concept_map_json(concept_map: ConceptMap, release: str) -> dict[str, Any]:
    """Return the map as a resource of a release ("4.0" or "5.0"); fields without value are absent.

    R4 words that R5 lacks (equal, subsumes, specializes, inexact) become R5's nearest. Properties
    of targets and value sets inside the map exist in R5 alone and are left out at R4.
    """
    r4 = release.startswith("4")
    source, target = (
        ("sourceCanonical", "targetCanonical")
        if r4
        else (
            "sourceScopeCanonical",
            "targetScopeCanonical",
        )
    )
    attributes = {} if r4 else _attributes(concept_map)
    json = {
        "resourceType": "ConceptMap",
        "id": concept_map.id,
        "url": concept_map.url,
        "version": concept_map.version,
        "name": concept_map.name,
        "status": "active",
        "property": [] if r4 else _property_declarations(concept_map),
        "additionalAttribute": [
            {"code": code, "uri": uri, "type": "Coding"} for uri, code in attributes.items()
        ],
        source: concept_map.source_scope,
        target: concept_map.target_scope,
        "group": [_group(one, attributes, r4=r4) for one in concept_map.groups],
    }
    return _present(json)


def _attributes(concept_map: ConceptMap) -> dict[str, str]:
    """Return attribute URI -> the code under which R5 declares it, in order of appearance."""
    found = {
        one.attribute: None
        for group in concept_map.groups
        for element in group.elements
        for target in element.targets
        for one in (*target.depends_on, *target.products)
    }
    return {uri: f"attribute-{number}" for number, uri in enumerate(found, start=1)}


def _group(group: Group, attributes: dict[str, str], *, r4: bool) -> dict[str, Any]:
    systems: dict[str, Any] = (
        {
            "source": group.source,
            "sourceVersion": group.source_version,
            "target": group.target,
            "targetVersion": group.target_version,
        }
        if r4
        else {
            "source": group.source and format_canonical(group.source, group.source_version),
            "target": group.target and format_canonical(group.target, group.target_version),
        }
    )
    elements = [_element(one, attributes, r4=r4) for one in group.elements]
    unmapped = _unmapped(group.unmapped, r4=r4) if group.unmapped else None
    return _present(systems | {"element": elements, "unmapped": unmapped})


def _element(element: Element, attributes: dict[str, str], *, r4: bool) -> dict[str, Any]:
    targets: list[Any] = [_target(one, attributes, r4=r4) for one in element.targets]
    if element.no_map and r4:
        targets.append({"equivalence": "unmatched"})
    return _present(
        {
            "code": element.code,
            "display": element.display,
            "valueSet": None if r4 else element.value_set,
            "noMap": True if element.no_map and not r4 else None,
            "target": targets,
        }
    )


def _target(target: Target, attributes: dict[str, str], *, r4: bool) -> dict[str, Any]:
    word = {"equivalence": target.equivalence} if r4 else {"relationship": target.relationship}
    return _present(
        {
            "code": target.code,
            "display": target.display,
            "valueSet": None if r4 else target.value_set,
            **word,
            "comment": target.comment,
            "dependsOn": [_attribute(one, attributes, r4=r4) for one in target.depends_on],
            "product": [_attribute(one, attributes, r4=r4) for one in target.products],
            "property": [] if r4 else [_property(one) for one in target.properties],
        }
    )


def _attribute(one: MapAttribute, attributes: dict[str, str], *, r4: bool) -> dict[str, Any]:
    coding = one.value if isinstance(one.value, Coding) else None
    if r4:
        return _present(
            {
                "property": one.attribute,
                "system": coding.system if coding else None,
                "value": coding.code if coding else str(one.value),
                "display": coding.display if coding else None,
            }
        )
    value = coding_json(coding) if coding else one.value
    return _present(
        {
            "attribute": attributes[one.attribute],
            f"value{one.type[0].upper()}{one.type[1:]}": value,
            "valueSet": one.value_set,
        }
    )


def _property_declarations(concept_map: ConceptMap) -> list[dict[str, Any]]:
    """Return ConceptMap.property: each code once, as its first value is."""
    found: dict[str, dict[str, Any]] = {}
    for group in concept_map.groups:
        for element in group.elements:
            for target in element.targets:
                for one in target.properties:
                    declared = {"code": one.code, "uri": one.uri, "type": one.type}
                    found.setdefault(one.code, _present(declared))
    return list(found.values())


def _property(one: MapProperty) -> dict[str, Any]:
    value = coding_json(one.value) if isinstance(one.value, Coding) else one.value
    return {"code": one.code, f"value{one.type[0].upper()}{one.type[1:]}": value}


def coding_json(coding: Coding) -> dict[str, str]:
    """Return a Coding as FHIR JSON, absent fields left out."""
    json = {
        "system": coding.system,
        "version": coding.version,
        "code": coding.code,
        "display": coding.display,
    }
    return {key: value for key, value in json.items() if value is not None}


def _unmapped(rule: Unmapped, *, r4: bool) -> dict[str, Any]:
    mode = "provided" if r4 and rule.mode == "use-source-code" else rule.mode
    word = None if r4 or rule.mode == "other-map" else Target(word=rule.word).relationship
    return _present(
        {
            "mode": mode,
            "code": rule.code,
            "display": rule.display,
            "valueSet": None if r4 else rule.value_set,
            "relationship": word,
            "url" if r4 else "otherMap": rule.other_map,
        }
    )


def _present(json: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in json.items() if value not in (None, [], {})}
