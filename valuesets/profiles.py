"""StructureDefinition -> trees of elements: what a profile says of types, slices and bindings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from termserver.canonical import parse_canonical
from termserver.errors import InvalidRequest
from termserver.terminology import Terminology
from valuesets.bindings import Binding, bindings_of

BASE = "http://hl7.org/fhir/StructureDefinition/"
_EXPECTED = ("fixed", "pattern")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementType:
    """One type that an element may have, with the profiles on it."""

    code: str
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Discriminator:
    """ElementDefinition.slicing.discriminator: how members of slices are told apart."""

    type: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A fixed[x] (`exact`) or pattern[x] of an element."""

    value: Any
    exact: bool


Constraint = tuple[int, Any, bool]
"""What a slice asks: steps of the discriminator's path, the value, whether it is exact."""


@dataclass(slots=True, kw_only=True, eq=False)
class Element:
    """One ElementDefinition in its tree.

    `name` is the last part of the path ("value[x]" for a choice); `children` are by name, `slices`
    in order; `unsliced` is the element whose slice this is. `structure` is the url of its
    definition.
    """

    id: str
    name: str
    structure: str
    types: tuple[ElementType, ...] = ()
    bindings: tuple[Binding, ...] = ()
    expected: Expected | None = None
    discriminators: tuple[Discriminator, ...] = ()
    content_reference: str | None = None
    is_prohibited: bool = False
    min: int = 0
    children: dict[str, Element] = field(default_factory=dict)
    slices: list[Element] = field(default_factory=list)
    unsliced: Element | None = None
    json: Mapping[str, Any] = field(default_factory=dict)
    constraints: dict[str, list[Constraint]] = field(default_factory=dict)
    """Path of a discriminator -> what this slice asks there, once it was needed."""
    _found: dict[str, tuple[Element, str | None] | None] = field(default_factory=dict)

    def find(self, key: str) -> tuple[Element, str | None] | None:
        """Return (child, type) for a property of the JSON, None where the tree ends above it.

        The type is known where the key names one (`valueQuantity`), otherwise None. A slice's
        children stand before those of the element it slices.
        """
        if key not in self._found:
            own = self._own(key)
            above = self.unsliced.find(key) if own is None and self.unsliced else None
            self._found[key] = own or above
        return self._found[key]

    def fixed_codes(self) -> Iterator[tuple[str, str | None, str]]:
        """Yield (definition, system, code) of each code that fixed[x] or pattern[x] asks for."""
        value = self.expected.value if self.expected else None
        if isinstance(value, str):
            yield self.structure, None, value
        elif isinstance(value, Mapping):
            codings = value.get("coding", [value])
            for one in codings if isinstance(codings, list) else ():
                if isinstance(one, Mapping) and isinstance(one.get("code"), str):
                    yield self.structure, one.get("system"), one["code"]

    def _own(self, key: str) -> tuple[Element, str | None] | None:
        child = self.children.get(key)
        if child is not None:
            return child, None
        for name, choice in self.children.items():
            prefix = name.removesuffix("[x]")
            if prefix != name and key.startswith(prefix):
                type_ = _type_named(choice, key[len(prefix) :])
                if type_ is not None:
                    return choice, type_
        return None

    @property
    def only_type(self) -> ElementType | None:
        """Return the type, where there is just one."""
        return self.types[0] if len(self.types) == 1 else None


def _type_named(choice: Element, suffix: str) -> str | None:
    """Return the type that a choice's key names; a profile may have taken types away."""
    if not suffix[:1].isupper():
        return None
    for one in choice.types:
        if one.code[:1].upper() + one.code[1:] == suffix:
            return one.code
    return suffix[:1].lower() + suffix[1:] if suffix in _PRIMITIVES else suffix


_PRIMITIVES = frozenset(
    [
        "Base64Binary",
        "Boolean",
        "Canonical",
        "Code",
        "Date",
        "DateTime",
        "Decimal",
        "Id",
        "Instant",
        "Integer",
        "Integer64",
        "Markdown",
        "Oid",
        "PositiveInt",
        "String",
        "Time",
        "UnsignedInt",
        "Uri",
        "Url",
        "Uuid",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """One StructureDefinition: its facts and its tree. "
    "`elements` are in the order of the document.
    """

    url: str
    version: str | None
    type: str
    kind: str | None
    derivation: str | None
    root: Element
    elements: tuple[Element, ...]

    def find_id(self, id_: str) -> Element | None:
        """Return the element with that id, None if there is none."""
        return next((one for one in self.elements if one.id == id_), None)


class Definitions:
    """The StructureDefinitions that are loaded, each read once."""

    def __init__(self, terminology: Terminology) -> None:
        """Read from what `terminology` sees at its FHIR base."""
        self._terminology = terminology
        self._known: dict[str, Structure | None] = {}
        self._open: list[str] = []

    def find(self, canonical: str) -> Structure | None:
        """Return the definition that a canonical names, None where it is not loaded.

        A profile without snapshot stands on its base; it counts as not loaded where that is not.
        Raises: InvalidRequest where profiles are their own base.
        """
        if canonical not in self._known:
            url, version = parse_canonical(canonical)
            document = self._terminology.find_document("StructureDefinition", url, version)
            self._known[canonical] = None if document is None else self._read(document)
        return self._known[canonical]

    def find_type(self, code: str) -> Structure | None:
        """Return the base definition of a type of FHIR, None where it is not loaded."""
        return self.find(code if ":" in code else BASE + code)

    def target(self, element: Element) -> Element | None:
        """Return the element that a contentReference names, None where it cannot be found."""
        reference = element.content_reference or ""
        base, _, id_ = reference.partition("#")
        for canonical in filter(None, (element.structure, base)):
            structure = self.find(canonical)
            found = structure.find_id(id_) if structure else None
            if found is not None:
                return found
        return None

    def _read(self, document: Mapping[str, Any]) -> Structure | None:
        elements = _elements(document, "snapshot")
        if not elements:
            below = self._below(document)
            if below is None:
                return None
            elements = _merged(below, _elements(document, "differential"))
        return structure_of(document, elements)

    def _below(self, document: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
        url, base = str(document.get("url")), document.get("baseDefinition")
        if not base:
            return []
        if url in self._open:
            raise InvalidRequest(f"The profile {url} is its own base: {' -> '.join(self._open)}")
        self._open.append(url)
        try:
            structure = self.find(str(base))
        finally:
            self._open.pop()
        return [one.json for one in structure.elements] if structure else None


def _elements(document: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    return list((document.get(part) or {}).get("element", ()))


def _merged(
    base: Iterable[Mapping[str, Any]], differential: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the elements of a base with a differential over them, by element id."""
    merged = {_id(one): dict(one) for one in base}
    for one in differential:
        merged[_id(one)] = {**merged.get(_id(one), {}), **one}
    return list(merged.values())


def _id(json: Mapping[str, Any]) -> str:
    return str(json.get("id") or json.get("path"))


def structure_of(document: Mapping[str, Any], elements: Iterable[Mapping[str, Any]]) -> Structure:
    """Return a StructureDefinition as a tree of `elements`. Raises: InvalidRequest if there are
    none.
    """
    url = str(document.get("url"))
    by_id: dict[str, Element] = {}
    for json in elements:
        element = _element(url, json)
        by_id[element.id] = element
    if not by_id:
        raise InvalidRequest(f"The StructureDefinition {url} has no elements")
    for element in by_id.values():
        _hang(element, by_id)
    return Structure(
        url=url,
        version=document.get("version"),
        type=str(document.get("type")),
        kind=document.get("kind"),
        derivation=document.get("derivation"),
        root=next(iter(by_id.values())),
        elements=tuple(by_id.values()),
    )


def _hang(element: Element, by_id: Mapping[str, Element]) -> None:
    """Put an element below its parent, or beside the element that it slices."""
    above, dot, last = element.id.rpartition(".")
    name, colon, _ = last.partition(":")
    if colon:
        unsliced = by_id.get(f"{above}{dot}{name}")
        element.unsliced = unsliced
        if unsliced is not None:
            unsliced.slices.append(element)
    elif dot and above in by_id:
        by_id[above].children[name] = element


def _element(structure: str, json: Mapping[str, Any]) -> Element:
    id_ = _id(json)
    slicing = json.get("slicing") or {}
    return Element(
        id=id_,
        name=id_.rpartition(".")[2].partition(":")[0],
        structure=structure,
        types=tuple(_types(json)),
        bindings=bindings_of(json.get("binding")),
        expected=_expected(json),
        discriminators=tuple(
            Discriminator(type=str(one.get("type")), path=str(one.get("path")))
            for one in slicing.get("discriminator", ())
        ),
        content_reference=json.get("contentReference"),
        is_prohibited=str(json.get("max")) == "0",
        min=int(json.get("min") or 0),
        json=json,
    )


def _types(json: Mapping[str, Any]) -> Iterator[ElementType]:
    for one in json.get("type", ()):
        code = str(one.get("code", ""))
        if not code.startswith("http://hl7.org/fhirpath/"):
            yield ElementType(code=code, profiles=tuple(one.get("profile", ())))


def _expected(json: Mapping[str, Any]) -> Expected | None:
    for key, value in json.items():
        if key.startswith(_EXPECTED):
            return Expected(value=value, exact=key.startswith("fixed"))
    return None
