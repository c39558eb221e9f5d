"""_summary and _elements: parts of a resource (FHIR search, "Summary" and "Elements")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from termserver.errors import InvalidRequest
from termserver.model import Json

SUMMARIES = ("true", "text", "data", "count", "false")

_NOT_IN_SUMMARY = frozenset(
    [
        "text",
        "contained",
        "compose",
        "expansion",
        "concept",
        "group",
        "description",
        "copyright",
        "copyrightLabel",
        "purpose",
        "approvalDate",
        "lastReviewDate",
        "topic",
        "author",
        "editor",
        "reviewer",
        "endorser",
        "relatedArtifact",
        "usage",
    ]
)
_MANDATORY: Mapping[str, tuple[str, ...]] = {
    "CodeSystem": ("status", "content"),
    "ValueSet": ("status",),
    "ConceptMap": ("status",),
    "NamingSystem": ("name", "status", "kind", "date", "uniqueId"),
}
_ALWAYS = ("resourceType", "id", "meta")
_SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def summary_mode(options: Mapping[str, str]) -> str:
    """Return the `_summary` asked for, "false" where none is. Raises: InvalidRequest."""
    mode = options.get("_summary", "false")
    if mode not in SUMMARIES:
        raise InvalidRequest(
            f"Unknown _summary '{mode}'; known: {', '.join(SUMMARIES)}", expression="_summary"
        )
    return mode


def subset_of(resource: Json, mode: str, elements: str | None) -> dict[str, Any]:
    """Return the part of a resource that `_summary` or `_elements` asks for, tagged SUBSETTED.

    Mandatory elements are always there. _elements goes before _summary.
    """
    if elements:
        wanted = {one.strip() for one in elements.split(",")}
        return _tagged(_only(resource, wanted))
    match mode:
        case "true" | "count":
            kept = {name: value for name, value in resource.items() if name not in _NOT_IN_SUMMARY}
        case "text":
            kept = _only(resource, {"text"})
        case "data":
            kept = {name: value for name, value in resource.items() if name != "text"}
        case _:
            return dict(resource)
    return _tagged(kept)


def _only(resource: Json, wanted: set[str]) -> dict[str, Any]:
    also = {*_ALWAYS, *_MANDATORY.get(str(resource.get("resourceType")), ()), *wanted}
    return {name: value for name, value in resource.items() if name in also}


def _tagged(resource: dict[str, Any]) -> dict[str, Any]:
    meta = dict(resource.get("meta") or {})
    return resource | {"meta": meta | {"tag": [*meta.get("tag", ()), _SUBSETTED]}}
