"""Rows to disk as they come, in the habits of each publisher."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_BUFFER = 1 << 20


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write lines (each with its own end) to a new file in a new folder; return how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with path.open("w", encoding="utf-8", newline="", buffering=_BUFFER) as file:
        for line in lines:
            file.write(line)
            count += 1
    return count


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> int:
    """Write a table with every field in quotes, as LOINC's are; return the number of rows."""
    return write_lines(path, _csv(columns, rows)) - 1


def _csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterable[str]:
    yield csv_line(columns)
    for row in rows:
        yield csv_line(row)


def csv_line(fields: Iterable[object]) -> str:
    """Return one line of a quoted table; values hold no quotes."""
    return '"' + '","'.join(map(str, fields)) + '"\n'


def member_id(kind: int, number: int) -> str:
    """Return a valid UUID (version 4 in form) that is the same in every run."""
    return f"{kind:08x}-{number >> 48:04x}-4000-8000-{number & 0xFFFFFFFFFFFF:012x}"
