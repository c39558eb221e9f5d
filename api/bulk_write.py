"""Verdicts -> CSV (also tab-separated) or NDJSON, written as they come, with nothing installed."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from api.polars_extra import polars_module
from termserver.errors import InvalidRequest
from valuesets.bulk import Verdict

COLUMNS = ("row", "code", "system", "result", "display", "message", "message_ids")
WRITTEN = (".csv", ".tsv", ".ndjson", ".jsonl", ".parquet")

Results = Iterable[tuple[int, Verdict]]


def require_ending(path: Path) -> None:
    """Refuse an ending that is not known, and Parquet without its library, before the work.

    Raises: InvalidRequest, NotSupported.
    """
    ending = path.suffix.lower()
    if ending not in WRITTEN:
        raise InvalidRequest(
            f"--out {path}: '{ending or path.name}' is no ending that is known here: "
            f"{', '.join(WRITTEN)}"
        )
    if ending == ".parquet":
        polars_module()


def write(path: Path, results: Results) -> None:
    """Write a file by its ending; it appears, or takes the place of another, when it is whole.

    Raises: OSError, and what `results` raises; then nothing is left.
    """
    with whole_file(path) as stream:
        ending = path.suffix.lower()
        if ending in {".ndjson", ".jsonl"}:
            _write_ndjson(stream, results)
        else:
            write_csv(stream, results, delimiter="\t" if ending == ".tsv" else ",")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write that appears, or takes the place of another, when it is whole."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_csv(stream: BinaryIO, results: Results, *, delimiter: str = ",") -> None:
    """Write CSV in UTF-8 with a heading; message ids are divided by a space."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    # By identity, as rows share verdicts: most of the time would go into quoting them again.
    known: dict[int, tuple[Verdict, str]] = {}
    try:
        text.write(_line(COLUMNS, delimiter))
        for number, one in results:
            kept = known.get(id(one))
            if kept is None:
                kept = known[id(one)] = one, _line(_cells(one), delimiter)
            text.write(f"{number}{delimiter}{kept[1]}")
        text.flush()
    finally:
        text.detach()


def _line(cells: Sequence[object], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _cells(one: Verdict) -> tuple[object, ...]:
    result = "true" if one.result else "false"
    return one.code, one.system, result, one.display, one.message, " ".join(one.message_ids)


def _write_ndjson(stream: BinaryIO, results: Results) -> None:
    for number, one in results:
        values = (number, *_values(one))
        stream.write(orjson.dumps(dict(zip(COLUMNS, values, strict=True))) + b"\n")


def _values(one: Verdict) -> tuple[object, ...]:
    return one.code, one.system, one.result, one.display, one.message, one.message_ids
