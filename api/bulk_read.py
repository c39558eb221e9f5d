"""Files of codes -> rows: CSV (also with tabs or semicolons) and NDJSON; read as it is asked.

The plain way, which needs nothing installed; `api.bulk_frames` reads the same by polars.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from api.polars_extra import polars_module
from termserver.errors import InvalidSource
from valuesets.bulk import Row

PLAIN = (".csv", ".tsv", ".ndjson", ".jsonl")
READ = (*PLAIN, ".parquet")
FIELDS = ("code", "system", "version", "display")
_DELIMITERS = (",", ";", "\t")

Rows = Generator[Row, None, None]
Share = Callable[[], float]


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
            for field, name in zip(FIELDS, named, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of an open file, and the share of it that is read, 0 to 1."""

    rows: Rows
    share: Share


@contextmanager
def opened(path: Path, columns: Columns) -> Iterator[Source]:
    """Open a file of codes; rows are numbered from 1, a heading and empty lines not counted.

    Raises while reading: InvalidSource for a column that is not there, a file without rows, what
    is broken (with its line).
    """
    ending = path.suffix.lower()
    size = path.stat().st_size or 1
    with path.open("rb") as stream:
        read = _ndjson if ending in {".ndjson", ".jsonl"} else delimited
        rows = read(stream, path, columns)
        try:
            yield Source(rows=_some(rows, path), share=lambda: min(stream.tell() / size, 1.0))
        finally:
            rows.close()  # before the file: who stopped halfway left it open


def require_readable(path: Path) -> None:
    """Refuse an ending that is not known, and Parquet without polars. Raises: InvalidSource,
    NotSupported.
    """
    ending = path.suffix.lower()
    if ending not in READ:
        raise InvalidSource(
            f"'{ending or path.name}' is no ending that is known here: {', '.join(READ)}",
            file=str(path),
        )
    if ending not in PLAIN:
        polars_module()


def _some(rows: Iterable[Row], path: Path) -> Rows:
    row = None
    for row in rows:
        yield row
    if row is None:
        raise InvalidSource("it has no rows", file=str(path))


def places_of(header: Sequence[str], path: Path, columns: Columns) -> list[int | None]:
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


@dataclass(slots=True)
class Place:
    """A place in the middle of a file: its heading, and the lines and rows before."""

    header: list[str]
    delimiter: str
    lines: int = 0
    rows: int = 0


def delimiter_of(stream: BinaryIO, path: Path, columns: Columns) -> str:
    """Return what divides the cells: a tab in .tsv, else what makes the heading name the codes.

    A comma, a semicolon (as spreadsheets write where the comma is in numbers) or a tab; a comma
    where none does. The stream is at its beginning again.
    """
    if path.suffix.lower() == ".tsv":
        return "\t"
    head = stream.readline().decode("utf-8-sig", "replace")
    stream.seek(0)
    for one in _DELIMITERS:
        if columns.code in _headings(head, one):
            return one
    return ","


def _headings(head: str, delimiter: str) -> list[str]:
    """Return the cells of the first line, which may end in a carriage return alone."""
    try:
        cells = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []  # named by who reads strictly
    return [one.strip() for one in cells]


def delimited(stream: BinaryIO, path: Path, columns: Columns, place: Place | None = None) -> Rows:
    """Yield the rows of CSV, strictly; of the rest of a file where `place` tells what was before.

    Raises: InvalidSource.
    """
    before = 0 if place is None else place.lines
    delimiter = delimiter_of(stream, path, columns) if place is None else place.delimiter
    encoding = "utf-8-sig" if place is None else "utf-8"
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    lines = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        if place is None:
            header = next(lines, None)
            if header is None:
                raise InvalidSource("it is empty", file=str(path))
            place = Place(header=[one.strip() for one in header], delimiter=delimiter)
        yield from _cells(lines, place, path, columns)
    except csv.Error as error:
        line = before + lines.line_num
        raise InvalidSource(f"not CSV: {error}", file=str(path), line=line) from error
    except UnicodeDecodeError as error:
        line = before + lines.line_num
        after = f"after line {line}: " if line else ""
        raise InvalidSource(f"{after}not UTF-8: {error.reason}", file=str(path)) from error
    finally:
        text.detach()


def _cells(lines: Any, place: Place, path: Path, columns: Columns) -> Rows:
    width, number = len(place.header), place.rows
    code, system, version, display = (
        width if one is None else one for one in places_of(place.header, path, columns)
    )
    for cells in lines:
        if not cells:
            continue
        if len(cells) != width:
            raise InvalidSource(
                f"{len(cells)} cells under {width} headings",
                file=str(path),
                line=place.lines + lines.line_num,
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
