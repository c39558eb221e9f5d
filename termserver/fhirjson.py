"""FHIR JSON -> records and model for CodeSystem, releases R4 and R5 (pure).

The same records feed packs and content sent with a request, so both answer alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from termserver.errors import InvalidRequest
from termserver.model import (
    CodeSystem,
    Coding,
    Designation,
    FilterDefinition,
    Json,
    PropertyDefinition,
    PropertyValue,
)
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)
from termserver.systems import CONCEPT_PROPERTIES, SNOMED_CT, SNOMED_CT_ID, STANDARDS_STATUS

_STANDARD_CODES = frozenset(
    [
        "status",
        "inactive",
        "deprecated",
        "deprecationDate",
        "retirementDate",
        "effectiveDate",
        "notSelectable",
        "parent",
        "child",
        "partOf",
        "synonym",
        "comment",
        "itemWeight",
    ]
)
_INACTIVE_STATUSES = frozenset({"retired", "inactive", "withdrawn"})
"""Status words that make a concept inactive. `deprecated` does not: the suite's cases act-class and
extensions-echo-enumerated show the status and no `inactive`, against the requirements page."""
_VALUE_TYPES = {
    "valueCode": "code",
    "valueString": "string",
    "valueInteger": "integer",
    "valueBoolean": "boolean",
    "valueDateTime": "dateTime",
    "valueDecimal": "decimal",
    "valueCoding": "Coding",
}


def coding_of(json: Json | None) -> Coding | None:
    """Return the Coding of a FHIR JSON Coding, None for None. Raises: InvalidRequest."""
    if json is None:
        return None
    if not isinstance(json, Mapping):
        raise InvalidRequest(f"A Coding must be an object, not {type(json).__name__}")
    for name in ("system", "version", "code", "display"):
        if name in json and not isinstance(json[name], str):
            raise InvalidRequest(f"Coding.{name} must be a string")
    return Coding(
        system=json.get("system"),
        version=json.get("version"),
        code=json.get("code"),
        display=json.get("display"),
    )


def extension_value(element: Json, url: str) -> Any:
    """Return the value of the first extension `url` of an element, None where there is none."""
    for extension in element.get("extension", ()):
        if extension.get("url") == url:
            return next(
                (value for key, value in extension.items() if key.startswith("value")), None
            )
    return None


def code_system_header(resource: Json) -> CodeSystem:
    """Return the facts of a CodeSystem resource without its concepts.

    Raises: InvalidRequest where url or content is missing (both are needed to use it).
    """
    url = resource.get("url")
    if not isinstance(url, str) or not url:
        raise InvalidRequest("A CodeSystem resource needs a url")
    return CodeSystem(
        url=url,
        version=resource.get("version"),
        id=resource.get("id"),
        name=resource.get("name"),
        title=resource.get("title"),
        status=resource.get("status"),
        experimental=resource.get("experimental") is True,
        standards_status=extension_value(resource, STANDARDS_STATUS),
        content=resource.get("content") or "complete",
        case_sensitive=resource.get("caseSensitive"),
        hierarchy_meaning=resource.get("hierarchyMeaning"),
        compositional=resource.get("compositional") is True,
        version_needed=resource.get("versionNeeded") is True,
        supplements=resource.get("supplements"),
        language=resource.get("language"),
        value_set=resource.get("valueSet"),
        copyright=resource.get("copyright"),
        properties=tuple(_property_definition(one) for one in resource.get("property", ())),
        filters=tuple(_filter_definition(one) for one in resource.get("filter", ())),
        resource={key: value for key, value in resource.items() if key != "concept"},
    )


def _property_definition(json: Json) -> PropertyDefinition:
    return PropertyDefinition(
        code=json.get("code", ""),
        uri=json.get("uri"),
        type=json.get("type", "string"),
        description=json.get("description"),
    )


def _filter_definition(json: Json) -> FilterDefinition:
    return FilterDefinition(
        code=json.get("code", ""),
        operators=tuple(json.get("operator", ())),
        value=json.get("value"),
    )


def standard_property(system: CodeSystem, code: str) -> str | None:
    """Return the standard concept property that `code` is in this system, or None.

    By uri first, then by code: a declared property with another uri is not the standard one,
    however it is called (FHIR R5 codesystem notes, Properties; suite `notSelectable`, cases
    `unprop`).
    """
    for definition in system.properties:
        if definition.code == code and definition.uri:
            base, _, name = definition.uri.partition("#")
            return name if base == CONCEPT_PROPERTIES and name in _STANDARD_CODES else None
    return code if code in _STANDARD_CODES else None


def property_code(system: CodeSystem, name: str) -> str:
    """Return the code by which this system knows the property `name` (a code, its uri, standard).

    SNOMED CT's attributes have uris that no definition lists (FHIR, Using SNOMED CT with FHIR).
    """
    if system.url == SNOMED_CT and name.startswith(SNOMED_CT_ID):
        return name.removeprefix(SNOMED_CT_ID)
    if any(definition.code == name for definition in system.properties):
        return name
    uri = name if "#" in name or "/" in name else f"{CONCEPT_PROPERTIES}#{name}"
    return next((one.code for one in system.properties if one.uri == uri), name)


def code_system_records(resource: Json) -> Iterator[Record]:
    """Yield a CodeSystem resource as records: header, concepts, edges, then designations,
    properties.

    Nested concepts, `parent` and `child` properties are merged into one hierarchy (FHIR R4
    codesystem, 4.8.12). Raises: InvalidRequest for a concept without code.
    """
    system = code_system_header(resource)
    yield CodeSystemRecord(system=system)
    concepts = list(_walk(resource.get("concept", ()), None))
    for json, _ in concepts:
        yield _concept_record(system, json)
    yield from _edges(system, concepts)
    for json, _ in concepts:
        yield from _details(json)


def _walk(concepts: Any, parent: str | None) -> Iterator[tuple[Json, str | None]]:
    waiting = [(one, parent) for one in reversed(concepts)]
    while waiting:
        concept, above = waiting.pop()
        if not isinstance(concept.get("code"), str):
            raise InvalidRequest("A CodeSystem concept needs a code")
        yield concept, above
        waiting.extend((one, concept["code"]) for one in reversed(concept.get("concept", ())))


def _edges(system: CodeSystem, concepts: list[tuple[Json, str | None]]) -> Iterator[EdgeRecord]:
    known = {json["code"] for json, _ in concepts}
    seen: set[tuple[str, str]] = set()
    for json, above in concepts:
        code = json["code"]
        pairs = [(code, above)] if above is not None else []
        for prop in json.get("property", ()):
            meaning = standard_property(system, prop.get("code", ""))
            other = prop.get("valueCode") or prop.get("valueString")
            if meaning == "parent" and other:
                pairs.append((code, other))
            elif meaning == "child" and other:
                pairs.append((other, code))
        for child, parent in pairs:
            usable = child in known and parent in known and child != parent
            if usable and (child, parent) not in seen:
                seen.add((child, parent))
                yield EdgeRecord(child=child, parent=parent)


def _concept_record(system: CodeSystem, json: Json) -> ConceptRecord:
    status, inactive, abstract = None, False, False
    for prop in json.get("property", ()):
        meaning = standard_property(system, prop.get("code", ""))
        value = property_value(prop)[1]
        if meaning == "status" and isinstance(value, str):
            status = value
        elif meaning == "inactive":
            inactive = value is True or value == "true"
        elif meaning == "notSelectable" or prop.get("code") == "notSelectable":
            # its code alone is enough, even where its uri is another (suite notSelectable-unprop-
            # true)
            abstract = value is True or value == "true"
    if status is None:
        status = extension_value(json, STANDARDS_STATUS)
    return ConceptRecord(
        code=json["code"],
        display=json.get("display"),
        definition=json.get("definition"),
        inactive=inactive or status in _INACTIVE_STATUSES,
        abstract=abstract,
        status=status,
        extensions=tuple(json.get("extension", ())),
    )


def _details(json: Json) -> Iterator[Record]:
    code = json["code"]
    for one in json.get("designation", ()):
        designation = designation_of(one)
        yield DesignationRecord(
            code=code,
            value=designation.value,
            language=designation.language,
            use=designation.use,
            additional_use=designation.additional_use,
            status=designation.status,
            active=designation.active,
            extensions=designation.extensions,
        )
    for prop in json.get("property", ()):
        kind, value = property_value(prop)
        if value is not None:
            yield PropertyRecord(
                code=code,
                property=prop.get("code", ""),
                type=kind,
                value=value,
                extensions=tuple(prop.get("extension", ())),
            )


def designation_of(json: Json) -> Designation:
    """Return a designation of CodeSystem or ValueSet JSON.

    It is inactive where its standards-status is withdrawn or deprecated, or its use says so (IG
    requirements, Inactive Codes).
    """
    status = extension_value(json, STANDARDS_STATUS)
    use = coding_of(json.get("use"))
    return Designation(
        value=json.get("value", ""),
        language=json.get("language"),
        use=use,
        additional_use=tuple(
            one for one in map(coding_of, json.get("additionalUse", ())) if one is not None
        ),
        status=status,
        active=status not in {"withdrawn", "deprecated"}
        and (use is None or use.code != "900000000000546006"),
        extensions=tuple(json.get("extension", ())),
    )


def property_value(json: Json) -> tuple[str, PropertyValue | None]:
    """Return (FHIR type, value) of a property's value[x]; (string, None) where it has none."""
    for key, kind in _VALUE_TYPES.items():
        if key in json:
            value = json[key]
            return kind, coding_of(value) if kind == "Coding" else value
    return "string", None
