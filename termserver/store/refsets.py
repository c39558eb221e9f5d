"""Reference sets into their tables; language rows, the most numerous of a release, into columns."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Sequence

from termserver.records import (
    LanguageBlock,
    RefsetMemberBlock,
    RefsetMemberRecord,
    RefsetMemberRow,
    RefsetRecord,
)
from termserver.store import statements as sql
from termserver.store.batches import Batches
from termserver.store.interned import Interned
from termserver.store.rows import member_id, to_json

SHARED = 1000
"""So many distinct fields of one column are kept once; what comes after stands in its row."""


class Refsets:
    """Writes reference sets and their rows; `members` gathers active concepts by reference set,
    `language` the blocks that the index of language rows is made of.
    """

    def __init__(self, batches: Batches, counts: Counter[str], modules: Interned[int]) -> None:
        """Take where rows and counts go, and the numbers of modules."""
        self.members: dict[int, array[int]] = {}
        self.language: list[LanguageBlock] = []
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

    def member(self, record: RefsetMemberRecord, find: Callable[[str], int | None]) -> None:
        """Store a row; `find` gives the ordinal of a component that is a concept."""
        row = (
            record.refset,
            record.component,
            record.fields,
            record.active,
            record.id,
            record.module,
            record.effective_time,
        )
        self._store([row], find)

    def block(self, block: RefsetMemberBlock, find: Callable[[str], int | None]) -> None:
        """Store the rows of a block as `member` does."""
        self._store(block.rows, find)

    def language_block(self, block: LanguageBlock) -> None:
        """Keep rows of language reference sets; their components are descriptions, no concepts."""
        self._counts["reference set members"] += len(block.state)
        for refset in dict.fromkeys(state[0] for state in block.states):
            self._number(refset)
        self.language.append(block)

    def _store(self, rows: Sequence[RefsetMemberRow], find: Callable[[str], int | None]) -> None:
        self._counts["reference set members"] += len(rows)
        known, modules, numbers = self._fields, self._modules, self._numbers
        stored = []
        for refset, component, fields, active, id_, module, time in rows:
            ordinal = find(str(component))
            if ordinal is not None and active:
                if refset not in self.members:
                    self.members[refset] = array("I")
                self.members[refset].append(ordinal)
            stored.append(
                (
                    numbers.get(refset) or self._number(refset),
                    component,
                    ordinal,
                    int(active),
                    known.get(fields) or self._kept(fields),
                    member_id(id_),
                    None if module is None else modules(module),
                    time,
                )
            )
        self._batches.extend(sql.INSERT_REFSET_MEMBER, stored)

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
