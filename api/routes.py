"""Path -> what is asked for: metadata, search, read, an operation, a batch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from api.operations import Level, Operation, operation_index
from termserver.errors import InvalidRequest, NotAllowed, UnknownResource

RESOURCE_TYPES = ("CodeSystem", "ValueSet", "ConceptMap", "NamingSystem")

Kind = Literal["batch", "metadata", "search", "read", "operation"]

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_METHODS: Mapping[Kind, tuple[str, ...]] = {
    "batch": ("POST",),
    "metadata": ("GET",),
    "search": ("GET",),
    "read": ("GET",),
    "operation": ("GET", "POST"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a path asks for. `operation` with its `level`; `resource_id` at a resource's path."""

    kind: Kind
    resource_type: str | None = None
    resource_id: str | None = None
    operation: Operation | None = None
    level: Level = "type"


class Routes:
    """The paths below a FHIR base, made from the table of operations."""

    @cached_property
    def operations(self) -> Mapping[tuple[str | None, str], Operation]:
        """Return (resource type, code) -> operation."""
        return operation_index()

    def resolve(self, method: str, path: str) -> Route:
        """Return what `method path` asks for.

        Raises: UnknownResource for a path that is nothing, NotAllowed for another method,
        InvalidRequest for an id that can be none.
        """
        route = self._route(path)
        allowed = _allowed(route)
        asked = "GET" if method == "HEAD" else method
        if route.kind == "search" and method == "POST" and path.endswith("/_search"):
            return route
        if asked not in allowed:
            raise NotAllowed(
                f"{method} is not allowed on '{path or '/'}'; allowed: {', '.join(allowed)}",
                allowed=allowed,
            )
        return route

    def _route(self, path: str) -> Route:
        parts = path.split("/") if path else []
        match parts:
            case []:
                return Route(kind="batch")
            case ["metadata"]:
                return Route(kind="metadata")
            case [code] if code.startswith("$"):
                return self._operation(None, None, code)
            case [type_, *_] if type_ not in RESOURCE_TYPES:
                raise UnknownResource(
                    f"There is nothing at '{path}'; resource types: {', '.join(RESOURCE_TYPES)}"
                )
            case [type_] | [type_, "_search"]:
                return Route(kind="search", resource_type=type_)
            case [type_, code] if code.startswith("$"):
                return self._operation(type_, None, code)
            case [type_, id_]:
                return Route(kind="read", resource_type=type_, resource_id=_checked_id(id_))
            case [type_, id_, code] if code.startswith("$"):
                return self._operation(type_, _checked_id(id_), code)
            case _:
                raise UnknownResource(f"There is nothing at '{path}'")

    def _operation(self, type_: str | None, id_: str | None, code: str) -> Route:
        found = self.operations.get((type_, code[1:]))
        level: Level = "instance" if id_ else "type" if type_ else "system"
        if found is None and (type_, code) == ("ConceptMap", "$closure"):
            # the page's own examples post it there (fhir-rules 4)
            found = self.operations[None, "closure"]
            level = "system"
        if found is None or level not in found.levels:
            known = ", ".join(
                one.path for one in self.operations.values() if one.resource in {type_, None}
            )
            raise UnknownResource(
                f"There is no operation {code} at {level} level here; known: {known}",
                issue_code="not-supported",
            )
        return Route(
            kind="operation", resource_type=type_, resource_id=id_, operation=found, level=level
        )


def _allowed(route: Route) -> tuple[str, ...]:
    if route.operation is not None and route.operation.affects_state:
        return ("POST",)
    return _METHODS[route.kind]


def _checked_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise InvalidRequest(f"'{text}' can be no id (letters, digits, '-' and '.', at most 64)")
    return text
