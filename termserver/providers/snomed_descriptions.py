"""Descriptions of an edition as columns, for the description filters of ECL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.ecl.columns import contains
from termserver.ecl.source import Column, DescriptionFacts, DescriptionRows
from termserver.providers.stored import StoredProvider
from termserver.store.reader import SLOTS, Reader
from termserver.systems import FULLY_SPECIFIED_NAME, SYNONYM

_TYPES = {
    FULLY_SPECIFIED_NAME: "fullyspecifiedname",
    SYNONYM: "synonym",
    "900000000000550004": "definition",
}
_SHARED = ("kind", "acceptability", "active", "module", "time")
_STORED = np.dtype([("row", "i8"), *((name, "i4") for name in _SHARED)])
_FEW = 10_000
"""So many concepts are asked for by themselves; for more, the columns of all are read and kept.
Texts are read for so many descriptions at once."""
_MOST = 2**62


class Descriptions:
    """The descriptions of one edition. What it keeps is as immutable as the pack."""

    def __init__(self, stored: StoredProvider, *, few: int = _FEW) -> None:
        """Take the edition; nothing is read yet."""
        self._stored = stored
        self._few = few
        self._reader = stored.pack.reader

    def of(self, concepts: ConceptSet) -> DescriptionRows:
        """Return the descriptions of concepts, inactive ones too.

        Cost: by their number; for many concepts the first call reads the columns of the edition
        (1.7 million descriptions: 2 seconds, 20 MB that are kept), later ones look into them.
        """
        if len(concepts) <= self._few:
            return _rows(self._reader, self._reader.designation_facts_of(list(concepts)))
        rows = self._every
        inside = contains(concepts, rows.ordinal)
        if inside.all():
            return rows
        return DescriptionRows(
            row=rows.row[inside],
            ordinal=rows.ordinal[inside],
            facts=rows.facts[inside],
            shared=rows.shared,
        )

    @cached_property
    def _every(self) -> DescriptionRows:
        stored = self._stored
        return _rows(self._reader, self._reader.designation_facts(stored.first, stored.last))

    def terms(self, rows: Column) -> Iterator[str]:
        """Yield the texts of descriptions by their row numbers (ascending), in that order."""
        for start in range(0, len(rows), self._few):
            some = rows[start : start + self._few].tolist()
            first, last = some[0] >> SLOTS, (some[-1] >> SLOTS) + 1
            if len(some) < last - first:
                # where they stand apart, seeking each costs less than reading what is between
                yield from self._reader.designation_terms_of(some)
            else:
                wanted = set(some)
                for row, text in self._reader.designation_terms(first, last):
                    if row in wanted:
                        yield text

    def rows_of(self, ids: Sequence[int]) -> Column:
        """Return the row numbers of descriptions by their identifiers, ascending."""
        return np.array(self._reader.designations_described(ids), dtype=np.int64)


def _rows(reader: Reader, stored: Iterator[tuple[int, ...]]) -> DescriptionRows:
    found = np.fromiter(stored, dtype=_STORED)
    columns = [found[name] for name in _SHARED]
    first, numbers = _numbered(columns)
    shared = zip(*(column[first].tolist() for column in columns), strict=True)
    return DescriptionRows(
        row=found["row"].copy(),
        ordinal=(found["row"] >> SLOTS).astype(np.uint32),
        facts=numbers.astype(np.uint32),
        shared=tuple(_facts(reader, *one) for one in shared),
    )


def _facts(
    reader: Reader, kind: int, acceptability: int, active: int, module: int, time: int
) -> DescriptionFacts:
    language, use = reader.designation_kind(kind)
    code = (use.code if use is not None else None) or SYNONYM
    preferred, acceptable = reader.acceptability(acceptability)
    return DescriptionFacts(
        language=(language or "").lower(),
        type=_TYPES.get(code, ""),
        type_id=int(code) if code.isdigit() else 0,
        active=active == 1,
        module=reader.module(module if module >= 0 else None),
        effective_time=time or None,
        preferred_in=preferred,
        acceptable_in=acceptable,
    )


def _numbered(columns: Sequence[Column]) -> tuple[Column, Column]:
    """Number the combinations of values: where each stands first, and the number of each row."""
    number, most = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns if len(number) else ():
        low = int(column.min())
        span = int(column.max()) - low + 1
        if most * span > _MOST:
            number = np.unique(number, return_inverse=True)[1]
            most = len(number)
        number, most = number * span + (column - low), most * span
    _, first, numbers = np.unique(number, return_index=True, return_inverse=True)
    return first, numbers
