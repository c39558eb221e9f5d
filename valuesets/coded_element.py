"""What a walk over a resource yields: coded elements with their bindings, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from termserver.model import Coding, Json
from valuesets.bindings import Binding

Fixed = tuple[str, str | None, str]
Kind = Literal["CodeableConcept", "Coding", "Quantity", "code"]

QUANTITIES = frozenset(
    {"Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration", "MoneyQuantity"}
)
TEXTS = frozenset({"code", "string", "uri", "url", "canonical", "id", "oid", "uuid", "markdown"})
"""Primitive types that may be bound (R4 ElementDefinition.binding, invariant eld-11)."""
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundBy:
    """A binding, the definition that states it, and whether it alone decides about a slice.

    `fixed` are the codes that definitions fix at the same element: (definition, system, code).
    """

    binding: Binding
    structure: str
    decides_slice: bool = False
    fixed: tuple[Fixed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedElement:
    """One coded value of a resource.

    `path` is a FHIRPath from the outermost resource, `root` that of the resource it stands in;
    `element` is the path without the index of its last step, so that repeats share it. `codings`
    is empty where there is only text. `is_part` tells that it is a Coding inside a CodeableConcept,
    which is listed itself; `is_absent` that an extension says why there is no value.
    """

    resource: str
    path: str
    element: str
    kind: Kind
    codings: tuple[Coding, ...]
    bindings: tuple[BoundBy, ...] = ()
    is_part: bool = False
    is_absent: bool = False
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A definition that is named and not loaded: "profile", "type" or "extension"."""

    kind: Literal["profile", "type", "extension"]
    canonical: str


@dataclass(slots=True, kw_only=True)
class Walk:
    """What one walk has found: coded elements in document order, and definitions that are not
    there.

    `mismatches` are (resource, path, profile) where a profile is of another type than the resource;
    `missing` names for each definition the resource and path of every use.
    """

    elements: list[CodedElement] = field(default_factory=list)
    missing: list[tuple[Missing, str, str]] = field(default_factory=list)
    mismatches: list[tuple[str, str, str]] = field(default_factory=list)
    resources: int = 0
    used: set[str] = field(default_factory=set)
    """Profiles asked for (not claimed) that a resource was of the type of."""


def codings_of_concept(concept: Json) -> Iterator[Coding]:
    """Yield the codings of a CodeableConcept that have a code; what is malformed is passed over."""
    for one in listed(concept.get("coding")):
        if isinstance(one, dict) and has_code(one):
            yield coding_of_value(one)


def listed(value: Any) -> list[Any]:
    """Return a list as it is, anything else (a malformed resource) as an empty one."""
    return value if isinstance(value, list) else []


def has_code(json: Json) -> bool:
    """Tell whether a Coding or a Quantity has a code."""
    return isinstance(json.get("code"), str)


def coding_of_value(json: Json, *, display: bool = True) -> Coding:
    """Return a Coding or the unit of a Quantity. What is no text is left out."""
    return Coding(
        system=_text(json, "system"),
        version=_text(json, "version"),
        code=_text(json, "code"),
        display=_text(json, "display") if display else None,
    )


def _text(json: Json, key: str) -> str | None:
    value = json.get(key)
    return value if isinstance(value, str) else None


def type_by_name(name: str) -> str | None:
    """Return the type that a property without definition seems to have, by its name."""
    suffix = name.removeprefix("value")
    if suffix != name and suffix in {"Coding", "CodeableConcept", "Quantity"}:
        return suffix
    return "Extension" if name in {"extension", "modifierExtension"} else None


def type_by_look(value: Json) -> str | None:
    """Return the type that an object without definition seems to have, by its properties."""
    if isinstance(value.get("coding"), list):
        return "CodeableConcept"
    if "system" in value and "code" in value:
        return "Quantity" if "value" in value or "unit" in value else "Coding"
    return None
