"""Rows of a source that the tables of a pack keep in part, packed: about 11 bytes a relationship.

One file of frames, each some ten thousand rows: its length, then compressed the kind, the columns
that are numbers (differences, byte by byte, which is what packs well) and for each row the number
of what stands in its other columns. No request reads it; who builds on a pack reads it once.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from termserver.index.files import DTYPES, open_bytes
from termserver.records import SourceRows

FILE = "source.rows"
_LEVEL = 4
_LENGTH = struct.Struct("<I")


class SourceRowsWriter:
    """Writes the file block by block; a pack without such rows has none."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of index files; the file is made with the first block."""
        self._path = folder / FILE
        self._begun = False

    def add(self, block: SourceRows) -> None:
        """Append a block."""
        head = orjson.dumps([block.kind, block.at, len(block.state), block.states])
        body = [_LENGTH.pack(len(head)), head]
        body += [_bytewise(one, "q") for one in block.numbers]
        body.append(_bytewise(block.state, "I"))
        packed = zlib.compress(b"".join(body), _LEVEL)
        with self._path.open("ab" if self._begun else "wb") as file:
            file.write(_LENGTH.pack(len(packed)) + packed)
        self._begun = True


def has_source_rows(folder: Path) -> bool:
    """Tell whether the pack with this folder of index files keeps source rows."""
    return (folder / FILE).exists()


def source_rows(folder: Path, kinds: Sequence[str]) -> Iterator[tuple[str, list[Sequence[str]]]]:
    """Yield (kind, rows) of the kinds, in blocks, in the order of the source.

    Raises: StoreError where the file is missing.
    """
    known: dict[tuple[str, tuple[int, ...]], list[tuple[str, ...]]] = {}
    for frame in _frames(open_bytes(folder / FILE)):
        (length,) = _LENGTH.unpack_from(frame)
        kind, places, count, states = orjson.loads(frame[4 : 4 + length])
        if kind not in kinds:
            continue
        at = tuple(places)
        met = known.setdefault((kind, at), [])
        met.extend(tuple(one) for one in states)
        yield kind, _rows(at, _columns(frame, 4 + length, len(at), count), met)


def _frames(content: memoryview) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        yield zlib.decompress(content[at : at + length])
        at += length


def _columns(frame: bytes, start: int, numbers: int, count: int) -> list[list[int]]:
    found = []
    for code in "q" * numbers + "I":
        size = np.dtype(DTYPES[code]).itemsize
        raw = np.frombuffer(frame, dtype=np.uint8, count=size * count, offset=start)
        differences = np.ascontiguousarray(raw.reshape(size, count).T).view(DTYPES[code])
        found.append(np.cumsum(differences.reshape(-1), dtype=DTYPES[code]).tolist())
        start += size * count
    return found


def _rows(
    at: tuple[int, ...], columns: list[list[int]], states: Sequence[tuple[str, ...]]
) -> list[Sequence[str]]:
    *numbers, state = columns
    texts: list[Iterable[Any]] = [map(str, one) for one in numbers]
    others = [states[one] for one in state]
    if not at:
        return list(others)
    width = len(at) + len(others[0])
    places = [one for one in range(width) if one not in at]
    row_columns: list[Iterable[Any]] = [()] * width
    for place, column in zip(at, texts, strict=True):
        row_columns[place] = column
    for place, column in zip(places, zip(*others, strict=True), strict=True):
        row_columns[place] = column
    return list(zip(*row_columns, strict=True))


def _bytewise(values: array[int], code: str) -> bytes:
    """Return the differences of a column with all first bytes first, then all second bytes, …"""
    column = np.frombuffer(values, dtype=np.dtype(DTYPES[code]).newbyteorder("="))
    with np.errstate(over="ignore"):
        steps = np.diff(column, prepend=column.dtype.type(0)).astype(DTYPES[code])
    return steps.view(np.uint8).reshape(len(steps), -1).T.tobytes()
