"""What ECL asks of an edition (`termserver.ecl.source.EclSource`), answered from a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from termserver.conceptset import ConceptSet
from termserver.dialects import refsets_of
from termserver.ecl.source import AttributeRows, ConceptColumns, DescriptionRow, MemberRow
from termserver.errors import UnknownCode
from termserver.hierarchy import Hierarchy
from termserver.model import Ordinal
from termserver.providers.stored import StoredProvider
from termserver.store.reader import DesignationRow
from termserver.systems import FULLY_SPECIFIED_NAME, SYNONYM

ROOT = "138875005"
_TYPES = {
    FULLY_SPECIFIED_NAME: "fullyspecifiedname",
    SYNONYM: "synonym",
    "900000000000550004": "definition",
}
SCHEMES = {
    "sctid": 900000000000294009,
    "loinc": 30051010000102,
    "http://loinc.org": 30051010000102,
}
"""Alias of an identifier scheme -> its concept (LOINC Ontology release; SNOMED CT integer id)."""
_FEW = 500
"""Up to so many concepts are read one by one, more of them in one pass over all."""


class SnomedSource:
    """EclSource over one edition. What it keeps (columns) is as immutable as the pack."""

    def __init__(self, stored: StoredProvider) -> None:
        """Take the edition."""
        self._stored = stored

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

    def reference_sets(self) -> ConceptSet:
        """Return every concept that is a reference set with rows."""
        found = (self.find(str(one.id)) for one in self._stored.refsets())
        return ConceptSet.of(one for one in found if one is not None)

    def members(self, refset: Ordinal) -> ConceptSet:
        """Return the concepts that are active members of a reference set."""
        rows = self._stored.refset_rows(int(self.code_of(refset)))
        return ConceptSet.of(one.ordinal for one in rows if one.active and one.ordinal is not None)

    def member_columns(self, refset: Ordinal) -> Sequence[str]:
        """Return the names of a reference set's extra columns; empty where it has no rows."""
        wanted = int(self.code_of(refset))
        return next((one.columns for one in self._stored.refsets() if one.id == wanted), ())

    def member_rows(self, refset: Ordinal) -> Iterable[MemberRow]:
        """Return the rows of a reference set, inactive ones too."""
        for one in self._stored.refset_rows(int(self.code_of(refset))):
            yield MemberRow(
                component=str(one.component),
                ordinal=one.ordinal,
                active=one.active,
                module=one.module,
                effective_time=one.effective_time,
                fields=one.fields,
            )

    def descriptions(self, concepts: ConceptSet) -> Iterable[DescriptionRow]:
        """Return the descriptions of concepts, inactive ones too."""
        return (_description(row) for row in self._designations(concepts))

    def _designations(self, concepts: ConceptSet) -> Iterator[DesignationRow]:
        reader = self._stored.pack.reader
        if len(concepts) <= _FEW:
            for one in concepts:
                yield from reader.designation_rows(one, one + 1)
            return
        for row in self._stored.iter_designations():
            if row.ordinal in concepts:
                yield row

    @cached_property
    def _columns(self) -> ConceptColumns:
        rows = list(self._stored.concept_columns())
        return ConceptColumns(
            first=self._stored.first,
            module=tuple(row[1] for row in rows),
            effective_time=tuple(row[2] for row in rows),
            defined=tuple(row[3] for row in rows),
            inactive=self._stored.inactive(),
        )

    def columns(self) -> ConceptColumns:
        """Return module, effective time and definition status of all concepts."""
        return self._columns

    def dialect(self, alias: str) -> Sequence[int]:
        """Return the language reference sets of a dialect alias, empty if unknown."""
        return refsets_of(alias)


def _description(row: DesignationRow) -> DescriptionRow:
    one = row.designation
    code = (one.use.code if one.use is not None else None) or SYNONYM
    return DescriptionRow(
        ordinal=row.ordinal,
        id=one.id,
        term=one.value,
        language=one.language,
        type=_TYPES.get(code, "synonym"),
        type_id=int(code),
        active=one.active,
        module=row.module,
        effective_time=row.effective_time,
        preferred_in=one.preferred_in,
        acceptable_in=one.acceptable_in,
    )
