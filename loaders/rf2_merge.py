"""SNOMED CT RF2: an extension over its base, of whose rows it replaces few.

The rule is that of `rf2_full`. Where the base is one Snapshot, its ids stand there once each: then
only the ids of the extension are remembered, which are a hundredth of them, and each file is read
once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress
from operator import itemgetter

from loaders.base import Progress
from loaders.rf2_files import Rf2File, Row
from loaders.rf2_full import (
    Block,
    Cut,
    Placed,
    all_blocks,
    all_rows,
    current_blocks,
    earlier_rows,
    is_first,
    newest_times,
    once,
    placed,
)

_STATE = itemgetter(1, 3)


def merged_blocks(
    files: Sequence[Rf2File], cut: Cut | None, progress: Progress | None = None
) -> Iterator[Block]:
    """Yield the current row of each id as `rf2_full.current_blocks` does, of a base first.

    Raises: InvalidSource for an id twice in a Snapshot that others build on, or with one
    effectiveTime and different content.
    """
    base, others = _split(files)
    if cut is None or not base or not others:
        return current_blocks(files, cut, progress)
    return _merged(base, others, cut, progress)


def merged_earlier(files: Sequence[Rf2File], cut: Cut) -> Iterator[Placed]:
    """Yield the rows that a later one replaces, as `rf2_full.earlier_rows` does."""
    base, others = _split(files)
    if not base:
        return earlier_rows(files, cut)
    return _earlier(base, others, cut)


def _split(files: Sequence[Rf2File]) -> tuple[list[Rf2File], list[Rf2File]]:
    """Return the files of the first source and all others; the first empty if it is no Snapshot."""
    first = {one.source for one in files[:1]}
    base = [one for one in files if one.source in first]
    if any(one.release != "Snapshot" for one in base):
        return [], list(files)
    return base, [one for one in files if one.source not in first]


def _merged(
    base: Sequence[Rf2File], others: Sequence[Rf2File], cut: Cut, progress: Progress | None
) -> Iterator[Block]:
    newest = newest_times(others, cut)
    given: dict[str, int] = {}

    def is_current(file: Rf2File, line: int, row: Row) -> bool:
        time = newest.get(row[0])
        if time is None:
            return True
        if time > row[1]:
            return False
        newest[row[0]] = row[1]
        return is_first(file, line, row, given)

    for block in once(base, progress):
        kept = _kept(block, cut)
        if not newest.keys().isdisjoint(row[0] for row in kept.rows):
            kept = _chosen(kept, [is_current(*one) for one in placed([kept])])
        if kept.rows:
            yield kept
    for block in all_blocks(others, progress):
        kept = _kept(block, cut)
        kept = _chosen(
            kept,
            [
                newest[row[0]] == row[1] and is_first(file, line, row, given)
                for file, line, row in placed([kept])
            ],
        )
        if kept.rows:
            yield kept


def _kept(block: Block, cut: Cut) -> Block:
    """Return the block without the rows that do not count, which are none in most."""
    if all(cut.keeps(["", time, "", module]) for time, module in set(map(_STATE, block.rows))):
        return block
    return _chosen(block, map(cut.keeps, block.rows))


def _chosen(block: Block, chosen: Iterable[bool]) -> Block:
    marks = list(chosen)
    return Block(block.file, list(compress(block.lines, marks)), list(compress(block.rows, marks)))


def _earlier(base: Sequence[Rf2File], others: Sequence[Rf2File], cut: Cut) -> Iterator[Placed]:
    newest = newest_times(others, cut)
    if not newest:
        return
    replaced = []
    for block in all_blocks(base):
        if newest.keys().isdisjoint(row[0] for row in block.rows):
            continue
        for file, line, row in placed([block]):
            if row[0] in newest and cut.keeps(row):
                replaced.append((file, line, row))
                newest[row[0]] = max(newest[row[0]], row[1])
    seen: set[tuple[str, str]] = set()
    for file, line, row in chain(replaced, all_rows(others)):
        key = (row[0], row[1])
        if cut.keeps(row) and newest[row[0]] != row[1] and key not in seen:
            seen.add(key)
            yield file, line, row
