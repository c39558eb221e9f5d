"""SNOMED CT RF2: which row of a component is current, over Full files and over several archives.

Source: Release File Specification, 3.1.4 and 3.2: the current row of an id at a time is the one
with the greatest effectiveTime that is not after it. In an edition that time is the one that the
module dependency reference set names for the row's module.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from loaders.base import Progress
from loaders.rf2_files import Rf2File, Row, read_rows
from termserver.errors import InvalidSource

Placed = tuple[Rf2File, int, Row]
"""A row with its file and line number."""


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


def all_rows(files: Iterable[Rf2File], progress: Progress | None = None) -> Iterator[Placed]:
    """Yield every row of the files."""
    for file in files:
        for line, row in read_rows(file, progress):
            yield file, line, row


def current_rows(
    files: Sequence[Rf2File], cut: Cut | None, progress: Progress | None = None
) -> Iterator[Placed]:
    """Yield the current row of each id, in the order of files and lines.

    `cut` None says that the files are one Snapshot: every row is current. Raises: InvalidSource
    for an id twice in one Snapshot, or with one effectiveTime and different content.
    """
    if cut is None:
        yield from _once(files, progress)
        return
    newest = _newest(files, cut)
    given: dict[str, int] = {}
    for file, line, row in all_rows(files, progress):
        if newest.get(row[0]) != row[1] or not cut.keeps(row):
            continue
        content = hash(tuple(row))
        before = given.get(row[0])
        if before is None:
            given[row[0]] = content
            yield file, line, row
        elif before != content:
            raise InvalidSource(
                f"the id {row[0]} has two different rows of {row[1]}", file=file.name, line=line
            )


def earlier_rows(files: Sequence[Rf2File], cut: Cut) -> Iterator[Placed]:
    """Yield the rows that `cut` keeps and that a later one of the same id replaces, each once."""
    newest = _newest(files, cut)
    seen: set[tuple[str, str]] = set()
    for file, line, row in all_rows(files):
        if not cut.keeps(row) or newest[row[0]] == row[1] or (row[0], row[1]) in seen:
            continue
        seen.add((row[0], row[1]))
        yield file, line, row


def effective_times(files: Sequence[Rf2File]) -> list[str]:
    """Return every effective time in the files, ascending."""
    return sorted({row[1] for _, _, row in all_rows(files)})


def _newest(files: Sequence[Rf2File], cut: Cut) -> dict[str, str]:
    newest: dict[str, str] = {}
    for _, _, row in all_rows(files):
        if cut.keeps(row) and newest.get(row[0], "") < row[1]:
            newest[row[0]] = row[1]
    return newest


def _once(files: Sequence[Rf2File], progress: Progress | None) -> Iterator[Placed]:
    """Yield all rows and check at the end that no id came twice (8 bytes an id, not a set)."""
    seen = array("q")
    for file in files:
        for line, row in read_rows(file, progress):
            seen.append(hash(row[0]))
            yield file, line, row
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
