"""What $translate takes and gives, and what it asks of its surroundings.

Source: OperationDefinition ConceptMap-translate (R4 4.0.1, R5 5.0.0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from termserver.conceptmap import MapAttribute, MapProperty, MapValue
from termserver.conceptmap_index import MapRow, MapRows
from termserver.model import Coding, Json
from termserver.providers.base import CodeSystemProvider


class MapSource(Protocol):
    """What the operations on maps ask of a terminology."""

    @property
    def release(self) -> str:
        """Return the FHIR release of the base: "4.0" or "5.0"."""

    @property
    def snapshot(self) -> object | None:
        """Return what stays one object until packs change, None with a request's own content."""

    def find_system(self, url: str, version: str | None = None, /) -> CodeSystemProvider | None:
        """Return the provider of a code system (aliases resolved), None if it is not here."""

    def find_document(self, type_: str, url: str, version: str | None = None, /) -> Json | None:
        """Return a resource by canonical, None if it is not here."""

    def documents(self, type_: str, /) -> Sequence[Json]:
        """Return all resources of a type, those of the request first."""


class ValueSetMembers(Protocol):
    """Value sets as far as maps need them; the composition root joins it to package `valuesets`."""

    def contains(self, canonical: str, coding: Coding) -> bool:
        """Tell whether a code is in a value set. Raises: UnknownValueSet."""

    def members(self, canonical: str) -> Sequence[Coding]:
        """Return the codes of a value set in its order. Raises: UnknownValueSet, TooCostly."""


ImplicitMaps = Callable[[str, str | None], MapRows | None]
"""(url, version) -> an implicit map (`http://snomed.info/sct?fhir_cm=…`), None if it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """An input `dependency`: an attribute by URI and its values (a CodeableConcept has several)."""

    attribute: str
    values: tuple[MapValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Rows that the rules of a map leave of those of one code, and what is to be said of them."""

    rows: tuple[MapRow, ...]
    notes: tuple[str, ...] = ()


@runtime_checkable
class RuledRows(Protocol):
    """A map whose rows have rules that choose between them, as SNOMED CT's extended maps."""

    def choose(self, rows: Sequence[MapRow], dependencies: Sequence[Dependency], /) -> Choice:
        """Return the rows of one code that its rules leave, with the conditions still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateRequest:
    """The inputs of both releases as one value.

    `codings` are translated from source to target; with `reverse` (R4) they are target codes and
    `target_system` is the system sought. `target_codings` (R5 target…) ask for the sources that
    lead to them, `source_system` then limits the systems sought.
    """

    url: str | None = None
    version: str | None = None
    concept_map: Json | None = None
    codings: tuple[Coding, ...] = ()
    target_codings: tuple[Coding, ...] = ()
    source_system: str | None = None
    target_system: str | None = None
    source_scope: str | None = None
    target_scope: str | None = None
    dependencies: tuple[Dependency, ...] = ()
    reverse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One translation.

    `concept` is what was found, or, in a reverse translation by target code, the target given, with
    what was found in `source` (suite `translate`, translate-reverse).
    """

    concept: Coding
    relationship: str
    equivalence: str
    origin_map: str | None = None
    source: Coding | None = None
    comment: str | None = None
    depends_on: tuple[MapAttribute, ...] = ()
    products: tuple[MapAttribute, ...] = ()
    properties: tuple[MapProperty, ...] = ()

    @property
    def is_implicit(self) -> bool:
        """Tell whether the map is no resource, so that the match alone can tell its conditions."""
        return "?fhir_cm=" in (self.origin_map or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The answer: matches in the order of maps, groups and targets, without repetition.

    `used_maps` and `used_systems` are canonicals, filled for implicit maps, whose versions cannot
    be read from a resource.
    """

    result: bool
    message: str | None = None
    matches: tuple[Match, ...] = ()
    used_maps: tuple[str, ...] = ()
    used_systems: tuple[str, ...] = ()
