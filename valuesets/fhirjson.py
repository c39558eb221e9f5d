"""FHIR JSON -> ValueSet, releases R4 and R5 (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from termserver.canonical import parse_canonical
from termserver.errors import InvalidValueSet
from termserver.fhirjson import designation_of, extension_value
from termserver.model import FilterClause, Json
from termserver.systems import EXPANSION_PARAMETER, STANDARDS_STATUS, VALUESET_SUPPLEMENT
from valuesets.model import Compose, ConceptReference, Include, ValueSet

R5_OPERATOR = (
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.compose.include.filter.op"
)
"""The cross-version extension by which R4 carries `child-of` and `descendent-leaf`."""

_PARTIAL = {
    "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
    "http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
}
"""Marks of an expansion that does not hold all members."""

_REFUSED = {
    "http://hl7.org/fhir/StructureDefinition/valueset-expression",
    "http://hl7.org/fhir/StructureDefinition/valueset-rules-text",
}
"""Extensions that define content in another way: a server that does not know them must refuse."""


def value_set_of(resource: Json) -> ValueSet:
    """Return the model of a ValueSet resource; `compose` is None where it has none.

    Raises: InvalidValueSet, with the path, for JSON that is no value set definition.
    """
    if resource.get("resourceType") != "ValueSet":
        raise InvalidValueSet(
            f"A ValueSet is needed, not a {resource.get('resourceType') or 'resource without type'}"
        )
    for extension in [
        *resource.get("extension", ()),
        *(resource.get("compose") or {}).get("extension", ()),
    ]:
        if extension.get("url") in _REFUSED:
            raise InvalidValueSet(
                "The value set is defined by the extension "
                f"{extension['url']}, which is not supported"
            )
    compose, expansion = resource.get("compose"), resource.get("expansion")
    _check_modifiers(resource, compose)
    found: Compose | None = None
    if isinstance(compose, Mapping):
        found = _compose(compose)
    elif isinstance(expansion, Mapping):
        found = _stored_expansion(expansion)
    return ValueSet(
        url=resource.get("url"),
        version=resource.get("version"),
        status=resource.get("status"),
        experimental=resource.get("experimental") is True,
        standards_status=extension_value(resource, STANDARDS_STATUS),
        language=resource.get("language"),
        compose=found,
        supplements=tuple(
            value
            for extension in resource.get("extension", ())
            if extension.get("url") == VALUESET_SUPPLEMENT
            for key, value in extension.items()
            if key.startswith("value")
        ),
        resource=resource,
    )


def _check_modifiers(resource: Json, compose: Any) -> None:
    """Refuse modifier extensions, none of which is known here (FHIR R4, extensibility)."""
    own = {"modifierExtension": resource.get("modifierExtension"), "compose": compose}
    for path, extensions in _modifiers(own, "ValueSet"):
        urls = [
            str(one.get("url")) if isinstance(one, Mapping) else "without url"
            for one in (extensions if isinstance(extensions, list) else [extensions])
        ]
        raise InvalidValueSet(
            f"The value set has the modifier extension {', '.join(urls)}, which is not supported: "
            "it may change what the value set means",
            expression=f"{path}.modifierExtension",
            issue_code="not-supported",
        )


def _modifiers(element: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield (path of the element, its modifier extensions) of an element and all below it."""
    if isinstance(element, Mapping):
        if element.get("modifierExtension"):
            yield path, element["modifierExtension"]
        for name, child in element.items():
            if isinstance(child, dict | list) and name != "modifierExtension":
                yield from _modifiers(child, f"{path}.{name}")
    elif isinstance(element, list):
        for at, child in enumerate(element):
            yield from _modifiers(child, f"{path}[{at}]")


def expansion_parameter(value_set: ValueSet, name: str) -> str | None:
    """Return a parameter that the definition sets by valueset-expansion-parameter, or None."""
    resource = value_set.resource
    extensions = [
        *(resource.get("compose") or {}).get("extension", ()),
        *resource.get("extension", ()),
    ]
    for extension in extensions:
        if extension.get("url", "").endswith(EXPANSION_PARAMETER.rpartition("/")[2]):
            parts = {part.get("url"): _value(part) for part in extension.get("extension", ())}
            if parts.get("name") == name:
                value = parts.get("value")
                return None if value is None else str(value)
    return None


def _value(part: Json) -> Any:
    return next((value for key, value in part.items() if key.startswith("value")), None)


def _stored_expansion(json: Json) -> Compose | None:
    """Return an expansion that comes without a definition as an enumeration, None if it is partial.

    Used as it is only where it is whole (FHIR R4 valueset 4.9.8): no mark of being unclosed or too
    costly, and as many entries as its total says.
    """
    marks = {one.get("url") for one in json.get("extension", ())}
    entries = [one for one in _all_entries(json.get("contains", ())) if one.get("code")]
    total = json.get("total")
    if marks & _PARTIAL or json.get("offset") or (total is not None and total != len(entries)):
        return None
    by_system: dict[tuple[str | None, str | None], list[ConceptReference]] = {}
    for one in entries:
        key = one.get("system"), one.get("version")
        by_system.setdefault(key, []).append(_reference(one, "ValueSet.expansion"))
    includes = tuple(
        Include(system=system, version=version, concepts=tuple(concepts), path="ValueSet.expansion")
        for (system, version), concepts in by_system.items()
        if system is not None
    )
    return Compose(includes=includes)


def _all_entries(contains: Sequence[Any]) -> Iterator[Json]:
    for one in contains:
        if isinstance(one, Mapping):
            yield one
            yield from _all_entries(one.get("contains", ()))


def _compose(json: Json) -> Compose:
    """Return the definition. Raises: InvalidValueSet for parts that cannot be honoured.

    R4 and R5 ValueSet.compose.lockedDate: content is kept by version here, so a date fixes nothing.
    """
    compose = Compose(
        includes=_includes(json, "include"),
        excludes=_includes(json, "exclude"),
        inactive=json.get("inactive"),
        locked_date=json.get("lockedDate"),
        properties=tuple(json.get("property", ())),
    )
    if compose.locked_date and not all(map(_is_pinned, (*compose.includes, *compose.excludes))):
        raise InvalidValueSet(
            f"The value set is locked at {compose.locked_date}, but content is kept by version, "
            "not by date: name the versions in its includes",
            expression="ValueSet.compose.lockedDate",
            issue_code="not-supported",
        )
    return compose


def _is_pinned(include: Include) -> bool:
    """Tell whether an include names the version of its system and of every value set."""
    return (include.system is None or include.version is not None) and all(
        parse_canonical(one)[1] is not None for one in include.value_sets
    )


def _includes(compose: Json, name: str) -> tuple[Include, ...]:
    found = []
    for at, json in enumerate(_list(compose, name, "ValueSet.compose")):
        path = f"ValueSet.compose.{name}[{at}]"
        if not isinstance(json, Mapping):
            raise InvalidValueSet(f"{path} must be an object", expression=path)
        found.append(_include(json, path))
    return tuple(found)


def _include(json: Json, path: str) -> Include:
    system = json.get("system")
    concepts, filters = _list(json, "concept", path), _list(json, "filter", path)
    value_sets = tuple(_list(json, "valueSet", path))
    if system is None and not value_sets:
        raise InvalidValueSet(f"{path} has neither system nor valueSet (vsd-1)", expression=path)
    if system is None and (concepts or filters):
        raise InvalidValueSet(
            f"{path} has concept or filter without system (vsd-2)", expression=path
        )
    if concepts and filters:
        raise InvalidValueSet(f"{path} has both concept and filter (vsd-3)", expression=path)
    return Include(
        system=system,
        version=json.get("version"),
        concepts=tuple(_reference(one, path) for one in concepts),
        filters=tuple(
            _filter(one, system or "", f"{path}.filter[{at}]") for at, one in enumerate(filters)
        ),
        value_sets=value_sets,
        path=path,
    )


def _list(json: Json, name: str, path: str) -> Sequence[Any]:
    found = json.get(name, ())
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise InvalidValueSet(f"{path}.{name} must be a list", expression=f"{path}.{name}")
    return found


def _reference(json: Json, path: str) -> ConceptReference:
    code = json.get("code") if isinstance(json, Mapping) else None
    if not isinstance(code, str):
        raise InvalidValueSet(f"{path}.concept has an entry without code", expression=path)
    return ConceptReference(
        code=code,
        display=json.get("display"),
        designations=tuple(designation_of(one) for one in json.get("designation", ())),
        extensions=tuple(json.get("extension", ())),
    )


def _filter(json: Json, system: str, path: str) -> FilterClause:
    if not isinstance(json, Mapping):
        raise InvalidValueSet(f"{path} must be an object", expression=path)
    op = json.get("op") or _cross_version_operator(json)
    name, value = json.get("property"), json.get("value")
    if value is None or value == "":
        raise InvalidValueSet(
            f"The system {system} filter with property = {name}, op = {op} has no value",
            message_id="UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE",
            expression=path,
            issue_code="invalid",
        )
    if not isinstance(name, str) or not isinstance(op, str) or not isinstance(value, str):
        raise InvalidValueSet(f"{path} needs property, op and value as text", expression=path)
    return FilterClause(property=name, op=op, value=value)


def _cross_version_operator(json: Json) -> str | None:
    primitive = json.get("_op")
    found = extension_value(primitive, R5_OPERATOR) if isinstance(primitive, Mapping) else None
    return found if isinstance(found, str) else None
