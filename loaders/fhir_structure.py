"""StructureDefinition -> the part that bindings need: elements with types, slices, fixed values.

A profile with its snapshot is up to 1 MB of texts for people; what is kept is a tenth of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEAD = (
    "resourceType",
    "id",
    "url",
    "version",
    "name",
    "title",
    "status",
    "type",
    "kind",
    "abstract",
    "derivation",
    "baseDefinition",
)
_ELEMENT = (
    "id",
    "path",
    "sliceName",
    "slicing",
    "min",
    "max",
    "type",
    "contentReference",
    "binding",
)
_VALUES = ("fixed", "pattern")


def reduced_structure(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a StructureDefinition with its head and, of snapshot and differential, the elements.

    An element keeps id, path, slice, cardinality, types, fixed[x], pattern[x] and binding. The
    differential is kept only where there is no snapshot.
    """
    kept = {key: resource[key] for key in _HEAD if key in resource}
    for part in ("snapshot", "differential"):
        elements = (resource.get(part) or {}).get("element")
        if elements:
            kept[part] = {"element": [_reduced_element(one) for one in elements]}
            break
    return kept


def _reduced_element(element: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        key: value for key, value in element.items() if key in _ELEMENT or key.startswith(_VALUES)
    }
    if "binding" in kept:
        kept["binding"] = {
            key: value for key, value in kept["binding"].items() if key != "description"
        }
    return kept
