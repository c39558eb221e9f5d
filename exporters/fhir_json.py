"""Content -> CodeSystem and ValueSet resources, FHIR R4 (R5 reads them alike)."""

from __future__ import annotations

from typing import Any

from exporters.content import SetContent, SystemContent
from termserver.fhirjson import property_code
from termserver.model import CodeSystem, Coding, Concept, Designation, Property, PropertyValue
from termserver.systems import CONCEPT_PROPERTIES, STANDARDS_STATUS
from valuesets.model import Contains

JsonObject = dict[str, Any]

_KEPT_BESIDE = frozenset(
    {"publisher", "contact", "description", "date", "identifier", "jurisdiction", "extension"}
)
_FLAGS = {"inactive": "boolean", "notSelectable": "boolean", "status": "code", "parent": "code"}


def code_system_json(content: SystemContent) -> JsonObject:
    """Return the CodeSystem resource; concepts nest below their first parent.

    Further parents, and what is known of status, are properties (FHIR R4 codesystem, 4.8.12).
    """
    flags = _flags(content)
    concepts = {
        one.code: _concept(one, content.parents.get(one.code, ()), flags)
        for one in content.concepts
    }
    roots: list[JsonObject] = []
    for code, json in concepts.items():
        above = content.parents.get(code)
        below = concepts[above[0]].setdefault("concept", []) if above else roots
        below.append(json)
    return {
        **_head(content.system),
        "count": len(concepts),
        **_present(property=_definitions(content.system, flags), concept=roots),
    }


def _head(system: CodeSystem) -> JsonObject:
    beside = {key: one for key, one in system.resource.items() if key in _KEPT_BESIDE}
    return {
        "resourceType": "CodeSystem",
        **_present(
            id=system.id,
            language=system.language,
            url=system.url,
            version=system.version,
            name=system.name,
            title=system.title,
        ),
        "status": system.status or "unknown",
        **beside,
        **_present(
            copyright=system.copyright,
            valueSet=system.value_set,
            hierarchyMeaning=system.hierarchy_meaning,
        ),
        **({} if system.case_sensitive is None else {"caseSensitive": system.case_sensitive}),
        **({"compositional": True} if system.compositional else {}),
        **({"versionNeeded": True} if system.version_needed else {}),
        "content": system.content,
        **_present(
            filter=[
                _present(code=one.code, operator=list(one.operators), value=one.value)
                for one in system.filters
            ]
        ),
    }


def _flags(content: SystemContent) -> dict[str, str]:
    """Return the properties of status and hierarchy that are needed: standard name -> its code."""
    needed = {
        "inactive": any(one.inactive for one in content.concepts),
        "notSelectable": any(one.abstract for one in content.concepts),
        "status": any(one.status for one in content.concepts),
        "parent": any(len(one) > 1 for one in content.parents.values()),
    }
    return {name: property_code(content.system, name) for name, used in needed.items() if used}


def _definitions(system: CodeSystem, flags: dict[str, str]) -> list[JsonObject]:
    declared = [
        _present(code=one.code, uri=one.uri, description=one.description, type=one.type)
        for one in system.properties
    ]
    known = {one.code for one in system.properties}
    return declared + [
        {"code": code, "uri": f"{CONCEPT_PROPERTIES}#{name}", "type": _FLAGS[name]}
        for name, code in flags.items()
        if code not in known
    ]


def _concept(concept: Concept, parents: tuple[str, ...], flags: dict[str, str]) -> JsonObject:
    said = {one.code for one in concept.properties}
    own = [
        _property(one)
        for one in concept.properties
        if one.code not in {"parent", "child", flags.get("parent")}
    ]
    stated = {"inactive": concept.inactive, "notSelectable": concept.abstract}
    own += [
        {"code": flags[name], "valueBoolean": True}
        for name, value in stated.items()
        if value and flags[name] not in said
    ]
    if concept.status and flags["status"] not in said and not _by_extension(concept):
        own.append({"code": flags["status"], "valueCode": concept.status})
    own += [{"code": flags["parent"], "valueCode": one} for one in parents[1:]]
    return _present(
        extension=[dict(one) for one in concept.extensions],
        code=concept.code,
        display=concept.display,
        definition=concept.definition,
        designation=[designation_json(one) for one in concept.designations],
        property=own,
    )


def _by_extension(concept: Concept) -> bool:
    return any(one.get("url") == STANDARDS_STATUS for one in concept.extensions)


def _property(one: Property) -> JsonObject:
    extensions = [dict(item) for item in one.extensions]
    return _present(extension=extensions) | {"code": one.code} | _value(one.type, one.value)


def _value(type_: str, value: PropertyValue) -> JsonObject:
    if isinstance(value, Coding):
        return {"valueCoding": coding_json(value)}
    return {f"value{type_[0].upper()}{type_[1:]}": value}


def coding_json(coding: Coding) -> JsonObject:
    """Return a Coding as JSON."""
    return _present(
        system=coding.system, version=coding.version, code=coding.code, display=coding.display
    )


def designation_json(one: Designation) -> JsonObject:
    """Return a designation as JSON; additional uses are R5's, which R4 readers pass over."""
    return _present(
        extension=[dict(item) for item in one.extensions],
        language=one.language,
        use=coding_json(one.use) if one.use else None,
        additionalUse=[coding_json(item) for item in one.additional_use],
        value=one.value,
    )


def value_set_json(content: SetContent) -> JsonObject:
    """Return the ValueSet resource: its definition, or its members listed where it has none.

    An implicit value set has no definition of its own; the list names the versions it was made of.
    """
    resource = dict(content.value_set.resource)
    if not resource.get("compose"):
        resource["compose"] = {"include": _includes(content.members)}
    return resource | {"resourceType": "ValueSet"}


def _includes(members: tuple[Contains, ...]) -> list[JsonObject]:
    found: dict[tuple[str, str | None], JsonObject] = {}
    for one in members:
        include = found.setdefault(
            (one.system, one.version),
            _present(system=one.system, version=one.version) | {"concept": []},
        )
        include["concept"].append(_present(code=one.code, display=one.display))
    return list(found.values())


def _present(**fields: Any) -> JsonObject:
    return {key: value for key, value in fields.items() if value not in (None, [], "")}
