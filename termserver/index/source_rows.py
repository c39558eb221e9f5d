"""Rows of a source that the tables of a pack keep in part, packed: some 6 bytes a relationship.

One file of frames, each some ten thousand rows: its length, then compressed the kind, the columns
that are numbers and for each row the number of what stands in its other columns. A column of
concepts is written as their ranks among the ids of the concept rows before it, any other as
differences; both byte by byte, which is what packs well. No request reads the file; who builds on
a pack reads it once.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from termserver.index.files import DTYPES, open_bytes
from termserver.records import SourceRows

FILE = "kept.rows"
_LEVEL = 4
_LENGTH = struct.Struct("<I")
_CONCEPT = "concept"
_DIFFERENCES, _RANKS = "q", "I"
"""How a column is written."""


class _Ranks:
    """The ids of the concepts, of which the rows stand before all others that name them."""

    def __init__(self) -> None:
        self._blocks: list[NDArray[np.int64]] = []
        self._sorted: NDArray[np.int64] | None = None

    def add(self, ids: NDArray[np.int64]) -> None:
        self._blocks.append(ids)
        self._sorted = None

    def ids(self) -> NDArray[np.int64]:
        if self._sorted is None:
            self._sorted = np.unique(np.concatenate([np.empty(0, np.int64), *self._blocks]))
        return self._sorted

    def of(self, column: NDArray[np.int64]) -> NDArray[np.uint32] | None:
        """Return the ranks of a column, None where it does not hold concepts alone."""
        ids = self.ids()
        if not len(ids):
            return None
        at = np.minimum(np.searchsorted(ids, column), len(ids) - 1)
        return at.astype(np.uint32) if bool((ids[at] == column).all()) else None


class SourceRowsWriter:
    """Writes the file block by block; a pack without such rows has none."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of index files; the file is made with the first block."""
        self._path = folder / FILE
        self._begun = False
        self._ranks = _Ranks()

    def add(self, block: SourceRows) -> None:
        """Append a block."""
        columns = [np.frombuffer(one, dtype=np.int64) for one in block.numbers]
        written = [self._column(block.kind, one) for one in columns]
        if block.kind == _CONCEPT and columns:
            self._ranks.add(columns[0])
        form = "".join(form for form, _ in written)
        head = orjson.dumps([block.kind, block.at, len(block.state), block.states, form])
        state = _bytewise(_steps(np.frombuffer(block.state, dtype=np.uint32)))
        body = [_LENGTH.pack(len(head)), head, *(content for _, content in written), state]
        packed = zlib.compress(b"".join(body), _LEVEL)
        with self._path.open("ab" if self._begun else "wb") as file:
            file.write(_LENGTH.pack(len(packed)) + packed)
        self._begun = True

    def _column(self, kind: str, column: NDArray[np.int64]) -> tuple[str, bytes]:
        ranks = None if kind == _CONCEPT else self._ranks.of(column)
        if ranks is None:
            return _DIFFERENCES, _bytewise(_steps(column))
        return _RANKS, _bytewise(ranks)


def has_source_rows(folder: Path) -> bool:
    """Tell whether the pack with this folder of index files keeps source rows."""
    return (folder / FILE).exists()


def source_rows(folder: Path, kinds: Sequence[str]) -> Iterator[tuple[str, list[Sequence[str]]]]:
    """Yield (kind, rows) of the kinds, in blocks, in the order of the source.

    Raises: StoreError where the file is missing.
    """
    known: dict[tuple[str, tuple[int, ...]], list[tuple[str, ...]]] = {}
    ranks = _Ranks()
    for frame in _frames(open_bytes(folder / FILE)):
        (length,) = _LENGTH.unpack_from(frame)
        kind, places, count, states, form = orjson.loads(frame[4 : 4 + length])
        if kind not in {*kinds, _CONCEPT}:
            continue
        *numbers, state = _columns(frame, 4 + length, form + _RANKS, count)
        if kind == _CONCEPT and numbers:
            ranks.add(numbers[0])
        met = known.setdefault((kind, tuple(places)), [])
        met.extend(tuple(one) for one in states)
        if kind in kinds:
            columns = [
                ranks.ids()[one] if it == _RANKS else one
                for it, one in zip(form, numbers, strict=True)
            ]
            yield kind, _rows(tuple(places), columns, np.cumsum(state, dtype=np.uint32), met)


def _frames(content: memoryview) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        yield zlib.decompress(content[at : at + length])
        at += length


def _columns(frame: bytes, start: int, form: str, count: int) -> list[NDArray[Any]]:
    """Return the columns of a frame: ids that were differences, ranks and states as they stand."""
    found = []
    for code in form:
        size = np.dtype(DTYPES[code]).itemsize
        raw = np.frombuffer(frame, dtype=np.uint8, count=size * count, offset=start)
        column = np.ascontiguousarray(raw.reshape(size, count).T).view(DTYPES[code]).reshape(-1)
        found.append(np.cumsum(column, dtype=np.int64) if code == _DIFFERENCES else column)
        start += size * count
    return found


def _rows(
    at: tuple[int, ...],
    numbers: Sequence[NDArray[Any]],
    state: NDArray[Any],
    states: Sequence[tuple[str, ...]],
) -> list[Sequence[str]]:
    others = [states[one] for one in state.tolist()]
    if not at:
        return list(others)
    width = len(at) + len(others[0])
    places = [one for one in range(width) if one not in at]
    columns: list[Iterable[Any]] = [()] * width
    for place, number in zip(at, numbers, strict=True):
        columns[place] = map(str, number.tolist())
    for place, column in zip(places, zip(*others, strict=True), strict=True):
        columns[place] = column
    return list(zip(*columns, strict=True))


def _steps(column: NDArray[Any]) -> NDArray[Any]:
    with np.errstate(over="ignore"):
        return np.diff(column, prepend=column.dtype.type(0))


def _bytewise(column: NDArray[Any]) -> bytes:
    """Return a column with all first bytes first, then all second bytes, …"""
    little = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(column), -1).T.tobytes()
