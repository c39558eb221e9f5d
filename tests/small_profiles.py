"""Small StructureDefinitions and value sets for tests of checking resources; all made up."""

from collections.abc import Sequence
from typing import Any

from termserver.model import CodeSystem, Json
from termserver.providers.base import CodeSystemProvider
from termserver.providers.registry import Content, Registry
from termserver.terminology import SentResources, Terminology, overlay_content

CORE = "http://hl7.org/fhir/StructureDefinition/"
HERE = "http://example.org/StructureDefinition/"
VS = "http://example.org/ValueSet/"
COLOURS = "http://example.org/colours"
GONE = "http://example.org/gone"
MAX_VALUE_SET = CORE + "elementdefinition-maxValueSet"


def element(id_: str, type_: str | Sequence[str] = (), **facts: Any) -> dict[str, Any]:
    """An ElementDefinition; types by code, or `code profile`."""
    given = [type_] if isinstance(type_, str) else list(type_)
    types = []
    for one in given:
        code, _, profile = one.partition(" ")
        types.append({"code": code} | ({"profile": [profile]} if profile else {}))
    path = ".".join(step.partition(":")[0] for step in id_.split("."))
    return {"id": id_, "path": path, "type": types, **facts}


def bound(name: str, strength: str, *, maximum: str | None = None, **more: Any) -> dict[str, Any]:
    """ElementDefinition.binding as a fact of `element`."""
    extension = [{"url": MAX_VALUE_SET, "valueCanonical": VS + maximum}] if maximum else []
    binding: dict[str, Any] = {"strength": strength, "valueSet": VS + name, **more}
    return {"binding": binding | ({"extension": extension} if extension else {})}


def sliced(type_: str, path: str) -> dict[str, Any]:
    """ElementDefinition.slicing as a fact of `element`."""
    return {"slicing": {"discriminator": [{"type": type_, "path": path}], "rules": "open"}}


def structure(url: str, *elements: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A StructureDefinition with a snapshot, of the type that its first element names."""
    return {
        "resourceType": "StructureDefinition",
        "url": url,
        "type": elements[0]["id"],
        "kind": "resource",
        "snapshot": {"element": list(elements)},
        **facts,
    }


def value_set(name: str, system: str, *codes: str) -> dict[str, Any]:
    """A value set that lists codes, or has all of a system where none are given."""
    include: dict[str, Any] = {"system": system}
    if codes:
        include["concept"] = [{"code": one} for one in codes]
    return {"resourceType": "ValueSet", "url": VS + name, "compose": {"include": [include]}}


def colours() -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": COLOURS,
        "version": "1",
        "content": "complete",
        "caseSensitive": True,
        "concept": [
            {"code": "red", "display": "Red"},
            {"code": "blue", "display": "Blue"},
            {"code": "grey", "display": "Grey"},
        ],
    }


def base_types() -> list[dict[str, Any]]:
    """What the walk needs of FHIR's own types."""
    extension = element("Extension.extension", "Extension", **sliced("value", "url"))
    values = ["CodeableConcept", "Coding", "Quantity", "code", "string"]
    return [
        structure(CORE + "Extension", element("Extension"), extension,
                  element("Extension.url", "uri"), element("Extension.value[x]", values)),
        structure(CORE + "CodeableConcept", element("CodeableConcept"),
                  element("CodeableConcept.coding", "Coding"),
                  element("CodeableConcept.text", "string")),
        structure(CORE + "Coding", element("Coding"), element("Coding.extension", "Extension"),
                  element("Coding.code", "code")),
        structure(CORE + "Quantity", element("Quantity"),
                  element("Quantity.comparator", "code", **bound("signs", "required")),
                  element("Quantity.code", "code")),
        structure(CORE + "Widget", *widget("Widget")),
        structure(CORE + "Bundle", element("Bundle"), element("Bundle.entry", "BackboneElement"),
                  element("Bundle.entry.resource", "Resource")),
    ]  # fmt: skip


def widget(root: str) -> list[dict[str, Any]]:
    """The elements of a made-up resource type."""
    return [
        element(root),
        element(f"{root}.contained", "Resource"),
        element(f"{root}.extension", "Extension"),
        element(f"{root}.status", "code", **bound("status", "required")),
        element(f"{root}.colour", "CodeableConcept", **bound("any-colour", "example")),
        element(f"{root}.value[x]", ["Quantity", "CodeableConcept", "string"]),
        element(f"{root}.part", "BackboneElement"),
        element(f"{root}.part.kind", "CodeableConcept"),
        element(f"{root}.part.part", **{"contentReference": f"#{root}.part"}),
    ]


def value_sets() -> list[dict[str, Any]]:
    return [
        value_set("status", COLOURS, "red", "blue"),
        value_set("any-colour", COLOURS),
        value_set("warm", COLOURS, "red"),
        value_set("gone", GONE),
        value_set("signs", COLOURS, "grey"),
    ]


def terminology(*profiles: Json, terms: Sequence[Json] = ()) -> Terminology:
    """What a home with these profiles, the base types, value sets and colours would have."""
    structures = SentResources([*base_types(), *profiles])
    contents = (
        overlay_content([colours(), *value_sets(), *terms]),
        Content(name="profiles", systems=(), open=_nothing, source=structures),
    )
    return Terminology(Registry(contents))


def _nothing(system: CodeSystem) -> CodeSystemProvider:
    raise AssertionError(system)


def concept(*codes: str, system: str = COLOURS) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": one} for one in codes]}
