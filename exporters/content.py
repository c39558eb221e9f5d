"""What is exported: a loaded code system with its concepts, or a value set with its members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from termserver.canonical import parse_canonical
from termserver.errors import Unenumerable, UnknownValueSet
from termserver.model import CodeSystem, Concept, Ordinal
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest, ValueSet

MOST_MEMBERS = 10_000_000
"""A value set of more members is refused (TooCostly): memory is what ends first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemContent:
    """A code system: its concepts in the order of an expansion, and the parents of each by code.

    `parents` has an entry only for concepts that have any; the first is where it stands.
    """

    system: CodeSystem
    concepts: tuple[Concept, ...]
    parents: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetContent:
    """A value set: its definition, and its members in the order of the expansion, flat."""

    value_set: ValueSet
    members: tuple[Contains, ...]


Content = SystemContent | SetContent


def find_content(terminology: Terminology, canonical: str) -> Content:
    """Return the code system, or else the value set, that a canonical (`url|version`) names.

    Raises: Unenumerable for a code system that has no list; UnknownValueSet, naming both kinds,
    where nothing has that canonical; what `valuesets.expand` raises for the value set.
    """
    url, version = parse_canonical(canonical)
    provider = terminology.find_system(url, version)
    if provider is None:
        return _set_content(terminology, canonical, url, version)
    try:
        ordinals = [Ordinal(one) for one in provider.all()]
    except Unenumerable as error:
        raise Unenumerable(
            f"The code system '{canonical}' is a grammar and has no list of codes to export; "
            "export a value set of it"
        ) from error
    concepts = tuple(provider.concepts(ordinals))
    parents = {
        concept.code: tuple(provider.code_of(one) for one in above)
        for ordinal, concept in zip(ordinals, concepts, strict=True)
        if (above := list(provider.hierarchy.parents(ordinal)))
    }
    return SystemContent(system=provider.system, concepts=concepts, parents=parents)


def _set_content(
    terminology: Terminology, canonical: str, url: str, version: str | None
) -> SetContent:
    request = ExpandRequest(
        release=terminology.release,
        url=url,
        value_set_version=version,
        include_designations=True,
        exclude_nested=True,
    )
    try:
        expansion = expand(terminology, request, limit=MOST_MEMBERS)
    except UnknownValueSet as error:
        if canonical in error.text or url in error.text:
            raise UnknownValueSet(
                f"No code system and no value set '{canonical}' is loaded; `termserver packs` "
                "lists what is"
            ) from error
        raise
    versions = dict(
        parse_canonical(str(one.value))
        for one in expansion.parameters
        if one.name == "used-codesystem"
    )
    # An expansion names a member's version only where there are several of its system.
    members = (
        one if one.version else replace(one, version=versions.get(one.system))
        for one in _flat(expansion.contains)
    )
    return SetContent(value_set=expansion.value_set, members=tuple(members))


def _flat(contains: Iterable[Contains]) -> Iterator[Contains]:
    for one in contains:
        yield one
        yield from _flat(one.contains)


def counted(counts: dict[str, int]) -> tuple[str, ...]:
    """Return a sentence for each kind of content that a format could not hold; none for 0."""
    return tuple(f"{what}: {count}" for what, count in counts.items() if count)
