"""Counts by kind: what a loader yielded, against what its source states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationBlock,
    DesignationRecord,
    DocumentRecord,
    EdgeRecord,
    HistoryRecord,
    IdentifierRecord,
    LanguageBlock,
    PropertyBlock,
    PropertyRecord,
    Record,
    RefsetMemberBlock,
    RefsetMemberRecord,
    RefsetRecord,
    SourceRows,
)

_KINDS: dict[type, str] = {
    CodeSystemRecord: "code systems",
    ConceptRecord: "concepts",
    EdgeRecord: "hierarchy edges",
    DesignationRecord: "designations",
    PropertyRecord: "properties",
    RefsetRecord: "reference sets",
    RefsetMemberRecord: "reference set members",
    HistoryRecord: "earlier states",
    IdentifierRecord: "identifiers",
}
"""Record type -> the word under which the store counts it; documents count under their type."""

_BLOCKS: dict[type, str] = {
    DesignationBlock: "designations",
    PropertyBlock: "properties",
    RefsetMemberBlock: "reference set members",
    LanguageBlock: "reference set members",
}

_DOCUMENTS = ("ValueSet", "ConceptMap", "NamingSystem", "StructureDefinition")
_ALSO_CALLED = {"edges": "hierarchy edges"}


def block_size(record: Record) -> int:
    """Return the number of records that `record` stands for (1 where it is no block)."""
    match record:
        case DesignationBlock() | PropertyBlock() | RefsetMemberBlock():
            return len(record.rows)
        case LanguageBlock():
            return len(record.state)
        case _:
            return 1


class Tally:
    """Counts records by kind."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.counts: Counter[str] = Counter()

    def add(self, record: Record) -> None:
        """Count one record, or the records of a block; source rows are counted as what they say."""
        if isinstance(record, SourceRows):
            return
        kind = _BLOCKS.get(type(record))
        if kind is not None:
            self.counts[kind] += block_size(record)
            return
        known = isinstance(record, DocumentRecord)
        self.counts[record.type if known else _KINDS[type(record)]] += 1  # type: ignore[union-attr]

    def watch(self, records: Iterable[Record], *, at_end: Callable[[], None]) -> Iterator[Record]:
        """Yield the records, count them, and call `at_end` after the last."""
        for record in records:
            self.add(record)
            yield record
        at_end()


def check_counts(stated: Mapping[str, int], counted: Mapping[str, int]) -> None:
    """Compare what the source states with what was read, kind by kind.

    Kinds that only the source knows (rows of a publisher's file) are passed over.
    Raises: InvalidSource naming every kind that differs.
    """
    comparable = {*_KINDS.values(), *_DOCUMENTS}
    named = {_ALSO_CALLED.get(kind, kind): number for kind, number in stated.items()}
    wrong = [
        f"{kind}: {number} stated, {counted.get(kind, 0)} read"
        for kind, number in named.items()
        if kind in comparable and counted.get(kind, 0) != number
    ]
    if wrong:
        raise InvalidSource(
            f"The counts of the source do not match what was read: {'; '.join(wrong)}"
        )
