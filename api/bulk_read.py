"""Files of codes -> rows: CSV (also tab-separated), NDJSON, Parquet; read as they are asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from api.parquet import parquet_module
from termserver.errors import InvalidSource
from valuesets.bulk import Row

READ = (".csv", ".tsv", ".ndjson", ".jsonl", ".parquet")
_FIELDS = ("code", "system", "version", "display")
_BATCH = 16_384

Rows = Generator[Row, None, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of the columns. None: the column of the field's own name, where there is one.

    An empty name: no column, though there is one of the field's name.
    """

    code: str = "code"
    system: str | None = None
    version: str | None = None
    display: str | None = None

    def wanted(self) -> tuple[tuple[str, bool], ...]:
        """Return (name, whether it must be there) of each field, the name empty for no column."""
        named = (self.code, self.system, self.version, self.display)
        return tuple(
            (field if name is None else name, bool(name))
            for field, name in zip(_FIELDS, named, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of an open file, and the share of it that is read, 0 to 1."""

    rows: Rows
    share: Callable[[], float]


@contextmanager
def opened(path: Path, columns: Columns) -> Iterator[Source]:
    """Open a file of codes; rows are numbered from 1, a heading and empty lines not counted.

    Raises: InvalidSource for an unknown ending, a column that is not there, a file without rows;
    while reading for what is broken, with its line.
    """
    ending = path.suffix.lower()
    if ending not in READ:
        raise InvalidSource(
            f"'{ending or path.name}' is no ending that is known here: {', '.join(READ)}",
            file=str(path),
        )
    with path.open("rb") as stream:
        if ending == ".parquet":
            source = _parquet(stream, path, columns)
        else:
            size = path.stat().st_size or 1
            lines = _ndjson if ending in {".ndjson", ".jsonl"} else _delimited
            source = Source(
                rows=lines(stream, path, columns), share=lambda: min(stream.tell() / size, 1.0)
            )
        try:
            yield Source(rows=_some(source.rows, path), share=source.share)
        finally:
            source.rows.close()  # before the file: who stopped halfway left it open


def _some(rows: Iterable[Row], path: Path) -> Rows:
    row = None
    for row in rows:
        yield row
    if row is None:
        raise InvalidSource("it has no rows", file=str(path))


def _places(header: Sequence[str], path: Path, columns: Columns) -> list[int | None]:
    """Return where each field stands, None for a field without column. Raises: InvalidSource."""
    places: list[int | None] = []
    for name, needed in columns.wanted():
        found = [at for at, one in enumerate(header) if name and one == name]
        if len(found) > 1:
            raise InvalidSource(f"the column '{name}' stands there twice", file=str(path), line=1)
        if needed and not found:
            raise _no_column(name, header, path)
        places.append(found[0] if found else None)
    return places


def _no_column(name: str, header: Iterable[str], path: Path) -> InvalidSource:
    there = ", ".join(f"'{one}'" for one in header) or "none"
    advice = "; --system names one system for all rows" if name == "system" else ""
    return InvalidSource(f"there is no column '{name}'; columns: {there}{advice}", file=str(path))


# -- CSV ------------------------------------------------------------------------------------------


def _delimited(stream: BinaryIO, path: Path, columns: Columns) -> Rows:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    lines = csv.reader(text, delimiter="\t" if path.suffix.lower() == ".tsv" else ",", strict=True)
    try:
        header = next(lines, None)
        if header is None:
            raise InvalidSource("it is empty", file=str(path))
        yield from _cells(lines, header, path, columns)
    except csv.Error as error:
        raise InvalidSource(f"not CSV: {error}", file=str(path), line=lines.line_num) from error
    except UnicodeDecodeError as error:
        place = f"after line {lines.line_num}: " if lines.line_num else ""
        raise InvalidSource(f"{place}not UTF-8: {error.reason}", file=str(path)) from error
    finally:
        text.detach()


def _cells(lines: Any, header: list[str], path: Path, columns: Columns) -> Rows:
    places = [
        len(header) if one is None else one
        for one in _places([one.strip() for one in header], path, columns)
    ]
    code, system, version, display = places
    width, number = len(header), 0
    for cells in lines:
        if not cells:
            continue
        if len(cells) != width:
            raise InvalidSource(
                f"{len(cells)} cells under {width} headings", file=str(path), line=lines.line_num
            )
        number += 1
        cells.append("")  # what a field without column reads
        yield Row(
            number,
            cells[code] or None,
            cells[system] or None,
            cells[version] or None,
            cells[display] or None,
        )


# -- NDJSON ---------------------------------------------------------------------------------------


def _ndjson(stream: BinaryIO, path: Path, columns: Columns) -> Rows:
    wanted = columns.wanted()
    missing = {name for name, needed in wanted if needed}
    header: dict[str, None] = {}
    number = 0
    for at, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        value = _object(line, path, at)
        number += 1
        if number == 1:
            header = dict.fromkeys(value)
            if columns.code not in value:
                raise _no_column(columns.code, header, path)
        missing -= value.keys()
        yield Row(number, *(_text(value, name, path, at) for name, _ in wanted))
    if number and missing:
        raise _no_column(min(missing), header, path)


def _object(line: bytes, path: Path, at: int) -> Mapping[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InvalidSource(f"not JSON: {error.msg}", file=str(path), line=at) from error
    if not isinstance(value, dict):
        raise InvalidSource("no JSON object", file=str(path), line=at)
    return value


def _text(value: Mapping[str, Any], name: str, path: Path, at: int) -> str | None:
    found = value.get(name) if name else None
    if found is None or isinstance(found, str):
        return found or None
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise InvalidSource(f"'{name}' is neither text nor a whole number", file=str(path), line=at)


# -- Parquet --------------------------------------------------------------------------------------


def _parquet(stream: BinaryIO, path: Path, columns: Columns) -> Source:
    arrow, parquet = parquet_module("pyarrow"), parquet_module("pyarrow.parquet")
    try:
        file = parquet.ParquetFile(stream)
    except arrow.ArrowInvalid as error:
        raise InvalidSource(f"not Parquet: {error}", file=str(path)) from error
    header = list(file.schema_arrow.names)
    names = [None if at is None else header[at] for at in _places(header, path, columns)]
    for name in filter(None, names):
        kind = file.schema_arrow.field(name).type
        if arrow.types.is_dictionary(kind):
            kind = kind.value_type
        if not _is_text(arrow, kind):
            raise InvalidSource(f"'{name}' ({kind}) is neither text nor integer", file=str(path))
    done = [0]
    total = file.metadata.num_rows or 1
    return Source(rows=_batches(file, names, done), share=lambda: done[0] / total)


def _is_text(arrow: Any, kind: Any) -> bool:
    one = arrow.types
    return bool(one.is_string(kind) or one.is_large_string(kind) or one.is_integer(kind))


def _batches(file: Any, names: Sequence[str | None], done: list[int]) -> Rows:
    wanted = [name for name in names if name is not None]
    for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
        size = batch.num_rows
        lists = [
            [None] * size if name is None else batch.column(name).to_pylist() for name in names
        ]
        for values in zip(*lists, strict=True):
            done[0] += 1
            yield Row(done[0], *(None if one in {None, ""} else str(one) for one in values))
