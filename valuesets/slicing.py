"""Which slices an instance of an element is in (ElementDefinition.slicing).

Source: R4 profiling 5.1.0.14. Discriminators of type value, pattern, exists and type are evaluated;
those of type profile need other resources, so no slice of theirs is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from valuesets.profiles import Constraint, Definitions, Discriminator, Element

_SIMPLE = "$this"


class Slices(NamedTuple):
    """The slices that an instance is in, and those that a required binding alone would decide."""

    inside: tuple[Element, ...]
    by_binding: tuple[Element, ...]


def slices_of(definitions: Definitions, element: Element, value: Any, type_: str | None) -> Slices:
    """Return the slices of `element` that `value` (of type `type_`, if known) is in."""
    inside, by_binding = [], []
    for one in element.slices:
        match _verdict(definitions, element, one, value, type_):
            case True:
                inside.append(one)
            case None:
                by_binding.append(one)
            case _:
                pass
    return Slices(tuple(inside), tuple(by_binding))


def _verdict(
    definitions: Definitions, element: Element, slice_: Element, value: Any, type_: str | None
) -> bool | None:
    """Tell whether a value is in a slice; None where only the slice's required binding can tell."""
    discriminators = element.discriminators
    if not discriminators:
        if not element.name.endswith("[x]"):
            return False
        discriminators = (Discriminator(type="type", path=_SIMPLE),)
    decided: bool | None = True
    for one in discriminators:
        verdict = _fits(definitions, one, slice_, value, type_)
        if verdict is False:
            return False
        if verdict is None:
            decided = None
    return decided


def _fits(
    definitions: Definitions,
    discriminator: Discriminator,
    slice_: Element,
    value: Any,
    type_: str | None,
) -> bool | None:
    path = [one for one in discriminator.path.split(".") if one != _SIMPLE]
    if any("(" in one for one in path) or discriminator.type == "profile":
        return False
    match discriminator.type:
        case "value" | "pattern":
            return _fits_value(definitions, slice_, path, value)
        case "type":
            return _fits_type(slice_, path, value, type_)
        case "exists":
            return _fits_existence(slice_, path, value)
        case _:
            return False


def _fits_value(
    definitions: Definitions, slice_: Element, path: list[str], value: Any
) -> bool | None:
    """Compare the value at a path with what slice, or an element on the way, fixes."""
    wanted = _wanted(definitions, slice_, path)
    if not wanted:
        last = _last(slice_, path)
        rules = [one for one in (last.bindings if last else ()) if one.rule == "required"]
        return None if rules and not path else False
    return all(
        any(matches(one, expected, exact=exact) for one in values_at(value, path[:depth]))
        for depth, expected, exact in wanted
    )


def _wanted(definitions: Definitions, slice_: Element, path: list[str]) -> list[Constraint]:
    """Return `_constraints`, kept with the slice."""
    key = ".".join(path)
    found = slice_.constraints.get(key)
    if found is None:
        found = slice_.constraints[key] = list(_constraints(definitions, slice_, path))
    return found


def _constraints(
    definitions: Definitions, slice_: Element, path: list[str]
) -> Iterator[Constraint]:
    """Yield (steps of the path, value, exact) for each fixed or pattern value on the way."""
    element: Element | None = slice_
    for depth in range(len(path) + 1):
        if element is None:
            return
        if element.expected is not None:
            yield depth, element.expected.value, element.expected.exact
        if depth < len(path):
            element = _step(definitions, element, path[depth])


def _step(definitions: Definitions, element: Element, name: str) -> Element | None:
    """Return the child that a slice constrains; an extension's url stands in its own definition."""
    found = element.children.get(name) or element.children.get(f"{name}[x]")
    if found is None and name == "url" and element.only_type is not None:
        for canonical in element.only_type.profiles:
            structure = definitions.find(canonical)
            if structure is not None:
                return structure.root.children.get("url")
            return Element(id="url", name="url", structure=canonical, expected=_exactly(canonical))
    return found


def _exactly(canonical: str) -> Any:
    from valuesets.profiles import Expected

    return Expected(value=canonical.partition("|")[0], exact=True)


def _last(slice_: Element, path: list[str]) -> Element | None:
    element: Element | None = slice_
    for name in path:
        element = element.children.get(name) if element else None
    return element


def _fits_type(slice_: Element, path: list[str], value: Any, type_: str | None) -> bool:
    last = _last(slice_, path)
    codes = {one.code for one in last.types} if last else set()
    if not path and type_ is not None:
        return type_ in codes
    kinds = {one.get("resourceType") for one in values_at(value, path) if isinstance(one, dict)}
    return bool(kinds & codes)


def _fits_existence(slice_: Element, path: list[str], value: Any) -> bool:
    last = _last(slice_, path)
    there = bool(values_at(value, path))
    return there != last.is_prohibited if last else False


def values_at(value: Any, path: list[str]) -> list[Any]:
    """Return the values at a path of element names, lists taken "
    "apart; a choice by its short name.
    """
    found = value if isinstance(value, list) else [value]
    for name in path:
        found = [
            inner
            for one in found
            if isinstance(one, dict)
            for inner in _listed(_property(one, name))
        ]
    return found


def _property(json: Mapping[str, Any], name: str) -> Any:
    if name in json:
        return json[name]
    return next(
        (json[key] for key in json if key.startswith(name) and key[len(name) :][:1].isupper()), None
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def matches(value: Any, expected: Any, *, exact: bool) -> bool:
    """Tell whether a value is equal to a fixed value, or has all that a pattern has."""
    if exact:
        return bool(value == expected)
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(
            key in value and matches(value[key], inner, exact=False)
            for key, inner in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(value, list) and all(
            any(matches(one, inner, exact=False) for one in value) for inner in expected
        )
    return bool(value == expected)
