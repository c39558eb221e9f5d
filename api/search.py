"""Search over a shelf: parameters, paging, the Bundle. Source: FHIR R4 and R5 search."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from api.call import Call
from api.params import Query
from api.resources import full_resource
from api.search_parameters import RESULT_PARAMETERS, SearchParameter, find_search_parameter
from api.shelf import Shelf, Volume
from api.subset import subset_of, summary_mode
from termserver.errors import InvalidRequest

DEFAULT_COUNT = 50
MOST = 1_000
_DIGITS = 18
_SORTS = ("_id", "url", "name", "title", "date", "status", "version")

Test = Callable[[Volume], bool]


def search_bundle(call: Call, shelf: Shelf, type_: str, query: Query) -> dict[str, Any]:
    """Return the searchset: matches in order of url and version, or as _sort says; total of all.

    Raises: InvalidRequest for an unsupported modifier, a malformed value, and, under
    `Prefer: handling=strict`, an unknown parameter.
    """
    strict = "handling=strict" in call.request.headers.get("prefer", "")
    used: list[tuple[str, str]] = []
    volumes = _candidates(shelf, query)
    for name, value in query:
        test = _test(type_, name, value, strict=strict)
        if test is not None:
            used.append((name, value))
            volumes = [one for one in volumes if test(one)]
    options = dict(query)
    volumes = _sorted(volumes, options.get("_sort"))
    return _bundle(call, type_, volumes, used, options)


def is_light(query: Query) -> bool:
    """Tell whether a search looks at few resources and gives little of each: by url, a summary."""
    options = dict(query)
    light = options.get("_summary") in {"true", "count"} and "_sort" not in options
    return light and _plain_url(query) is not None


def _plain_url(query: Query) -> str | None:
    """Return the canonical that a search names, None where it names several or a version."""
    for name, value in query:
        if name == "url" and not any(letter in value for letter in ",|\\"):
            return value
    return None


def _candidates(shelf: Shelf, query: Query) -> Sequence[Volume]:
    """Return what can match: with a plain `url` the versions of that canonical, else all."""
    url = _plain_url(query)
    return shelf.volumes if url is None else shelf.by_url.get(url, ())


def _bundle(
    call: Call,
    type_: str,
    volumes: Sequence[Volume],
    used: list[tuple[str, str]],
    options: dict[str, str],
) -> dict[str, Any]:
    mode = summary_mode(options)
    count = min(_number(options, "_count", DEFAULT_COUNT), MOST)
    offset = _number(options, "_offset", 0)
    shaping = [
        (name, options[name]) for name in ("_sort", "_summary", "_elements") if name in options
    ]
    links = _links(call, type_, [*used, *shaping], offset=offset, count=count, total=len(volumes))
    json: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(volumes),
        "link": links,
    }
    if count == 0 or mode == "count":
        return json
    entries = [
        _entry(call, one, mode, options.get("_elements"))
        for one in volumes[offset : offset + count]
    ]
    return json | ({"entry": entries} if entries else {})


def _entry(call: Call, volume: Volume, mode: str, elements: str | None) -> dict[str, Any]:
    light = mode == "true" or elements is not None
    resource = volume.head if light else full_resource(call.terminology, volume, call.release)
    return {
        "fullUrl": f"{call.request.root}/{volume.type}/{volume.id}",
        "resource": subset_of(resource, mode, elements),
        "search": {"mode": "match"},
    }


def _links(
    call: Call, type_: str, query: list[tuple[str, str]], *, offset: int, count: int, total: int
) -> list[dict[str, str]]:
    page = f"{call.request.root}/{type_}?{urlencode([*query, ('_count', str(count))])}"

    def link(relation: str, at: int) -> dict[str, str]:
        return {"relation": relation, "url": f"{page}&_offset={at}"}

    links = [link("self", offset)]
    if count > 0:
        links.append(link("first", 0))
        if offset > 0:
            links.append(link("previous", max(0, offset - count)))
        if offset + count < total:
            links.append(link("next", offset + count))
        links.append(link("last", max(0, (total - 1) // count * count)))
    return links


def _number(options: dict[str, str], name: str, default: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise InvalidRequest(f"{name} must be a whole number, not '{text}'", expression=name)
    return int(text)


def _sorted(volumes: Sequence[Volume], sort: str | None) -> Sequence[Volume]:
    if not sort:
        return volumes
    for key in reversed(sort.split(",")):
        name = key.removeprefix("-")
        if name not in _SORTS:
            raise InvalidRequest(
                f"Results cannot be sorted by '{name}'; known: {', '.join(_SORTS)}",
                expression="_sort",
            )
        element = "id" if name == "_id" else name
        volumes = sorted(
            volumes,
            key=lambda one, element=element: str(one.head.get(element, "")),  # type: ignore[misc]
            reverse=key.startswith("-"),
        )
    return volumes


# -- one parameter -----------------------------------------------------------------------------


def _test(type_: str, name: str, value: str, *, strict: bool) -> Test | None:
    """Return the test of one parameter; None for one that does not choose or is not known."""
    if name in RESULT_PARAMETERS:
        return None
    base, _, modifier = name.partition(":")
    parameter = find_search_parameter(type_, base)
    if parameter is None:
        if strict:
            raise InvalidRequest(
                f"{type_} has no search parameter '{base}', and the request asks for strict "
                "handling",
                expression=base,
            )
        return None
    if modifier == "missing":
        if value not in {"true", "false"}:
            raise InvalidRequest(f"{name} must be true or false, not '{value}'", expression=base)
        absent = value == "true"
        return lambda one: (not _values(one, parameter)) is absent
    wanted = [_unescaped(one) for one in _alternatives(value)]
    matches = _matcher(parameter, modifier)
    if modifier == "not":
        return lambda one: not any(matches(one, text) for text in wanted)
    return lambda one: any(matches(one, text) for text in wanted)


def _alternatives(value: str) -> list[str]:
    """Return the values separated by commas; a comma after a backslash is part of a value."""
    parts, current, escaped = [], "", False
    for letter in value:
        if letter == "," and not escaped:
            parts.append(current)
            current = ""
            continue
        current += letter
        escaped = letter == "\\" and not escaped
    return [*parts, current]


def _unescaped(text: str) -> str:
    return text.replace("\\,", ",").replace("\\|", "|").replace("\\$", "$").replace("\\\\", "\\")


def _matcher(parameter: SearchParameter, modifier: str) -> Callable[[Volume, str], bool]:
    known = {
        "uri": ("", "below", "above"),
        "reference": ("",),
        "string": ("", "contains", "exact"),
        "token": ("", "not", "text"),
        "date": ("",),
    }[parameter.type]
    if modifier not in known:
        supported = ", ".join(one for one in known if one) or "none"
        raise InvalidRequest(
            f"The modifier ':{modifier}' is not supported on '{parameter.name}'; "
            f"supported: missing, {supported}",
            expression=parameter.name,
        )
    match parameter.type:
        case "uri" | "reference":
            return lambda one, text: _uri_matches(one, parameter, modifier, text)
        case "string":
            return lambda one, text: _string_matches(_values(one, parameter), modifier, text)
        case "token":
            return lambda one, text: _token_matches(_values(one, parameter), modifier, text)
        case _:
            return lambda one, text: _date_matches(_values(one, parameter), text)


def _values(volume: Volume, parameter: SearchParameter) -> list[Any]:
    if parameter.element == ".codes":
        return sorted(volume.codes)
    if parameter.element == ".systems":
        return sorted(volume.systems)
    found: list[Any] = []
    for path in parameter.element.split():
        level: list[Any] = [volume.head]
        for step in path.split("."):
            level = [
                item
                for one in level
                if isinstance(one, dict | type(volume.head))
                for item in _listed(one.get(step))
            ]
        found.extend(level)
    return found


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _uri_matches(volume: Volume, parameter: SearchParameter, modifier: str, text: str) -> bool:
    values = [str(one) for one in _values(volume, parameter)]
    if modifier == "below":
        return any(one.startswith(text) for one in values)
    if modifier == "above":
        return any(text.startswith(one) for one in values)
    if text in values:
        return True
    url, bar, version = text.rpartition("|")
    if parameter.element == "url":
        return bool(bar) and url in values and volume.version == version
    return any(one.partition("|")[0] == text for one in values)


def _string_matches(values: list[Any], modifier: str, text: str) -> bool:
    if modifier == "exact":
        return text in values
    folded = _folded(text)
    if modifier == "contains":
        return any(folded in _folded(str(one)) for one in values)
    return any(_folded(str(one)).startswith(folded) for one in values)


def _folded(text: str) -> str:
    """Return text without case and accents (FHIR search, string)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _token_matches(values: list[Any], modifier: str, text: str) -> bool:
    if modifier == "text":
        return any(_folded(text) in _folded(_shown(one)) for one in values)
    system, bar, code = text.rpartition("|")
    return any(
        (found_code == code or not code) and (not bar or found_system == system)
        for one in values
        for found_system, found_code in _tokens(one)
    )


def _tokens(value: Any) -> Iterable[tuple[str, str]]:
    """Yield (system, code) of a code, Identifier, Coding or CodeableConcept."""
    if not isinstance(value, dict):
        yield "", str(value)
    elif "coding" in value:
        for one in value["coding"]:
            yield str(one.get("system", "")), str(one.get("code", ""))
    else:
        yield str(value.get("system", "")), str(value.get("value", value.get("code", "")))


def _shown(value: Any) -> str:
    return str(value.get("text", value)) if isinstance(value, dict) else str(value)


def _date_matches(values: list[Any], text: str) -> bool:
    prefix, date = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    tests: dict[str, Callable[[str], bool]] = {
        "eq": lambda one: one.startswith(date),
        "ne": lambda one: not one.startswith(date),
        "gt": lambda one: one[: len(date)] > date,
        "ge": lambda one: one[: len(date)] >= date,
        "lt": lambda one: one[: len(date)] < date,
        "le": lambda one: one[: len(date)] <= date,
        "sa": lambda one: one[: len(date)] > date,
        "eb": lambda one: one[: len(date)] < date,
    }
    if prefix not in tests or not date[:4].isdigit():
        raise InvalidRequest(
            f"'{text}' is no date with prefix ({', '.join(tests)})", expression="date"
        )
    return any(tests[prefix](str(one)) for one in values)
