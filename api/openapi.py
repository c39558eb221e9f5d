"""OpenAPI paths of the FHIR operations, made from the parameter tables."""

from __future__ import annotations

from typing import Any

from api.operations import Operation, Parameter, operations

_TYPES = {"boolean": "boolean", "integer": "integer"}


def fhir_paths() -> dict[str, Any]:
    """Return OpenAPI path items of every operation at /r4 and /r5."""
    return {
        f"/{base}/{one.path}": _path_item(one, base)
        for base in ("r4", "r5")
        for one in operations()
    }


def _path_item(operation: Operation, base: str) -> dict[str, Any]:
    named = f"{operation.resource or 'system'}-{operation.code}-{base}"
    shared = {
        "tags": [f"FHIR {base.upper()}"],
        "summary": operation.doc,
        "externalDocs": {"url": operation.definition},
        "responses": {
            "200": {"description": "The answer"},
            "4XX": {"description": "An OperationOutcome that says what is wrong"},
        },
    }
    body = {
        "content": {"application/fhir+json": {"schema": {"type": "object"}}},
        "description": "A Parameters resource",
    }
    item: dict[str, Any] = {"post": shared | {"operationId": f"{named}-post", "requestBody": body}}
    if not operation.affects_state:
        parameters = [_parameter(one) for one in operation.parameters if one.is_primitive]
        item["get"] = shared | {"operationId": f"{named}-get", "parameters": parameters}
    return item


def _parameter(one: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(one.type, "string")}
    if one.many:
        schema = {"type": "array", "items": schema}
    return {
        "name": one.name,
        "in": "query",
        "required": one.required,
        "description": one.doc,
        "deprecated": one.use == "refused",
        "schema": schema,
    }
