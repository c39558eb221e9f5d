"""What an evaluation asks of a SNOMED CT edition. Ordinals throughout; sets over one edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from termserver.conceptset import ConceptSet
from termserver.hierarchy import Hierarchy
from termserver.model import Ordinal

Column = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRows:
    """Active attribute relationships as columns of equal length.

    Concepts as values: `type`, `source`, `target`, `group`; concrete ones: `concrete_type`,
    `concrete_source`, `concrete_group`, `number` (NaN where it is none) and `text` (as read by
    position). Group 0 is no group. Rows are sorted by type, so that one type is a slice.
    """

    type: Column
    source: Column
    target: Column
    group: Column
    concrete_type: Column
    concrete_source: Column
    concrete_group: Column
    number: Column
    text: Sequence[str]


class MemberRow(NamedTuple):
    """A reference set row; `ordinal` where its component is a concept of the edition."""

    component: int
    ordinal: Ordinal | None
    active: bool
    module: int | None
    effective_time: int | None
    fields: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionFacts:
    """What many descriptions share; `type` is synonym, fullyspecifiedname or definition."""

    language: str
    type: str
    type_id: int
    active: bool
    module: int | None
    effective_time: int | None
    preferred_in: frozenset[int]
    acceptable_in: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionRows:
    """Descriptions as columns of equal length, ascending by `row`, which is their number.

    `facts` tells which of `shared` is true of a description.
    """

    row: Column
    ordinal: Column
    facts: Column
    shared: Sequence[DescriptionFacts]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptColumns:
    """Facts of every concept by ordinal minus `first`, as integers.

    `module` and `effective_time` are 0 where there is none, `defined` is 1, 0 or, where nothing is
    said, -1. `modules` are those that `module` holds.
    """

    first: int
    module: Column
    modules: Sequence[int]
    effective_time: Column
    defined: Column
    inactive: ConceptSet


class EclSource(Protocol):
    """One edition. Unknown identifiers are None or empty here; the evaluator names them."""

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the is-a graph."""

    def find(self, sctid: str) -> Ordinal | None:
        """Return a concept, active or not."""

    def code_of(self, ordinal: Ordinal) -> str:
        """Return a concept's identifier."""

    def everything(self) -> ConceptSet:
        """Return what `*` means: the root and what is below it."""

    def every_concept(self) -> ConceptSet:
        """Return every concept, inactive ones too."""

    def alternate(self, scheme: str, code: str) -> Ordinal | None:
        """Return the concept of an alternate identifier. Raises: UnknownCode (scheme)."""

    def attributes(self) -> AttributeRows:
        """Return the attribute relationships."""

    def reference_sets(self) -> ConceptSet:
        """Return every concept that is a reference set with rows."""

    def members(self, refset: Ordinal) -> ConceptSet:
        """Return the concepts that are active members of a reference set."""

    def member_columns(self, refset: Ordinal) -> Sequence[str]:
        """Return the names of a reference set's extra columns."""

    def member_rows(self, refset: Ordinal) -> Iterable[MemberRow]:
        """Return the rows of a reference set, inactive ones too."""

    def associations(self, refset: Ordinal) -> tuple[Column, Column]:
        """Return components and targets of the active rows of an association reference set.

        Of those rows where both are concepts of the edition; empty if it has no target column.
        """

    def search(self, text: str) -> ConceptSet:
        """Return at least every concept with an active description in which each word of `text`
        begins a word.
        """

    def containing(self, letters: str) -> ConceptSet | None:
        """Return at least every concept with an active description that has `letters` within a
        word; None where that tells too little.

        `letters` are ASCII letters and digits in lower case.
        """

    def descriptions(self, concepts: ConceptSet) -> DescriptionRows:
        """Return the descriptions of concepts, inactive ones too."""

    def terms(self, rows: Column) -> Iterable[str]:
        """Return the texts of descriptions by their row numbers (ascending), in that order."""

    def description_rows(self, ids: Sequence[int]) -> Column:
        """Return the row numbers of descriptions by their identifiers, ascending."""

    def columns(self) -> ConceptColumns:
        """Return module, effective time and definition status of all concepts."""

    def dialect(self, alias: str) -> Sequence[int]:
        """Return the language reference sets of a dialect alias, empty if unknown."""
