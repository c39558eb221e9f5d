"""Expansion -> ValueSet. R4 carries R5's properties as cross-version extensions (tx docs/r4.md)."""

from __future__ import annotations

from typing import Any

from api.wire.common import (
    JsonObject,
    designation_json,
    present,
    property_json,
    value_json,
)
from termserver.model import Json, Property
from valuesets.model import Contains, Expansion, ValueSet

R4_PROPERTY = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.property"
R4_CONTAINS_PROPERTY = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.contains.property"
)

_REPEATED = [
    "language",
    "extension",
    "url",
    "identifier",
    "version",
    "name",
    "title",
    "status",
    "experimental",
    "date",
    "publisher",
    "copyright",
]
"""What the answer repeats of the definition; url, status and version SHALL be (R5 expand)."""

_DEFINITION = [
    "description",
    "contained",
    "purpose",
    "contact",
    "useContext",
    "jurisdiction",
    "immutable",
    "compose",
]


def expansion_json(expansion: Expansion, release: str) -> JsonObject:
    """Return the ValueSet of an expansion as a release writes it.

    With includeDefinition the whole definition is there, otherwise its identity and status.
    """
    r4 = release.startswith("4")
    json = identity_json(expansion.value_set, whole=expansion.include_definition)
    return json | {"expansion": _expansion(expansion, r4=r4)}


def identity_json(value_set: ValueSet, *, whole: bool = False) -> JsonObject:
    """Return what an answer repeats of a definition: identity and status, or the `whole` of it."""
    resource = value_set.resource
    names = [*_REPEATED, *(_DEFINITION if whole else ())]
    json: JsonObject = {"resourceType": "ValueSet"}
    json |= {name: resource[name] for name in names if name in resource}
    return json


def _expansion(expansion: Expansion, *, r4: bool) -> JsonObject:
    extensions: list[Json] = list(expansion.extensions)
    declared = [present(code=code, uri=uri) for code, uri in expansion.properties]
    if r4:
        extensions += [declared_extension(one) for one in declared]
    return present(
        extension=extensions,
        identifier=expansion.identifier,
        timestamp=expansion.timestamp,
        total=expansion.total,
        offset=expansion.offset,
        parameter=[
            {"name": one.name, **value_json(one.type, one.value)} for one in expansion.parameters
        ],
        property=[] if r4 else declared,
        contains=[contains_json(one, r4=r4) for one in expansion.contains],
    )


def declared_extension(declared: JsonObject) -> JsonObject:
    """Return R5's expansion.property as the extension that R4 carries it in."""
    parts = [{"url": "code", "valueCode": declared["code"]}]
    if "uri" in declared:
        parts.append({"url": "uri", "valueUri": declared["uri"]})
    return {"extension": parts, "url": R4_PROPERTY}


def contains_json(contains: Contains, *, r4: bool) -> JsonObject:
    """Return ValueSet.expansion.contains with what is nested in it."""
    json: JsonObject = {}
    extensions = list(contains.extensions)
    if r4:
        extensions += [property_extension(one) for one in contains.properties]
    if extensions:
        json["extension"] = extensions
    json["system"] = contains.system
    if contains.abstract:
        json["abstract"] = True
    if contains.inactive:
        json["inactive"] = True
    if contains.version is not None:
        json["version"] = contains.version
    json["code"] = contains.code
    if contains.display is not None:
        json["display"] = contains.display
    if contains.designations:
        json["designation"] = [designation_json(one, r4=r4) for one in contains.designations]
    if contains.properties and not r4:
        json["property"] = [property_json(one) for one in contains.properties]
    if contains.contains:
        json["contains"] = [contains_json(one, r4=r4) for one in contains.contains]
    return json


def property_extension(one: Property) -> JsonObject:
    """Return R5's contains.property as the extension that R4 carries it in."""
    value: dict[str, Any] = value_json(one.type, one.value)
    parts: list[Any] = [
        *one.extensions,
        {"url": "code", "valueCode": one.code},
        {"url": "value", **value},
    ]
    return {"extension": parts, "url": R4_CONTAINS_PROPERTY}
