"""Is a resource that came with a request shaped like FHIR where it will be read?

Readers take the shape for granted: a text where a list belongs would end in a failure of ours. The
table below has the elements that are read; what it does not name is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from termserver.errors import InvalidRequest

Shape = Mapping[str, Any]
"""Element -> "text", "truth", a Shape for an object, [Shape] or ["text"] for a list."""

_CODING: dict[str, Any] = {"system": "text", "version": "text", "code": "text", "display": "text"}
_EXTENSION: dict[str, Any] = {"url": "text"}
_EXTENSION["extension"] = [_EXTENSION]
_DESIGNATION: dict[str, Any] = {
    "extension": [_EXTENSION],
    "language": "text",
    "use": _CODING,
    "additionalUse": [_CODING],
    "value": "text",
}
_COMMON: dict[str, Any] = {
    "extension": [_EXTENSION],
    "id": "text",
    "url": "text",
    "version": "text",
    "name": "text",
    "title": "text",
    "status": "text",
    "language": "text",
    "experimental": "truth",
    "meta": {},
}
_INCLUDE: dict[str, Any] = {
    "extension": [_EXTENSION],
    "system": "text",
    "version": "text",
    "concept": [
        {
            "extension": [_EXTENSION],
            "code": "text",
            "display": "text",
            "designation": [_DESIGNATION],
        }
    ],
    "filter": [{"property": "text", "op": "text", "value": "text", "_op": {}}],
    "valueSet": ["text"],
}
_CONTAINS: dict[str, Any] = {"system": "text", "code": "text"}
_CONTAINS["contains"] = [_CONTAINS]
_PROPERTY: dict[str, Any] = {
    "extension": [_EXTENSION],
    "code": "text",
    "valueCode": "text",
    "valueString": "text",
    "valueCoding": _CODING,
    "valueBoolean": "truth",
}
_CONCEPT: dict[str, Any] = {
    "extension": [_EXTENSION],
    "code": "text",
    "display": "text",
    "definition": "text",
    "designation": [_DESIGNATION],
    "property": [_PROPERTY],
}
_CONCEPT["concept"] = [_CONCEPT]
_TARGET: dict[str, Any] = {
    "extension": [_EXTENSION],
    "code": "text",
    "display": "text",
    "relationship": "text",
    "equivalence": "text",
    "comment": "text",
    "valueSet": "text",
    "dependsOn": [{}],
    "product": [{}],
    "property": [{}],
}

SHAPES: Mapping[str, Shape] = {
    "ValueSet": _COMMON
    | {
        "compose": {
            "extension": [_EXTENSION],
            "inactive": "truth",
            "lockedDate": "text",
            "property": ["text"],
            "include": [_INCLUDE],
            "exclude": [_INCLUDE],
        },
        "expansion": {"contains": [_CONTAINS]},
    },
    "CodeSystem": _COMMON
    | {
        "content": "text",
        "supplements": "text",
        "valueSet": "text",
        "hierarchyMeaning": "text",
        "copyright": "text",
        "caseSensitive": "truth",
        "compositional": "truth",
        "versionNeeded": "truth",
        "property": [{"code": "text", "uri": "text", "type": "text"}],
        "filter": [{"code": "text", "operator": ["text"], "value": "text"}],
        "concept": [_CONCEPT],
    },
    "ConceptMap": _COMMON
    | {
        "group": [
            {
                "source": "text",
                "target": "text",
                "sourceVersion": "text",
                "targetVersion": "text",
                "element": [{"code": "text", "display": "text", "target": [_TARGET]}],
                "unmapped": {"mode": "text", "code": "text", "url": "text", "otherMap": "text"},
            }
        ],
        "property": [{"code": "text"}],
        "additionalAttribute": [{"code": "text"}],
    },
    "NamingSystem": _COMMON | {"uniqueId": [{"type": "text", "value": "text"}]},
}


def check_shape(resource: Mapping[str, Any]) -> None:
    """Refuse a terminology resource whose elements are of the wrong kind.

    Contained value sets and code systems are looked at too. Raises: InvalidRequest with the path.
    """
    kind = str(resource.get("resourceType"))
    shape = SHAPES.get(kind)
    if shape is None:
        return
    _check(resource, shape, kind)
    contained = resource.get("contained", [])
    if not isinstance(contained, list):
        raise _wrong(f"{kind}.contained", "a list of resources")
    for at, one in enumerate(contained):
        if not isinstance(one, Mapping):
            raise _wrong(f"{kind}.contained[{at}]", "a resource")
        check_shape(one)


def _check(json: Mapping[str, Any], shape: Shape, path: str) -> None:
    for name, value in json.items():
        wanted = shape.get(name)
        if wanted is not None:
            _check_value(value, wanted, f"{path}.{name}")


def _check_value(value: Any, wanted: Any, path: str) -> None:
    if wanted == "text":
        if not isinstance(value, str):
            raise _wrong(path, "a text")
    elif wanted == "truth":
        if not isinstance(value, bool):
            raise _wrong(path, "true or false")
    elif isinstance(wanted, list):
        if not isinstance(value, list):
            raise _wrong(path, "a list")
        for at, one in enumerate(value):
            _check_value(one, wanted[0], f"{path}[{at}]")
    elif not isinstance(value, Mapping):
        raise _wrong(path, "an object")
    else:
        _check(value, wanted, path)


def _wrong(path: str, wanted: str) -> InvalidRequest:
    return InvalidRequest(f"{path} must be {wanted}", expression=path, issue_code="structure")
