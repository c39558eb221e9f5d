"""Parameters body, bare resource or query string -> values by an operation's table.

What an operation's table defines is read and checked; a wrong type, a repetition, a missing or a
contradictory parameter is refused by name. What FHIR does not define is ignored, and refused where
the client asks for `Prefer: handling=strict` (design.md section 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from api.operations import Operation, Parameter
from api.shape import check_shape
from termserver.errors import InvalidRequest, NotSupported

Values = dict[str, Any]
"""Parameter name (of the table, aliases resolved) -> value; a list where it may be repeated."""

Query = Sequence[tuple[str, str]]

MAX_PARAMETERS = 20_000
TEXT_TYPES = frozenset(
    [
        "String",
        "Uri",
        "Url",
        "Canonical",
        "Code",
        "Id",
        "Oid",
        "Uuid",
        "Markdown",
        "DateTime",
        "Date",
        "Instant",
        "Time",
        "Base64Binary",
    ]
)
"""Types of value[x] that are read as text."""
_INTEGERS = frozenset({"Integer", "PositiveInt", "UnsignedInt", "Integer64"})
_RESOURCES = frozenset({"Resource", "Parameters", "ValueSet", "CodeSystem", "ConceptMap"})
_COMMON_QUERY = frozenset({"_format", "_pretty", "_summary", "_elements"})


def parse_query(query: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query string in order. Raises: InvalidRequest."""
    found = []
    for part in query.split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            found.append((decode_text(name), decode_text(value)))
    if len(found) > MAX_PARAMETERS:
        raise InvalidRequest(f"The query has more than {MAX_PARAMETERS} parameters")
    return found


def decode_text(text: bytes) -> str:
    """Return a name or value of a query string. Raises: InvalidRequest where it is no UTF-8."""
    plain = text.decode("latin-1")
    if "%" not in plain and "+" not in plain and text.isascii():
        return plain
    try:
        return unquote_plus(text.decode("utf-8"), errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The query is not UTF-8: '{plain[:100]}'") from error


def read_values(
    operation: Operation,
    body: Any,
    query: Query,
    *,
    instance: bool = False,
    strict: bool = False,
    partial: bool = False,
) -> Values:
    """Return the values of a request by the table of `operation`.

    `body` is the parsed JSON (None for none): Parameters, or the resource that the operation takes
    bare. `partial` values are still to be joined with others, so nothing is missing in them yet.
    Raises: InvalidRequest or NotSupported, naming the parameter.
    """
    values: Values = {}
    spelled: dict[str, str] = {}
    for name, text in query:
        parameter = operation.find_parameter(name)
        if parameter is not None:
            _keep(values, spelled, parameter, _from_text(parameter, text))
        elif strict and name not in _COMMON_QUERY:
            raise _undefined(operation, name)
    for name, json in _body_parameters(operation, body):
        parameter = operation.find_parameter(name)
        if parameter is not None:
            _keep(values, spelled, parameter, _from_json(parameter, json))
        elif strict:
            raise _undefined(operation, name)
    _check_contradictions(operation, values, instance=instance)
    if not partial:
        _check_missing(operation, values, instance=instance)
    return values


def _body_parameters(operation: Operation, body: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if body is None:
        return
    if not isinstance(body, Mapping):
        raise InvalidRequest(f"The body must be a JSON object, not {_kind(body)}")
    kind = body.get("resourceType")
    if kind != "Parameters":
        bare = operation.find_parameter(operation.body_resource or "")
        if bare is None or not isinstance(kind, str) or bare.type not in {kind, "Resource"}:
            also = f" or a {bare.type}" if bare else ""
            what = f"a {kind}" if kind else "without resourceType"
            raise InvalidRequest(
                f"The body of ${operation.code} must be a Parameters resource{also}, but is {what}"
            )
        yield bare.name, {"resource": body}
        return
    listed = body.get("parameter", [])
    if not isinstance(listed, list):
        raise InvalidRequest(
            "Parameters.parameter must be a list", expression="Parameters.parameter"
        )
    if len(listed) > MAX_PARAMETERS:
        raise InvalidRequest(f"The request has more than {MAX_PARAMETERS} parameters")
    for at, one in enumerate(listed):
        if not isinstance(one, Mapping) or not isinstance(one.get("name"), str):
            path = f"Parameters.parameter[{at}]"
            raise InvalidRequest(f"{path} must be an object with a name", expression=path)
        yield one["name"], one


def _keep(values: Values, spelled: dict[str, str], parameter: Parameter, value: Any) -> None:
    _check_taken(parameter)
    key = parameter.key
    if parameter.many:
        values.setdefault(key, []).append(value)
        return
    if key in values:
        before = spelled[key]
        also = f" (as '{before}' too)" if before != parameter.name else ""
        raise InvalidRequest(
            f"The parameter '{parameter.name}' may be given only once{also}",
            expression=parameter.name,
        )
    values[key] = value
    spelled[key] = parameter.name


def _check_taken(parameter: Parameter) -> None:
    if parameter.use == "refused":
        raise NotSupported(
            f"The parameter '{parameter.name}' is not supported. {parameter.doc}",
            expression=parameter.name,
        )


def _check_contradictions(operation: Operation, values: Values, *, instance: bool) -> None:
    if instance:
        for name in operation.scope:
            if name in values:
                raise InvalidRequest(
                    f"The parameter '{name}' does not go with an operation on one resource: "
                    "its url says which",
                    expression=name,
                )
    for group in operation.exclusive:
        given = [name for name in group if name in values]
        if len(given) > 1:
            raise InvalidRequest(
                f"The parameters {_listed(given)} exclude each other; give one", expression=given[1]
            )


def _check_missing(operation: Operation, values: Values, *, instance: bool) -> None:
    for one in operation.parameters:
        if one.required and one.key not in values:
            raise InvalidRequest(
                f"${operation.code} needs the parameter '{one.name}'",
                expression=one.name,
                issue_code="required",
            )
    for group in operation.needs:
        if not any(name in values or (instance and name in operation.scope) for name in group):
            raise InvalidRequest(
                f"${operation.code} needs one of the parameters {_listed(group, 'or')}",
                expression=group[0],
                issue_code="required",
            )


def _undefined(operation: Operation, name: str) -> InvalidRequest:
    known = ", ".join(sorted(one.name for one in operation.parameters))
    return InvalidRequest(
        f"${operation.code} has no parameter '{name}', and the request asks for strict handling; "
        f"known: {known}",
        expression=name,
    )


# -- one value -------------------------------------------------------------------------------


def _from_text(parameter: Parameter, text: str) -> Any:
    if not parameter.is_primitive:
        raise InvalidRequest(
            f"The parameter '{parameter.name}' is a {parameter.type}: send it in the body of a "
            "POST",
            expression=parameter.name,
        )
    if parameter.type == "boolean":
        if text not in {"true", "false"}:
            raise _wrong(parameter, f"'{text}'")
        return text == "true"
    if parameter.type == "integer":
        try:
            return int(text)
        except ValueError as error:
            raise _wrong(parameter, f"'{text}'") from error
    if not text:
        raise InvalidRequest(
            f"The parameter '{parameter.name}' has no value", expression=parameter.name
        )
    return text


def _from_json(parameter: Parameter, json: Mapping[str, Any]) -> Any:
    if parameter.type in _RESOURCES:
        return _resource(parameter, json)
    if parameter.parts:
        return _parts(parameter, json)
    found = [name for name in json if name.startswith("value")]
    if len(found) != 1:
        what = "more than one value" if found else "no value"
        raise InvalidRequest(
            f"The parameter '{parameter.name}' has {what}", expression=parameter.name
        )
    kind, value = found[0][5:], json[found[0]]
    if parameter.type == "Any":
        return kind, value
    if not _fits(parameter, kind, value):
        raise _wrong(parameter, f"{found[0]} {_kind(value)}")
    return value


def _fits(parameter: Parameter, kind: str, value: Any) -> bool:
    match parameter.type:
        case "boolean":
            return kind == "Boolean" and isinstance(value, bool)
        case "integer":
            return kind in _INTEGERS and isinstance(value, int) and not isinstance(value, bool)
        case "Coding" | "CodeableConcept":
            return kind == parameter.type and isinstance(value, Mapping)
        case _:
            return kind in TEXT_TYPES and isinstance(value, str) and bool(value)


def _resource(parameter: Parameter, json: Mapping[str, Any]) -> Mapping[str, Any]:
    resource = json.get("resource")
    if not isinstance(resource, Mapping):
        raise InvalidRequest(
            f"The parameter '{parameter.name}' must have a resource", expression=parameter.name
        )
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or parameter.type not in {"Resource", kind}:
        wanted = "resource" if parameter.type == "Resource" else parameter.type
        raise InvalidRequest(
            f"The parameter '{parameter.name}' must be a {wanted}, but is "
            + (f"a {kind}" if kind else "without resourceType"),
            expression=parameter.name,
        )
    check_shape(resource)
    return resource


def _parts(parameter: Parameter, json: Mapping[str, Any]) -> Values:
    known = {one.name: one for one in parameter.parts}
    listed = json.get("part")
    if not isinstance(listed, list) or not listed:
        raise InvalidRequest(
            f"The parameter '{parameter.name}' must have parts: {', '.join(known)}",
            expression=parameter.name,
        )
    values: Values = {}
    spelled: dict[str, str] = {}
    for part in listed:
        if not isinstance(part, Mapping):
            raise InvalidRequest(
                f"A part of '{parameter.name}' must be an object", expression=parameter.name
            )
        one = known.get(str(part.get("name")))
        if one is not None:
            _check_taken(one)
            _keep(values, spelled, one, _from_json(one, part))
    return values


def _wrong(parameter: Parameter, found: str) -> InvalidRequest:
    return InvalidRequest(
        f"The parameter '{parameter.name}' must be of type {parameter.type}, but is {found}",
        expression=parameter.name,
    )


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text" if value else "an empty text"
        case list():
            return "a list"
        case _:
            return "an object"


def _listed(names: Iterable[str], word: str = "and") -> str:
    quoted = [f"'{one}'" for one in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
