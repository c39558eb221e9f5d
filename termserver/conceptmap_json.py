"""FHIR JSON -> ConceptMap, releases R4 and R5 (pure). The fields tell which shape it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from termserver.canonical import parse_canonical
from termserver.conceptmap import (
    EQUIVALENCES,
    RELATIONSHIPS,
    ConceptMap,
    Element,
    Group,
    MapAttribute,
    MapProperty,
    MapValue,
    Target,
    Unmapped,
    UnmappedMode,
)
from termserver.errors import InvalidRequest
from termserver.fhirjson import coding_of
from termserver.model import Coding, Json

_MODES: Mapping[str, UnmappedMode] = {
    "provided": "use-source-code",
    "use-source-code": "use-source-code",
    "fixed": "fixed",
    "other-map": "other-map",
}
_TYPES = {
    "valueCode": "code",
    "valueCoding": "Coding",
    "valueString": "string",
    "valueBoolean": "boolean",
    "valueQuantity": "Quantity",
    "valueInteger": "integer",
    "valueDecimal": "decimal",
    "valueDateTime": "dateTime",
    "valueUri": "uri",
}


def concept_map_of(resource: Json) -> ConceptMap:
    """Return the ConceptMap of an R4 or R5 resource; elements keep their order.

    Raises: InvalidRequest for another resource type, an element of the wrong JSON type, a target
    without relationship, or a relationship or unmapped mode that neither release has.
    """
    if resource.get("resourceType") != "ConceptMap":
        raise InvalidRequest(f"A ConceptMap is needed, not a {resource.get('resourceType')!r}")
    return ConceptMap(
        url=_text(resource, "url"),
        version=_text(resource, "version"),
        id=_text(resource, "id"),
        name=_text(resource, "name"),
        source_scope=_scope(resource, "source"),
        target_scope=_scope(resource, "target"),
        groups=tuple(_group(one, resource) for one in _objects(resource, "group")),
    )


def _scope(resource: Json, side: str) -> str | None:
    for name in ("ScopeCanonical", "ScopeUri", "Canonical", "Uri"):
        found = _text(resource, side + name)
        if found:
            return found
    reference = resource.get(f"{side}Reference")  # STU3, still met in the wild
    return _text(reference, "reference") if isinstance(reference, Mapping) else None


def _group(json: Json, resource: Json) -> Group:
    source, source_version = _system(json, "source")
    target, target_version = _system(json, "target")
    return Group(
        source=source,
        source_version=source_version,
        target=target,
        target_version=target_version,
        elements=tuple(
            _element(one, resource, source, target) for one in _objects(json, "element")
        ),
        unmapped=_unmapped(json),
    )


def _system(json: Json, side: str) -> tuple[str | None, str | None]:
    """Return (system, version): R4 has two fields, R5 one canonical `system|version`."""
    url = _text(json, side)
    if url is None:
        return None, None
    system, version = parse_canonical(url)
    return system, _text(json, f"{side}Version") or version


def _element(json: Json, resource: Json, source: str | None, target: str | None) -> Element:
    targets = tuple(_target(one, resource, source, target) for one in _objects(json, "target"))
    named = tuple(one for one in targets if one.code is not None or one.value_set is not None)
    return Element(
        code=_text(json, "code"),
        display=_text(json, "display"),
        value_set=_text(json, "valueSet"),
        # R4 says "no target" with a target that has no code (equivalence unmatched or disjoint)
        no_map=json.get("noMap") is True or (bool(targets) and not named),
        targets=named,
    )


def _target(json: Json, resource: Json, source: str | None, target: str | None) -> Target:
    word = _word(json, _text(json, "code"))
    return Target(
        code=_text(json, "code"),
        display=_text(json, "display"),
        value_set=_text(json, "valueSet"),
        word=word,
        comment=_text(json, "comment"),
        depends_on=tuple(_attribute(one, resource, source) for one in _objects(json, "dependsOn")),
        products=tuple(_attribute(one, resource, target) for one in _objects(json, "product")),
        properties=tuple(_property(one, resource) for one in _objects(json, "property")),
    )


def _word(json: Json, code: str | None) -> str:
    """Return the relationship as written; R4 and R5 have it 1..1 on a target."""
    for field, known in (("relationship", RELATIONSHIPS), ("equivalence", EQUIVALENCES)):
        word = _text(json, field)
        if word is not None and word not in known:
            raise InvalidRequest(
                f"ConceptMap target '{code}': unknown {field} '{word}'; known: {', '.join(known)}"
            )
        if word is not None:
            return word
    raise InvalidRequest(
        f"ConceptMap target '{code}' needs an equivalence (R4) or a relationship (R5)"
    )


def _attribute(json: Json, resource: Json, default_system: str | None) -> MapAttribute:
    """Return dependsOn or product; a code without a system is of the group's system (R4, R5)."""
    if "property" in json:
        code = _text(json, "value") or ""
        system = _text(json, "system")
        if system is None and default_system is None:
            return MapAttribute(attribute=_text(json, "property") or "", value=code)
        coding = Coding(
            system=parse_canonical(system)[0] if system else default_system,
            version=parse_canonical(system)[1] if system else None,
            code=code,
            display=_text(json, "display"),
        )
        return MapAttribute(attribute=_text(json, "property") or "", type="Coding", value=coding)
    kind, value = _value(json)
    if kind == "code":
        value = Coding(system=default_system, code=cast("str", value))
    return MapAttribute(
        attribute=_declared(resource, "additionalAttribute", _text(json, "attribute") or ""),
        type="Coding" if kind == "code" else kind,
        value=value,
        value_set=_text(json, "valueSet"),
    )


def _property(json: Json, resource: Json) -> MapProperty:
    code = _text(json, "code") or ""
    kind, value = _value(json)
    declared = next((one for one in _objects(resource, "property") if one.get("code") == code), {})
    if kind == "code" and declared.get("system"):  # cmd-11: the system stands in the declaration
        value = Coding(system=declared["system"], code=cast("str", value))
    return MapProperty(
        code=code,
        uri=_text(declared, "uri"),
        type="Coding" if isinstance(value, Coding) else kind,
        value="" if value is None else value,
    )


def _declared(resource: Json, slot: str, code: str) -> str:
    """Return the URI that the map declares for `code`, the code itself where it declares none."""
    for one in _objects(resource, slot):
        if one.get("code") == code:
            return _text(one, "uri") or code
    return code


def _value(json: Json) -> tuple[str, MapValue | None]:
    for field, kind in _TYPES.items():
        if field in json:
            value = json[field]
            return kind, coding_of(value) if kind == "Coding" else value
    return "string", None


def _unmapped(group: Json) -> Unmapped | None:
    json = group.get("unmapped")
    if json is None:
        return None
    if not isinstance(json, Mapping):
        raise InvalidRequest("ConceptMap.group.unmapped must be an object")
    mode = _MODES.get(json.get("mode", ""))
    if mode is None:
        known = ", ".join(_MODES)
        raise InvalidRequest(f"Unknown unmapped mode '{json.get('mode')}'; known: {known}")
    word = _word(json, None) if "relationship" in json or "equivalence" in json else "relatedto"
    return Unmapped(
        mode=mode,
        code=_text(json, "code"),
        display=_text(json, "display"),
        value_set=_text(json, "valueSet"),
        other_map=_text(json, "otherMap") or _text(json, "url"),
        word=word,
    )


def _text(json: Json, field: str) -> str | None:
    value = json.get(field)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest(f"ConceptMap: '{field}' must be a string, not {value!r}")
    return value


def _objects(json: Json, field: str) -> Sequence[Json]:
    value: Any = json.get(field, ())
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(_are_objects(value)):
        raise InvalidRequest(f"ConceptMap: '{field}' must be a list of objects")
    return value


def _are_objects(values: Sequence[Any]) -> Iterator[bool]:
    return (isinstance(one, Mapping) for one in values)
