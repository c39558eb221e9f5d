"""A code system's facts and concepts -> CodeSystem resource."""

from __future__ import annotations

from typing import Any

from api.wire.common import JsonObject, designation_json, present, value_json
from termserver.errors import TerminologyError
from termserver.model import Concept, Json, Ordinal, Property
from termserver.providers.base import CodeSystemProvider

MOST_CONCEPTS = 10_000
"""A larger code system is given without its concepts, and says `not-present`."""

_IMPLIED = frozenset({"parent", "child"})


def code_system_json(head: Json, provider: CodeSystemProvider, release: str) -> JsonObject:
    """Return the resource with its concepts, nested below their first parent.

    Further parents are properties, as FHIR asks.
    Above MOST_CONCEPTS, and for systems that have no list, the concepts are left out, `content` is
    not-present and `count` tells how many there are.
    """
    json = dict(head)
    try:
        members = provider.all()
    except TerminologyError:
        return json | {"content": "not-present"}
    ordinals = [Ordinal(one) for one in members]
    json["count"] = len(ordinals)
    if len(ordinals) > MOST_CONCEPTS:
        return json | {"content": "not-present"}
    concepts = dict(zip(ordinals, provider.concepts(ordinals), strict=True))
    below: dict[Ordinal | None, list[Ordinal]] = {}
    for one in ordinals:
        below.setdefault(next(iter(provider.hierarchy.parents(one)), None), []).append(one)
    tree = _Tree(provider=provider, concepts=concepts, below=below, r4=release.startswith("4"))
    listed = tree.branch(None)
    return json | ({"concept": listed} if listed else {})


class _Tree:
    def __init__(
        self,
        *,
        provider: CodeSystemProvider,
        concepts: dict[Ordinal, Concept],
        below: dict[Ordinal | None, list[Ordinal]],
        r4: bool,
    ) -> None:
        self.provider = provider
        self.concepts = concepts
        self.below = below
        self.r4 = r4

    def branch(self, parent: Ordinal | None) -> list[JsonObject]:
        return [
            self.concept(one) | present(concept=self.branch(one))
            for one in self.below.get(parent, ())
        ]

    def concept(self, ordinal: Ordinal) -> JsonObject:
        concept = self.concepts[ordinal]
        parents = list(self.provider.hierarchy.parents(ordinal))[1:]
        properties: list[Any] = [
            _property(one) for one in concept.properties if one.code not in _IMPLIED
        ]
        properties += [
            {"code": "parent", "valueCode": self.provider.code_of(one)} for one in parents
        ]
        return present(
            extension=[dict(one) for one in concept.extensions],
            code=concept.code,
            display=concept.display,
            definition=concept.definition,
            designation=[designation_json(one, r4=self.r4) for one in concept.designations],
            property=properties,
        )


def _property(one: Property) -> JsonObject:
    return present(extension=[dict(item) for item in one.extensions], code=one.code) | value_json(
        one.type, one.value
    )
