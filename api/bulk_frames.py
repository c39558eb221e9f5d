"""Files of codes -> polars frames of a field a column, a part of the file each; rows in order.

What is read and what is refused is that of `api.bulk_read`. CSV is given to polars only where no
reading of it is in doubt: a part with quotes, lone carriage returns, empty lines, or other than as
many cells as headings goes, with the rest of the file, to the strict reader, which names the line.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from api.bulk_read import (
    FIELDS,
    Columns,
    Place,
    Share,
    delimited,
    delimiter_of,
    opened,
    places_of,
)
from api.polars_extra import polars_module
from termserver.errors import InvalidSource

if TYPE_CHECKING:
    import polars as pl

_CHUNK = 1 << 24
_ROWS = 1_000_000
_PLAIN_ROWS = 65_536

Frames = Iterator["pl.DataFrame"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSource:
    """Frames of an open file, none of them empty, and the share of it that is read, 0 to 1.

    Columns are text, named by the fields (code, system, version, display) that the file has; what
    a row does not say is null.
    """

    frames: Frames
    share: Share


@contextmanager
def opened_frames(path: Path, columns: Columns) -> Iterator[FrameSource]:
    """Open a file of codes. Raises: as `api.bulk_read.opened`, and NotSupported without polars."""
    ending = path.suffix.lower()
    if ending == ".parquet":
        yield _parquet(path, columns)
    elif ending in {".csv", ".tsv"}:
        size = path.stat().st_size or 1
        with path.open("rb") as stream:
            frames = _some(_delimited_frames(stream, path, columns), path)
            yield FrameSource(frames=frames, share=lambda: min(stream.tell() / size, 1.0))
    else:
        with opened(path, columns) as source:
            yield FrameSource(frames=_of_rows(source.rows), share=source.share)


def _some(frames: Frames, path: Path) -> Frames:
    found = False
    for frame in frames:
        if len(frame):
            found = True
            yield frame
    if not found:
        raise InvalidSource("it has no rows", file=str(path))


def _of_rows(rows: Iterator[Any]) -> Frames:
    polars = polars_module()
    schema = dict.fromkeys(FIELDS, polars.String)
    while some := [row[1:] for row in islice(rows, _PLAIN_ROWS)]:
        yield polars.DataFrame(some, schema=schema, orient="row")


# -- CSV ------------------------------------------------------------------------------------------


def _delimited_frames(stream: BinaryIO, path: Path, columns: Columns) -> Frames:
    delimiter = delimiter_of(stream, path, columns)
    head = stream.readline()
    if not head or _in_doubt(head, 1, None):
        stream.seek(0)
        yield from _of_rows(delimited(stream, path, columns))
        return
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSource(f"not UTF-8: {error.reason}", file=str(path)) from error
    header = [one.strip() for one in next(csv.reader([text], delimiter=delimiter))]
    at = Place(header=header, delimiter=delimiter, lines=1)
    places = places_of(header, path, columns)
    while chunk := stream.read(_CHUNK):
        chunk += stream.readline()
        frame = _plain(chunk, len(header), delimiter, places)
        if frame is None:
            stream.seek(-len(chunk), 1)
            yield from _of_rows(delimited(stream, path, columns, at))
            return
        at.lines += len(frame)
        at.rows += len(frame)
        yield frame


def _plain(
    chunk: bytes, width: int, delimiter: str, places: list[int | None]
) -> pl.DataFrame | None:
    """Return the frame of whole lines, None where a strict reader must decide."""
    polars = polars_module()
    # polars takes a mark at the beginning for no text, but the file began before
    if chunk.startswith(BOM_UTF8) or _in_doubt(chunk, width, delimiter.encode()):
        return None
    wanted = {at: field for field, at in zip(FIELDS, places, strict=True) if at is not None}
    names = [wanted.get(at, f"column {at}") for at in range(width)]
    try:
        frame: pl.DataFrame = polars.read_csv(
            chunk,
            has_header=False,
            separator=delimiter,
            quote_char=None,
            # with all columns: polars counts the cells of a line only up to the last one it reads
            schema=dict.fromkeys(names, polars.String),
        )
    except polars.exceptions.PolarsError:
        return None
    return frame.select([wanted[at] for at in sorted(wanted)])


def _in_doubt(chunk: bytes, width: int, delimiter: bytes | None) -> bool:
    """Tell whether lines could be read in two ways, or are not all of `width` cells.

    Too many cells in one line and too few in another would count right; polars refuses the former.
    """
    if b'"' in chunk or chunk.count(b"\r") != chunk.count(b"\r\n"):
        return True
    plain = chunk.replace(b"\r\n", b"\n") if b"\r" in chunk else chunk
    if plain.startswith(b"\n") or b"\n\n" in plain:
        return True
    lines = plain.count(b"\n") + (not plain.endswith(b"\n"))
    return delimiter is not None and plain.count(delimiter) != lines * (width - 1)


# -- Parquet --------------------------------------------------------------------------------------


def _parquet(path: Path, columns: Columns) -> FrameSource:
    polars = polars_module()
    try:
        table = polars.scan_parquet(path)
        schema = table.collect_schema()
        total = table.select(polars.len()).collect().item()
    except polars.exceptions.PolarsError as error:
        raise InvalidSource(f"not Parquet: {error}", file=str(path)) from error
    header = list(schema.names())
    fields = []
    for field, at in zip(FIELDS, places_of(header, path, columns), strict=True):
        if at is None:
            continue
        kind = schema[header[at]]
        text = {polars.String, polars.Categorical, polars.Enum}
        if not (kind.base_type() in text or kind.is_integer()):
            raise InvalidSource(
                f"'{header[at]}' ({kind}) is neither text nor integer", file=str(path)
            )
        value = polars.col(header[at]).cast(polars.String)
        fields.append(polars.when(value != "").then(value).alias(field))
    done = [0]
    return FrameSource(
        frames=_some(_slices(table.select(fields), done), path),
        share=lambda: done[0] / (total or 1),
    )


def _slices(table: Any, done: list[int]) -> Frames:
    while len(frame := table.slice(done[0], _ROWS).collect()):
        done[0] += len(frame)
        yield frame
