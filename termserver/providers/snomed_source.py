"""What ECL asks of an edition (`termserver.ecl.source.EclSource`), answered from a pack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.dialects import refsets_of
from termserver.ecl.source import (
    AttributeRows,
    Column,
    ConceptColumns,
    DescriptionRows,
    MemberRow,
)
from termserver.errors import UnknownCode
from termserver.hierarchy import Hierarchy
from termserver.model import Ordinal
from termserver.providers.snomed_descriptions import Descriptions
from termserver.providers.stored import StoredProvider

ROOT = "138875005"
SCHEMES = {
    "snomedct": 900000000000294009,
    "sctid": 900000000000294009,
    "loinc": 30051010000102,
    "http://loinc.org": 30051010000102,
}
"""Alias of an identifier scheme -> its concept (LOINC Ontology release; SNOMED CT integer id)."""
_MOST_WORDS = 500
_FACTS = np.dtype([("module", "i4"), ("time", "i4"), ("defined", "i1")])
_TARGET = "targetcomponentid"


class SnomedSource:
    """EclSource over one edition. What it keeps (columns) is as immutable as the pack."""

    def __init__(self, stored: StoredProvider) -> None:
        """Take the edition."""
        self._stored = stored
        self._associations: dict[Ordinal, tuple[Column, Column]] = {}

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the is-a graph."""
        return self._stored.hierarchy

    def find(self, sctid: str) -> Ordinal | None:
        """Return a concept, active or not."""
        found = self._stored.find(sctid)
        return found if isinstance(found, int) else None

    def code_of(self, ordinal: Ordinal) -> str:
        """Return a concept's identifier."""
        return self._stored.code_of(ordinal)

    def everything(self) -> ConceptSet:
        """Return the root and what is below it; every active concept where there is no root."""
        return self._everything

    @cached_property
    def _everything(self) -> ConceptSet:
        root = self.find(ROOT)
        if root is None:
            return self._stored.all() - self._stored.inactive()
        return self._stored.hierarchy.descendants(root) | ConceptSet.of([root])

    def every_concept(self) -> ConceptSet:
        """Return every concept, inactive ones too."""
        return self._stored.all()

    def alternate(self, scheme: str, code: str) -> Ordinal | None:
        """Return the concept of an alternate identifier. Raises: UnknownCode for an unknown
        scheme.
        """
        known = SCHEMES.get(scheme.lower()) or (int(scheme) if scheme.isdigit() else None)
        if known is None:
            raise UnknownCode(
                f"The identifier scheme '{scheme}' is not known; known: {', '.join(SCHEMES)}, or "
                "the identifier of the scheme's concept"
            )
        if known == SCHEMES["sctid"]:
            return self.find(code)
        for ordinal, of_scheme, active in self._stored.pack.identified(code):
            if of_scheme == known and active:
                return ordinal
        return None

    @cached_property
    def _attributes(self) -> AttributeRows:
        index = self._stored.attribute_index
        concrete = index.concrete
        return AttributeRows(
            type=index.type,
            source=index.source,
            target=index.target,
            group=index.group,
            concrete_type=concrete.type,
            concrete_source=concrete.source,
            concrete_group=concrete.group,
            number=concrete.number,
            text=tuple(concrete.text[at] for at in range(len(concrete.type))),
        )

    def attributes(self) -> AttributeRows:
        """Return the attribute relationships."""
        return self._attributes

    @cached_property
    def _columns_of(self) -> dict[Ordinal, tuple[str, ...]]:
        found = {}
        for refset in self._stored.refsets():
            ordinal = self.find(str(refset.id))
            if ordinal is not None:
                found[ordinal] = refset.columns
        return found

    def reference_sets(self) -> ConceptSet:
        """Return every concept that is a reference set with rows."""
        return ConceptSet.of(self._columns_of)

    def members(self, refset: Ordinal) -> ConceptSet:
        """Return the concepts that are active members of a reference set."""
        return self._stored.refset_concepts(int(self.code_of(refset)))

    def member_columns(self, refset: Ordinal) -> Sequence[str]:
        """Return the names of a reference set's extra columns; empty where it has no rows."""
        return self._columns_of.get(refset, ())

    def member_rows(self, refset: Ordinal) -> Iterable[MemberRow]:
        """Return the rows of a reference set, inactive ones too."""
        return map(MemberRow._make, self._stored.pack.refset_facts(int(self.code_of(refset))))

    def associations(self, refset: Ordinal) -> tuple[Column, Column]:
        """Return components and targets of the active rows of an association reference set."""
        found = self._associations.get(refset)
        if found is None:
            found = self._associations[refset] = self._read_associations(refset)
        return found

    def _read_associations(self, refset: Ordinal) -> tuple[Column, Column]:
        names = [one.lower() for one in self.member_columns(refset)]
        pairs = []
        if _TARGET in names:
            at = names.index(_TARGET)
            for row in self.member_rows(refset):
                target = self.find(row.fields[at])
                if row.active and row.ordinal is not None and target is not None:
                    pairs.append((row.ordinal, target))
        columns = np.array(pairs, dtype=np.uint32).reshape(-1, 2)
        return columns[:, 0], columns[:, 1]

    def search(self, text: str) -> ConceptSet:
        """Return at least every concept with an active description that has each word of `text`."""
        return self._stored.search(text)

    def containing(self, letters: str) -> ConceptSet | None:
        """Return at least the concepts with an active description that has `letters` in a word.

        None if more than 500 words have them. Cost: a look at every word of the edition.
        """
        having = (one for one in self._stored.pack.text.vocabulary() if letters in one)
        words = list(islice(having, _MOST_WORDS + 1))
        if len(words) > _MOST_WORDS:
            return None
        return ConceptSet.union_all([self._stored.search(one) for one in words])

    @cached_property
    def _descriptions(self) -> Descriptions:
        return Descriptions(self._stored)

    def descriptions(self, concepts: ConceptSet) -> DescriptionRows:
        """Return the descriptions of concepts, inactive ones too."""
        return self._descriptions.of(concepts)

    def terms(self, rows: Column) -> Iterable[str]:
        """Return the texts of descriptions by their row numbers (ascending), in that order."""
        return self._descriptions.terms(rows)

    def description_rows(self, ids: Sequence[int]) -> Column:
        """Return the row numbers of descriptions by their identifiers, ascending."""
        return self._descriptions.rows_of(ids)

    @cached_property
    def _columns(self) -> ConceptColumns:
        reader, first, last = self._stored.pack.reader, self._stored.first, self._stored.last
        rows = np.fromiter(reader.concept_facts(first, last), dtype=_FACTS)
        numbers, places = np.unique(rows["module"], return_inverse=True)
        modules = [reader.module(one if one >= 0 else None) or 0 for one in numbers.tolist()]
        return ConceptColumns(
            first=first,
            module=np.array(modules, dtype=np.int64)[places],
            modules=modules,
            effective_time=rows["time"].copy(),
            defined=rows["defined"].copy(),
            inactive=self._stored.inactive(),
        )

    def columns(self) -> ConceptColumns:
        """Return module, effective time and definition status of all concepts."""
        return self._columns

    def dialect(self, alias: str) -> Sequence[int]:
        """Return the language reference sets of a dialect alias, empty if unknown."""
        return refsets_of(alias)
