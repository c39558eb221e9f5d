"""A file of codes -> a file of verdicts, by polars where it is installed, else the plain way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from api.bulk_read import Columns, opened
from api.bulk_write import write, write_csv
from api.polars_extra import has_polars
from termserver.errors import InvalidRequest
from termserver.terminology import Terminology
from valuesets.bulk import BulkRequest, Row, Verdict, answered_rows, row_answerer

_STEP = 20_000
"""Rows between two notes of the plain way."""

Note = Callable[[int, int, float], None]
"""Called now and then: rows since the last time, those not valid, the share of the file, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkJob:
    """What is asked of a file of codes: by the options of the command, or the query of a POST."""

    system: str | None = None
    system_version: str | None = None
    valueset: str | None = None
    code_column: str = "code"
    system_column: str | None = None
    version_column: str | None = None
    display_column: str | None = None
    language: str | None = None
    lenient_display: bool = False
    lenient_code: bool = False
    behaviour_matrix: bool = False

    def columns(self) -> Columns:
        """Return the columns. Raises: InvalidRequest where nothing tells what the codes mean."""
        if not self.code_column:
            raise InvalidRequest("code-column is empty: name the column of the codes")
        system = self.system_column
        if self.system is None and self.valueset is None:
            # Nothing else tells what the codes mean, so the column must be there.
            system = "system" if system is None else system
            if not system:
                raise InvalidRequest("Codes alone mean nothing: give system, valueset or a column")
        return Columns(
            code=self.code_column,
            system=system,
            version=self.version_column,
            display=self.display_column,
        )

    def request(self) -> BulkRequest:
        """Return what holds for all rows."""
        return BulkRequest(
            value_set=self.valueset,
            system=self.system,
            system_version=self.system_version,
            display_language=self.language,
            lenient_display=self.lenient_display,
            lenient_code=self.lenient_code,
            behaviour_matrix=self.behaviour_matrix,
        )


def validate_file(
    terminology: Terminology,
    job: BulkJob,
    source: Path,
    out: Path | BinaryIO,
    note: Note,
) -> None:
    """Write the verdict of every row of `source`, by the ending of `out`; an open stream gets CSV.

    A file appears when it is whole. Raises: what `BulkJob.columns`, `row_answerer` and the readers
    raise, and what `note` raises, which may stop the work so.
    """
    columns = job.columns()
    answer = row_answerer(terminology, job.request())
    if has_polars():
        _by_frames(source, columns, answer, out, note)
    else:
        _by_rows(source, columns, answer, out, note)


def _by_frames(
    file: Path,
    columns: Columns,
    answer: Callable[[Row], Verdict],
    out: Path | BinaryIO,
    note: Note,
) -> None:
    from api.bulk_frames import opened_frames
    from api.bulk_table import write_table

    with opened_frames(file, columns) as source:
        noted = lambda rows, wrong: note(rows, wrong, source.share())  # noqa: E731
        write_table(out, source.frames, answer, noted)


def _by_rows(
    file: Path,
    columns: Columns,
    answer: Callable[[Row], Verdict],
    out: Path | BinaryIO,
    note: Note,
) -> None:
    def counted() -> Iterator[tuple[int, Verdict]]:
        rows = wrong = 0
        for number, verdict in answered_rows(answer, source.rows):
            rows += 1
            wrong += not verdict.result
            if rows == _STEP:
                note(rows, wrong, source.share())
                rows = wrong = 0
            yield number, verdict
        note(rows, wrong, 1.0)

    with opened(file, columns) as source:
        if isinstance(out, Path):
            write(out, counted())
        else:
            write_csv(out, counted())
