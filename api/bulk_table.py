"""Frames of codes -> a file of verdicts: a distinct code is asked once, the rest is a join.

Some millions of rows a second; memory grows with the distinct codes and with a part of the file.
The answers and the files are those of `valuesets.bulk` and `api.bulk_write`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from api.bulk_read import FIELDS
from api.bulk_write import COLUMNS, whole_file
from api.polars_extra import polars_module
from valuesets.bulk import Row, Verdict

if TYPE_CHECKING:
    import polars as pl

Note = Callable[[int, int], None]
"""Called for each part that is answered: rows, and how many of them are not valid."""

_ANSWER = tuple(f"answer {one}" for one in COLUMNS[2:])


def write_table(
    out: Path | BinaryIO,
    frames: Iterator[pl.DataFrame],
    answer: Callable[[Row], Verdict],
    note: Note,
) -> None:
    """Write the verdict of every row, by the ending of `out`; an open stream gets CSV.

    A file appears when it is whole. Raises: what `frames` and `answer` raise; nothing is left then.
    """
    if isinstance(out, Path):
        with whole_file(out) as stream:
            _sink(stream, out.suffix.lower(), frames, answer, note)
    else:
        _sink(out, ".csv", frames, answer, note)


def _sink(
    stream: BinaryIO,
    ending: str,
    frames: Iterator[pl.DataFrame],
    answer: Callable[[Row], Verdict],
    note: Note,
) -> None:
    from polars.io.plugins import register_io_source

    polars = polars_module()
    # categories are written as Parquet's dictionaries, which takes half the time
    text = polars.Categorical() if ending == ".parquet" else polars.String()
    kinds = dict(zip(_ANSWER, (text, polars.Boolean(), text, text, polars.List(text)), strict=True))
    failures: list[Exception] = []

    def parts(*_: Any) -> Iterator[pl.DataFrame]:
        try:
            yield from _answered(frames, answer, kinds, note)
        except Exception as error:  # polars tells of it in words of its own
            failures.append(error)
            raise

    columns = zip(COLUMNS, (polars.Int64(), polars.String(), *kinds.values()), strict=True)
    table = register_io_source(parts, schema=dict(columns))
    try:
        if ending == ".parquet":
            table.sink_parquet(stream, compression="snappy")
        elif ending in {".ndjson", ".jsonl"}:
            table.sink_ndjson(stream)
        else:
            ids = polars.col("message_ids")
            spaced = polars.when(ids.list.len() > 0).then(ids.list.join(" "))
            joined = table.with_columns(spaced.alias("message_ids"))
            joined.sink_csv(stream, separator="\t" if ending == ".tsv" else ",")
    except Exception:
        if failures:
            raise failures[0] from None
        raise


def _answered(
    frames: Iterator[pl.DataFrame],
    answer: Callable[[Row], Verdict],
    kinds: Mapping[str, Any],
    note: Note,
) -> Iterator[pl.DataFrame]:
    polars = polars_module()
    known: pl.DataFrame | None = None
    before = 0
    for frame in frames:
        keys = frame.columns
        rows = frame.with_row_index("row", before + 1).with_columns(
            polars.col("row").cast(polars.Int64)
        )
        if known is None or known.columns[: len(keys)] != keys:
            known = _asked(rows.head(0), keys, answer, kinds)
        joined = _joined(rows, known)
        if joined["answer result"].null_count():
            new = joined.filter(polars.col("answer result").is_null())
            asked = _asked(new.select("row", *keys), keys, answer, kinds)
            known = polars.concat([known, asked])
            joined = _joined(rows, known)
        before += len(frame)
        told = joined.select(
            "row",
            "code",
            *(polars.col(name).alias(it) for name, it in zip(_ANSWER, COLUMNS[2:], strict=True)),
        )
        note(len(told), int((~told["result"]).sum()))
        yield told


def _joined(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    keys = rows.columns[1:]
    return rows.join(known, on=keys, how="left", nulls_equal=True, maintain_order="left")


def _asked(
    rows: pl.DataFrame,
    keys: list[str],
    answer: Callable[[Row], Verdict],
    kinds: Mapping[str, Any],
) -> pl.DataFrame:
    """Return each distinct question of some rows with its verdict; the first row of it is named."""
    polars = polars_module()
    first = rows.unique(subset=keys, keep="first", maintain_order=True)
    verdicts = [answer(Row(one["row"], *map(one.get, FIELDS))) for one in first.to_dicts()]
    series = [
        polars.Series(name, [_value(one, name) for one in verdicts], dtype=kind)
        for name, kind in kinds.items()
    ]
    return first.select(keys).with_columns(series)


def _value(verdict: Verdict, column: str) -> Any:
    found = getattr(verdict, column.removeprefix("answer "))
    return list(found) if isinstance(found, tuple) else found
