"""SNOMED CT RF2: which row of a component is current, over Full files and over several archives.

Source: Release File Specification, 3.1.4 and 3.2: the current row of an id at a time is the one
with the greatest effectiveTime that is not after it. In an edition that time is the one that the
module dependency reference set names for the row's module.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from loaders.base import Progress
from loaders.rf2_files import Rf2File, Row, read_blocks
from termserver.errors import InvalidSource

Placed = tuple[Rf2File, int, Row]
"""A row with its file and line number."""


class Block(NamedTuple):
    """Some thousand rows of one file with their line numbers."""

    file: Rf2File
    lines: Sequence[int]
    rows: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Up to which effective time rows count: by module, `date` for modules that are not named.

    Times are the eight digits of the file, which compare as text.
    """

    date: str
    modules: Mapping[str, str] = field(default_factory=dict)

    def keeps(self, row: Row) -> bool:
        """Tell whether the row (effectiveTime, active, moduleId in columns 1 to 3) counts."""
        return row[1] <= self.modules.get(row[3], self.date)


def all_blocks(files: Iterable[Rf2File], progress: Progress | None = None) -> Iterator[Block]:
    """Yield every row of the files, in blocks."""
    for file in files:
        for first, rows in read_blocks(file, progress):
            yield Block(file, range(first, first + len(rows)), rows)


def placed(blocks: Iterable[Block]) -> Iterator[Placed]:
    """Yield the rows of blocks one by one."""
    for file, lines, rows in blocks:
        for line, row in zip(lines, rows, strict=True):
            yield file, line, row


def all_rows(files: Iterable[Rf2File], progress: Progress | None = None) -> Iterator[Placed]:
    """Yield every row of the files."""
    return placed(all_blocks(files, progress))


def current_blocks(
    files: Sequence[Rf2File], cut: Cut | None, progress: Progress | None = None
) -> Iterator[Block]:
    """Yield the current row of each id, in the order of files and lines, in blocks.

    `cut` None says that the files are one Snapshot: every row is current. Raises: InvalidSource
    for an id twice in one Snapshot, or with one effectiveTime and different content.
    """
    if cut is None:
        return once(files, progress)
    return _chosen(files, cut, progress)


def _chosen(files: Sequence[Rf2File], cut: Cut, progress: Progress | None) -> Iterator[Block]:
    newest = newest_times(files, cut)
    given: dict[str, int] = {}
    for block in all_blocks(files, progress):
        kept = [
            (line, row)
            for line, row in zip(block.lines, block.rows, strict=True)
            if newest.get(row[0]) == row[1]
            and cut.keeps(row)
            and is_first(block.file, line, row, given)
        ]
        if kept:
            yield Block(block.file, [line for line, _ in kept], [row for _, row in kept])


def is_first(file: Rf2File, line: int, row: Row, given: dict[str, int]) -> bool:
    """Tell whether the row is the first of its id; `given` remembers what each id said.

    Raises: InvalidSource where the first one said something else.
    """
    content = hash(tuple(row))
    before = given.get(row[0])
    if before is None:
        given[row[0]] = content
        return True
    if before != content:
        raise InvalidSource(
            f"the id {row[0]} has two different rows of {row[1]}", file=file.name, line=line
        )
    return False


def earlier_rows(files: Sequence[Rf2File], cut: Cut) -> Iterator[Placed]:
    """Yield the rows that `cut` keeps and that a later one of the same id replaces, each once."""
    newest = newest_times(files, cut)
    seen: set[tuple[str, str]] = set()
    for file, line, row in all_rows(files):
        if not cut.keeps(row) or newest[row[0]] == row[1] or (row[0], row[1]) in seen:
            continue
        seen.add((row[0], row[1]))
        yield file, line, row


def effective_times(files: Sequence[Rf2File]) -> list[str]:
    """Return every effective time in the files, ascending."""
    return sorted({row[1] for _, _, row in all_rows(files)})


def newest_times(files: Sequence[Rf2File], cut: Cut) -> dict[str, str]:
    """Return the effective time of the current row of each id."""
    newest: dict[str, str] = {}
    for _, _, row in all_rows(files):
        if cut.keeps(row) and newest.get(row[0], "") < row[1]:
            newest[row[0]] = row[1]
    return newest


def once(files: Sequence[Rf2File], progress: Progress | None) -> Iterator[Block]:
    """Yield all rows and check at the end that no id came twice (8 bytes an id, not a set)."""
    seen = array("q")
    for block in all_blocks(files, progress):
        seen.extend(map(hash, map(itemgetter(0), block.rows)))
        yield block
    values = np.sort(np.frombuffer(seen, dtype=np.int64)) if seen else np.empty(0, dtype=np.int64)
    twice = values[1:][values[1:] == values[:-1]]
    if len(twice):
        _name_duplicate(files, set(twice.tolist()))


def _name_duplicate(files: Sequence[Rf2File], hashes: set[int]) -> None:
    first: dict[str, str] = {}
    for file, line, row in all_rows(files):
        if hash(row[0]) not in hashes:
            continue
        place = f"{file.name}, line {line}"
        if row[0] in first:
            raise InvalidSource(
                f"the id {row[0]} is there twice (also {first[row[0]]}), which a Snapshot does "
                "not allow",
                file=file.name,
                line=line,
            )
        first[row[0]] = place
