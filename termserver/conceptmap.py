"""ConceptMap as a frozen value, one shape for R4 and R5, and the two vocabularies of relationship.

Direction: R4's equivalence is read from target to source ("the target is wider"), R5's relationship
from source to target ("the source is narrower").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from termserver.model import Coding, Json

UnmappedMode = Literal["use-source-code", "fixed", "other-map"]
MapValue = Coding | str | bool | Json
"""A value of dependsOn, product or property; a Quantity stays JSON."""

_RELATIONSHIPS = {
    "relatedto": "related-to",
    "equivalent": "equivalent",
    "equal": "equivalent",
    "wider": "source-is-narrower-than-target",
    "subsumes": "source-is-narrower-than-target",
    "narrower": "source-is-broader-than-target",
    "specializes": "source-is-broader-than-target",
    "inexact": "related-to",
    "unmatched": "not-related-to",
    "disjoint": "not-related-to",
}
_EQUIVALENCES = {
    "related-to": "relatedto",
    "equivalent": "equivalent",
    "source-is-narrower-than-target": "wider",
    "source-is-broader-than-target": "narrower",
    "not-related-to": "disjoint",
}
_INVERSES = {
    "wider": "narrower",
    "narrower": "wider",
    "subsumes": "specializes",
    "specializes": "subsumes",
    "source-is-narrower-than-target": "source-is-broader-than-target",
    "source-is-broader-than-target": "source-is-narrower-than-target",
}
EQUIVALENCES = tuple(_RELATIONSHIPS)
RELATIONSHIPS = tuple(_EQUIVALENCES)
NO_RELATION = frozenset({"unmatched", "disjoint", "not-related-to"})
"""Words that do not make a match: `result` stays false (R4 and R5 ConceptMap/$translate)."""


def to_r5_relationship(word: str) -> str:
    """Return the R5 relationship for an R4 equivalence; an R5 word comes back as it is.

    `unmatched` has no R5 word of its own (a target-less one is `noMap`): with a target it reads as
    not-related-to. Raises: KeyError for a word of neither release.
    Source: FHIR R4 concept-map-equivalence, R5 concept-map-relationship; HL7's ConceptMap40_50.
    """
    return word if word in _EQUIVALENCES and word != "equivalent" else _RELATIONSHIPS[word]


def to_r4_equivalence(word: str) -> str:
    """Return the R4 equivalence for an R5 relationship; an R4 word comes back as it is.

    Raises: KeyError for a word of neither release. Source: as `to_r5_relationship`.
    """
    return word if word in _RELATIONSHIPS else _EQUIVALENCES[word]


def invert(word: str) -> str:
    """Return the word of either release for the mapping read the other way round.

    Wider and narrower change places, subsumes and specializes too; the rest is symmetric.
    """
    return _INVERSES.get(word, word)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAttribute:
    """One dependsOn or product: an attribute named by URI and its value.

    `type` is the FHIR type of the value (R4 products and dependencies are codes, read as Coding
    where the system is known). `value_set` (R5) stands where any member of a value set will do.
    """

    attribute: str
    type: str = "string"
    value: MapValue | None = None
    value_set: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapProperty:
    """A property of a mapping (R5 target.property): its code, its URI if declared, its value."""

    code: str
    uri: str | None = None
    type: str = "string"
    value: MapValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target of an element; `word` is the relationship as the map writes it (R4 or R5)."""

    code: str | None = None
    display: str | None = None
    value_set: str | None = None
    word: str
    comment: str | None = None
    depends_on: tuple[MapAttribute, ...] = ()
    products: tuple[MapAttribute, ...] = ()
    properties: tuple[MapProperty, ...] = ()

    @property
    def relationship(self) -> str:
        """Return the relationship as an R5 word."""
        return to_r5_relationship(self.word)

    @property
    def equivalence(self) -> str:
        """Return the equivalence as an R4 word, the original one where the map has R4 words."""
        return to_r4_equivalence(self.word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One source code (or R5 value set) and its targets; `no_map`: there is none on purpose."""

    code: str | None = None
    display: str | None = None
    value_set: str | None = None
    no_map: bool = False
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """What to do with a code of the group's system that no element has."""

    mode: UnmappedMode
    code: str | None = None
    display: str | None = None
    value_set: str | None = None
    other_map: str | None = None
    word: str = "relatedto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Elements from one code system to one other."""

    source: str | None = None
    source_version: str | None = None
    target: str | None = None
    target_version: str | None = None
    elements: tuple[Element, ...] = ()
    unmapped: Unmapped | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptMap:
    """A concept map. Scopes are value set canonicals (R4 source[x] and target[x], R5 …Scope[x])."""

    url: str | None = None
    version: str | None = None
    id: str | None = None
    name: str | None = None
    source_scope: str | None = None
    target_scope: str | None = None
    groups: tuple[Group, ...] = ()

    @property
    def canonical(self) -> str | None:
        """Return `url|version`, the url alone without a version, None without a url."""
        return f"{self.url}|{self.version}" if self.url and self.version else self.url
