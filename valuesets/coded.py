"""A resource -> its coded elements, each with the bindings that hold there.

The JSON is walked together with the element trees of the profiles it claims, of its base type where
none of them is loaded, and of the types of its elements. Contained resources, entries of Bundles,
extensions, slices, choices, contentReferences and Quantity units are reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from termserver.errors import InvalidRequest
from termserver.model import Coding, Json
from valuesets.bindings import Binding
from valuesets.coded_element import (
    DATA_ABSENT,
    QUANTITIES,
    TEXTS,
    BoundBy,
    CodedElement,
    Kind,
    Missing,
    Walk,
    coding_of_value,
    codings_of_concept,
    has_code,
    listed,
    type_by_look,
    type_by_name,
)
from valuesets.profiles import Definitions, Element, Structure
from valuesets.slicing import slices_of


class _Child(NamedTuple):
    """What the definitions say of one property: elements, type, path step and bindings."""

    elements: tuple[Element, ...]
    type: str | None
    is_choice: bool
    step: str
    bindings: tuple[BoundBy, ...]


class Walker:
    """Walks resources one after the other; what it learned of the definitions is kept."""

    def __init__(self, definitions: Definitions, profiles: Sequence[str] = ()) -> None:
        """Check against `profiles` beside those of meta.profile, where the type is theirs."""
        self.definitions = definitions
        self.profiles = tuple(profiles)
        self._children: dict[tuple[tuple[Element, ...], str | None, str], _Child] = {}

    def walk(self, resource: Json) -> Walk:
        """Return the coded elements of a resource and of all resources in it.

        Raises: InvalidRequest for a resource that is nested too deeply to be one.
        """
        walk = _Walk(self.definitions, self.profiles, self._children)
        try:
            walk.resource(resource, str(resource.get("resourceType")), [], "")
        except RecursionError as error:
            raise InvalidRequest("The resource is nested too deeply to be checked") from error
        return walk.found


class _Walk:
    def __init__(
        self,
        definitions: Definitions,
        profiles: tuple[str, ...],
        children: dict[tuple[tuple[Element, ...], str | None, str], _Child],
    ) -> None:
        self.definitions = definitions
        self.known = children
        self.profiles = profiles
        self.found = Walk()
        self.label = ""
        self.root = ""

    # -- resources -------------------------------------------------------------------------------

    def resource(self, json: Json, path: str, claimed: Sequence[str], outer: str) -> None:
        """Walk a resource; `claimed` are profiles that the element it stands in asks of it."""
        outside = self.label, self.root
        self.label, self.root = _label(json, outer), path
        self.found.resources += 1
        views = self._roots(json, path, claimed)
        self._properties(json, views, str(json.get("resourceType")), path)
        self.label, self.root = outside

    def _roots(self, json: Json, path: str, claimed: Sequence[str]) -> tuple[Element, ...]:
        type_ = str(json.get("resourceType"))
        meta = json.get("meta")
        claims = listed(meta.get("profile")) if isinstance(meta, dict) else []
        named = [one for one in claims if isinstance(one, str)]
        roots = []
        for canonical in dict.fromkeys([*named, *claimed]):
            structure = self._profile(canonical, path)
            if structure is not None and structure.type == type_:
                roots.append(structure.root)
            elif structure is not None and canonical in named:
                self.found.mismatches.append((self.label, path, canonical))
        for canonical in self.profiles:
            structure = self._profile(canonical, path)
            if structure is not None and structure.type == type_:
                roots.append(structure.root)
                self.found.used.add(canonical)
        return tuple(dict.fromkeys(roots)) or self._base(type_, path)

    def _profile(self, canonical: str, path: str) -> Structure | None:
        structure = self.definitions.find(canonical)
        if structure is None:
            self._miss("profile", canonical, path)
        return structure

    def _base(self, type_: str, path: str) -> tuple[Element, ...]:
        structure = self.definitions.find_type(type_)
        if structure is None:
            self._miss("type", type_, path)
            return ()
        return (structure.root,)

    def _miss(
        self, kind: Literal["profile", "type", "extension"], canonical: str, path: str
    ) -> None:
        self.found.missing.append((Missing(kind=kind, canonical=canonical), self.label, path))

    # -- properties ------------------------------------------------------------------------------

    def _properties(
        self, json: Json, views: tuple[Element, ...], type_: str | None, path: str
    ) -> None:
        for key, value in json.items():
            if key == "resourceType" or (key[:1] == "_" and key[1:] in ("", "resourceType")):
                continue
            name = key[1:] if key[:1] == "_" else key
            child = self._children(views, type_, name)
            below = f"{path}.{child.step}"
            if isinstance(value, list):
                for at, one in enumerate(value):
                    self._value(one, child, f"{below}[{at}]", below)
            else:
                self._value(value, child, below, below)

    def _children(self, views: tuple[Element, ...], type_: str | None, name: str) -> _Child:
        """Return what is known of a property, each looked for once."""
        key = (views, type_, name)
        child = self.known.get(key)
        if child is None:
            child = self.known[key] = self._child(views, type_, name)
        return child

    def _child(self, views: tuple[Element, ...], type_: str | None, name: str) -> _Child:
        found: list[Element] = []
        chosen: str | None = None
        for view in views:
            hit = view.find(name)
            if hit is not None:
                found.append(hit[0])
                chosen = chosen or hit[1]
        if not any(one.types or one.content_reference for one in found) and type_ is not None:
            structure = self.definitions.find_type(type_)
            hit = structure.root.find(name) if structure else None
            if hit is not None:
                found.append(hit[0])
                chosen = chosen or hit[1]
        is_choice = chosen is not None
        if chosen is None:
            chosen = type_by_name(name) if not found else None
            only = next((one.only_type for one in found if one.only_type), None)
            chosen = only.code if only else chosen
        return _Child(
            elements=tuple(found),
            type=chosen,
            is_choice=is_choice,
            step=_step(name, chosen, is_choice=is_choice),
            bindings=_bindings(found, ()),
        )

    # -- values ----------------------------------------------------------------------------------

    def _value(self, value: Any, child: _Child, path: str, element: str) -> None:
        if isinstance(value, dict):
            if "resourceType" in value:
                self.resource(value, path, _claimed(child, value), self.label)
                return
            type_ = child.type or type_by_look(value)
            views, bindings = self._enter(child, value, type_, path)
            self._coded(value, type_, bindings, path, element)
            self._properties(value, views, type_, path)
        elif (
            child.bindings
            and isinstance(value, str)
            and child.type in TEXTS
            and not (child.is_choice and child.type != "code")
        ):
            self._add("code", (Coding(code=value),), child.bindings, path, element)

    def _enter(
        self, child: _Child, value: Json, type_: str | None, path: str
    ) -> tuple[tuple[Element, ...], tuple[BoundBy, ...]]:
        """Return (every element that speaks of this value, the bindings that hold)."""
        views: dict[Element, None] = {}
        undecided: list[Element] = []
        for one in child.elements:
            self._add_view(one, value, type_, views, undecided)
        url = value.get("url") if type_ == "Extension" else None
        if isinstance(url, str) and ":" in url:
            structure = self.definitions.find(url)
            if structure is not None:
                self._add_view(structure.root, value, type_, views, undecided)
            elif not any(one.structure == url for one in views):
                self._miss("extension", url, path)
        entered = tuple(views)
        if not undecided and entered == child.elements:
            return entered, child.bindings
        return entered, _bindings(entered, undecided)

    def _add_view(
        self,
        element: Element,
        value: Json,
        type_: str | None,
        views: dict[Element, None],
        undecided: list[Element],
    ) -> None:
        if element in views:
            return
        views[element] = None
        if element.content_reference is not None:
            target = self.definitions.target(element)
            if target is not None:
                self._add_view(target, value, type_, views, undecided)
        for one in element.types:
            if type_ is None or one.code == type_:
                for canonical in one.profiles:
                    structure = self.definitions.find(canonical)
                    if structure is not None and structure.type == type_ != "Extension":
                        self._add_view(structure.root, value, type_, views, undecided)
        if element.slices:
            slices = slices_of(self.definitions, element, value, type_)
            undecided.extend(slices.by_binding)
            for one_slice in slices.inside:
                self._add_view(one_slice, value, type_, views, undecided)

    # -- coded values ----------------------------------------------------------------------------

    def _coded(
        self,
        value: Json,
        type_: str | None,
        bindings: tuple[BoundBy, ...],
        path: str,
        element: str,
    ) -> None:
        absent = any(
            one.get("url") == DATA_ABSENT
            for one in listed(value.get("extension"))
            if isinstance(one, dict)
        )
        match type_:
            case "CodeableConcept":
                codings = tuple(codings_of_concept(value))
                self._add("CodeableConcept", codings, bindings, path, element, absent=absent)
            case "CodeableReference":
                inner = value.get("concept")
                if isinstance(inner, dict) and bindings:
                    codings = tuple(codings_of_concept(inner))
                    self._add("CodeableConcept", codings, bindings, f"{path}.concept", element)
            case "Coding":
                part = path.rpartition(".")[2].startswith("coding[")
                if bindings or not part:
                    coding = (coding_of_value(value),) if has_code(value) else ()
                    self._add("Coding", coding, bindings, path, element, part=part, absent=absent)
            case _ if type_ in QUANTITIES:
                coding = (coding_of_value(value, display=False),) if has_code(value) else ()
                if coding or (bindings and "value" in value):
                    self._add("Quantity", coding, bindings, path, element, absent=absent)
            case _:
                pass

    def _add(
        self,
        kind: Kind,
        codings: tuple[Coding, ...],
        bindings: tuple[BoundBy, ...],
        path: str,
        element: str,
        *,
        part: bool = False,
        absent: bool = False,
    ) -> None:
        self.found.elements.append(
            CodedElement(
                resource=self.label,
                path=path,
                element=element,
                kind=kind,
                codings=codings,
                bindings=bindings,
                is_part=part,
                is_absent=absent,
                root=self.root,
            )
        )


def _bindings(views: Sequence[Element], undecided: Sequence[Element]) -> tuple[BoundBy, ...]:
    """Return the bindings of elements, each once; those that decide about a slice are marked."""
    fixed = tuple(dict.fromkeys(code for one in views for code in one.fixed_codes()))
    found: dict[Binding, BoundBy] = {}
    for one in views:
        for binding in one.bindings:
            bound = BoundBy(binding=binding, structure=one.structure, fixed=fixed)
            found.setdefault(binding, bound)
    for one in undecided:
        for binding in one.bindings:
            found.setdefault(
                binding, BoundBy(binding=binding, structure=one.structure, decides_slice=True)
            )
    return tuple(found.values())


def _claimed(child: _Child, value: Json) -> list[str]:
    """Return the profiles that an element asks of a resource of that type."""
    return [
        canonical
        for one in child.elements
        for type_ in one.types
        if type_.code == value.get("resourceType")
        for canonical in type_.profiles
    ]


def _label(json: Json, outer: str) -> str:
    """Return `Type/id`; a resource without id is named by the one it stands in."""
    type_, id_ = json.get("resourceType"), json.get("id")
    own = f"{type_}/{id_}" if id_ else str(type_)
    return f"{outer}#{own}" if outer and not outer.startswith("Bundle") else own


def _step(name: str, type_: str | None, *, is_choice: bool) -> str:
    """Return the FHIRPath step of a property: `value.ofType(Quantity)` for `valueQuantity`."""
    if not is_choice or type_ is None:
        return name
    return f"{name[: len(name) - len(type_)]}.ofType({type_})"
