"""Reading delimited tables of publishers: strict, with file and line in every complaint."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from termserver.errors import InvalidSource

# LOINC has fields longer than csv's default of 131072 characters (notices, related names).
_MAX_FIELD = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One data row: its file, its line (1-based, the last of the row) and its fields by column."""

    file: str
    line: int
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a field of a column that the table was required to have."""
        return self.fields[column]

    def get(self, column: str) -> str:
        """Return a field without the blanks around it; empty where the column is absent."""
        return (self.fields.get(column) or "").strip()

    def need(self, column: str) -> str:
        """Return a field that must not be empty. Raises: InvalidSource with file and line."""
        value = self.get(column)
        if not value:
            raise self.fault(f"the column '{column}' is empty")
        return value

    def fault(self, text: str) -> InvalidSource:
        """Return (not raise) an error that names this row's file and line."""
        return InvalidSource(text, file=self.file, line=self.line)


def read_rows(
    path: Path,
    *,
    required: Sequence[str] = (),
    delimiter: str = ",",
    quoting: bool = True,
    encoding: str = "utf-8",
    skip: int = 0,
) -> Iterator[Row]:
    """Yield the data rows of a table with a header line, in order; blank lines are passed over.

    `skip` lines stand before the header. A byte order mark is taken off.

    Raises: InvalidSource, with file and line, for a column that is missing or named twice, a row
    with another number of fields than the header, text not in `encoding`, and an unclosed quote.
    """
    rows = read_lists(path, delimiter=delimiter, quoting=quoting, encoding=encoding, skip=skip)
    first = next(rows, None)
    if first is None:
        raise InvalidSource("the file is empty; a header line is needed", file=path.name)
    header = [name.strip() for name in first[1]]
    check_header(path, first[0], header, required)
    file, width = path.name, len(header)
    for line, fields in rows:
        if len(fields) != width:
            raise InvalidSource(
                f"{len(fields)} fields where the header has {width} columns", file=file, line=line
            )
        yield Row(file=file, line=line, fields=dict(zip(header, fields, strict=True)))


def read_lists(
    path: Path,
    *,
    delimiter: str = ",",
    quoting: bool = True,
    encoding: str = "utf-8",
    skip: int = 0,
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields) of every row not blank, the header too. Raises: InvalidSource."""
    if csv.field_size_limit() < _MAX_FIELD:
        csv.field_size_limit(_MAX_FIELD)
    lines = decoded_lines(path, encoding)
    for _ in range(skip):
        next(lines, None)
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
        strict=quoting,
    )
    try:
        for fields in reader:
            if any(fields):
                yield reader.line_num + skip, fields
    except csv.Error as error:
        raise InvalidSource(
            f"the row cannot be read: {error}", file=path.name, line=reader.line_num + skip
        ) from error


def decoded_lines(path: Path, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the lines of a text file with their line ends, a byte order mark taken off.

    Raises: InvalidSource with the line that is not in `encoding`, or when it cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                yield _decoded(path, number, raw, encoding)
    except OSError as error:
        raise InvalidSource(f"the file cannot be read: {error.strerror}", file=path.name) from error


def header_of(path: Path, delimiter: str = ",", *, skip: int = 0) -> tuple[str, ...]:
    """Return the column names of a table, empty where the file is no such text (never raises)."""
    try:
        first = next(read_lists(path, delimiter=delimiter, skip=skip), None)
    except InvalidSource:
        return ()
    return tuple(name.strip() for name in first[1]) if first else ()


def _decoded(path: Path, number: int, raw: bytes, encoding: str) -> str:
    if number == 1:
        raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidSource(
            f"the text is not {encoding.upper()} (byte {error.start + 1} of the line); "
            "save the file in that encoding",
            file=path.name,
            line=number,
        ) from error
    if "\0" in text:
        raise InvalidSource("the line holds a NUL character", file=path.name, line=number)
    return text


def check_header(path: Path, line: int, header: list[str], required: Sequence[str]) -> None:
    """Raise InvalidSource for a column that is missing or named twice."""
    missing = [name for name in required if name not in header]
    if missing:
        raise InvalidSource(
            f"the column {', '.join(repr(name) for name in missing)} is missing; "
            f"there are: {', '.join(header)}",
            file=path.name,
            line=line,
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise InvalidSource(f"the column '{twice[0]}' occurs twice", file=path.name, line=line)
