"""What a profile binds, as a list: every element with a value set, behind its extensions too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from valuesets.bindings import MAXIMUM, STRENGTHS
from valuesets.profiles import Definitions, Element, Structure

BoundKind = Literal["profile", "extension", "via-extension"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundElement:
    """One element that a profile binds.

    `kind`: an element of a profile, of an extension's own definition, or (`via-extension`) of an
    extension that the profile uses; `element_id` then goes on from the profile into the extension.
    `path` is `element_id` without slices and without `[x]`.
    """

    profile: str
    kind: BoundKind
    element_id: str
    path: str
    types: tuple[str, ...]
    value_set: str
    strength: str
    max_value_set: str | None = None


def bound_elements(definitions: Definitions, structure: Structure) -> Iterator[BoundElement]:
    """Yield the bound elements of a profile in the order of its definition; prohibited ones not.

    Extensions whose definition is not loaded yield nothing.
    """
    own: BoundKind = "extension" if structure.type == "Extension" else "profile"
    for element in _allowed(structure):
        yield from _bound(structure.url, own, element, element.id)
        yield from _via_extension(definitions, structure.url, element, element.id, ())


def _allowed(structure: Structure) -> Iterator[Element]:
    """Yield elements that are not prohibited, nor below a prohibited one."""
    prohibited: list[str] = []
    for one in structure.elements:
        if one.is_prohibited:
            prohibited.append(f"{one.id}.")
        elif not any(one.id.startswith(above) for above in prohibited):
            yield one


def _via_extension(
    definitions: Definitions, profile: str, element: Element, id_: str, seen: tuple[str, ...]
) -> Iterator[BoundElement]:
    if element.unsliced is None or element.name not in {"extension", "modifierExtension"}:
        return
    for canonical in (one for type_ in element.types for one in type_.profiles):
        extension = definitions.find(canonical)
        if extension is None or canonical in seen:
            continue
        for inner in _allowed(extension):
            inner_id = f"{id_}{inner.id.removeprefix('Extension')}"
            yield from _bound(profile, "via-extension", inner, inner_id)
            if inner is not extension.root:
                yield from _via_extension(definitions, profile, inner, inner_id, (*seen, canonical))


def _bound(profile: str, kind: BoundKind, element: Element, id_: str) -> Iterator[BoundElement]:
    own = next((one for one in element.bindings if one.rule in STRENGTHS), None)
    if own is None:
        return
    capped = next((one.value_set for one in element.bindings if one.rule == MAXIMUM), None)
    yield BoundElement(
        profile=profile,
        kind=kind,
        element_id=id_,
        path=".".join(_plain(one) for one in id_.split(".")),
        types=tuple(one.code for one in element.types),
        value_set=own.value_set,
        strength=own.rule,
        max_value_set=capped,
    )


def _plain(step: str) -> str:
    return step.partition(":")[0].removesuffix("[x]")
