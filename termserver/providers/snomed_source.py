"""A SNOMED CT edition in a pack as the source of expression constraints (`termserver.ecl.source`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from termserver.conceptset import ConceptSet
from termserver.dialects import refsets_of
from termserver.ecl.source import AttributeRows, ConceptColumns, DescriptionRow, MemberRow
from termserver.errors import UnknownCode
from termserver.hierarchy import Hierarchy, descendants_or_self
from termserver.model import Ordinal
from termserver.providers.stored import StoredProvider
from termserver.store.reader import DesignationRow
from termserver.systems import FULLY_SPECIFIED_NAME, SYNONYM

ROOT = "138875005"
DEFINITION = "900000000000550004"

_TYPES = {
    FULLY_SPECIFIED_NAME: "fullyspecifiedname",
    SYNONYM: "synonym",
    DEFINITION: "definition",
}
IDENTIFIER_SCHEMES = {"loinc": 30051010000102, "snomedct": 900000000000294009}
"""Alias of an identifier scheme -> its concept (ECL 2.2, Appendix F: alternate identifier schemes)."""

_RUN = 64
"""Concepts nearer to each other than this are read in one query, the others left out after."""


class SnomedSource:
    """An `EclSource` over one edition. What it reads whole is read once and kept."""

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

    @cached_property
    def _everything(self) -> ConceptSet:
        root = self.find(ROOT)
        if root is None:
            # an extension's own part has no root: all that is active
            return self._stored.all() - self._stored.inactive()
        return descendants_or_self(self.hierarchy, root)

    def everything(self) -> ConceptSet:
        """Return the root and what is below it."""
        return self._everything

    def every_concept(self) -> ConceptSet:
        """Return every concept, inactive ones too."""
        return self._stored.all()

    def alternate(self, scheme: str, code: str) -> Ordinal | None:
        """Return the concept of an alternate identifier. Raises: UnknownCode for an unknown scheme."""
        wanted = IDENTIFIER_SCHEMES.get(scheme.lower())
        if wanted is None:
            known = ", ".join(IDENTIFIER_SCHEMES)
            raise UnknownCode(f"The identifier scheme '{scheme}' is not known; known: {known}")
        for ordinal, own_scheme, active in self._stored.pack.identified(code):
            if own_scheme == wanted and active:
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
            text=concrete.text,
        )

    def attributes(self) -> AttributeRows:
        """Return the attribute relationships."""
        return self._attributes

    @cached_property
    def _columns_by_refset(self) -> dict[Ordinal, tuple[str, ...]]:
        found = {}
        for refset in self._stored.refsets():
            ordinal = self.find(str(refset.id))
            if ordinal is not None:
                found[ordinal] = refset.columns
        return found

    def reference_sets(self) -> ConceptSet:
        """Return every concept that is a reference set with rows."""
        return ConceptSet.of(sorted(self._columns_by_refset))

    def members(self, refset: Ordinal) -> ConceptSet:
        """Return the concepts that are active members of a reference set."""
        return self._stored.refset_concepts(int(self.code_of(refset)))

    def member_columns(self, refset: Ordinal) -> Sequence[str]:
        """Return the names of a reference set's extra columns."""
        return self._columns_by_refset.get(refset, ())

    def member_rows(self, refset: Ordinal) -> Iterator[MemberRow]:
        """Yield the rows of a reference set, inactive ones too."""
        for row in self._stored.refset_rows(int(self.code_of(refset))):
            yield MemberRow(
                component=str(row.component),
                ordinal=row.ordinal,
                active=row.active,
                module=row.module,
                effective_time=row.effective_time,
                fields=row.fields,
            )

    def descriptions(self, concepts: ConceptSet) -> Iterator[DescriptionRow]:
        """Yield the descriptions of concepts, inactive ones too, in runs of near concepts."""
        for first, last in _runs(concepts):
            for row in self._stored.designation_range(first, last):
                if row.ordinal in concepts:
                    yield _description(row)

    @cached_property
    def _columns(self) -> ConceptColumns:
        rows = list(self._stored.concept_columns())
        return ConceptColumns(
            first=rows[0][0] if rows else 0,
            module=[row[1] for row in rows],
            effective_time=[row[2] for row in rows],
            defined=[row[3] for row in rows],
            inactive=self._stored.inactive(),
        )

    def columns(self) -> ConceptColumns:
        """Return module, effective time and definition status of all concepts."""
        return self._columns

    def dialect(self, alias: str) -> Sequence[int]:
        """Return the language reference sets of a dialect alias, empty if unknown."""
        return refsets_of(alias)


def _runs(concepts: ConceptSet) -> Iterator[tuple[int, int]]:
    """Yield [first, last) ranges that cover the concepts, gaps of a few concepts included."""
    first = last = -1
    for one in concepts:
        if first < 0:
            first = one
        elif one - last > _RUN:
            yield first, last + 1
            first = one
        last = one
    if first >= 0:
        yield first, last + 1


def _description(row: DesignationRow) -> DescriptionRow:
    designation = row.designation
    code = designation.use.code if designation.use is not None else None
    return DescriptionRow(
        ordinal=row.ordinal,
        id=designation.id,
        term=designation.value,
        language=designation.language,
        type=_TYPES.get(code or "", ""),
        type_id=int(code) if code and code.isdigit() else 0,
        active=designation.active,
        module=row.module,
        effective_time=row.effective_time,
        preferred_in=designation.preferred_in,
        acceptable_in=designation.acceptable_in,
    )


