"""Reference sets into their tables; language rows are the most numerous of a release."""

from __future__ import annotations

from array import array
from collections import Counter

from termserver.records import RefsetMemberRecord, RefsetRecord
from termserver.store import statements as sql
from termserver.store.batches import Batches
from termserver.store.interned import Interned
from termserver.store.rows import member_id, to_json

SHARED = 1000
"""So many distinct fields of one column are kept once; what comes after stands in its row."""


class Refsets:
    """Writes reference sets and their rows; `members` gathers active concepts by reference set."""

    def __init__(self, batches: Batches, counts: Counter[str], modules: Interned[int]) -> None:
        """Take where rows and counts go, and the numbers of modules."""
        self.members: dict[int, array[int]] = {}
        self._batches = batches
        self._counts = counts
        self._modules = modules
        self._numbers: dict[int, int] = {}
        self._declared: set[int] = set()
        self._fields: dict[tuple[str, ...], int] = {}

    def refset(self, record: RefsetRecord) -> None:
        """Store what a reference set is (its rows may have come before)."""
        self._counts["reference sets"] += 1
        self._declared.add(record.refset)
        row = (
            self._number(record.refset),
            record.refset,
            record.pattern,
            to_json(list(record.columns)),
        )
        self._batches.add(sql.INSERT_REFSET, row)

    def member(self, record: RefsetMemberRecord, ordinal: int | None) -> None:
        """Store a row; `ordinal` where its component is a concept."""
        self._counts["reference set members"] += 1
        refset = record.refset
        if ordinal is not None and record.active:
            if refset not in self.members:
                self.members[refset] = array("I")
            self.members[refset].append(ordinal)
        module = record.module
        row = (
            self._numbers.get(refset) or self._number(refset),
            record.component,
            ordinal,
            int(record.active),
            self._fields.get(record.fields) or self._kept(record.fields),
            member_id(record.id),
            None if module is None else self._modules(module),
            record.effective_time,
        )
        self._batches.add(sql.INSERT_REFSET_MEMBER, row)

    def finish(self) -> None:
        """Store the reference sets of which there are rows only."""
        for refset, number in self._numbers.items():
            if refset not in self._declared:
                self._batches.add(sql.INSERT_REFSET, (number, refset, "", "[]"))

    def _number(self, refset: int) -> int:
        return self._numbers.setdefault(refset, len(self._numbers) + 1)

    def _kept(self, fields: tuple[str, ...]) -> int | str:
        if len(fields) > 1 or len(self._fields) >= SHARED:
            return to_json(fields)
        number = self._fields[fields] = len(self._fields) + 1
        self._batches.add(sql.INSERT_MEMBER_FIELDS, (number, to_json(fields)))
        return number
